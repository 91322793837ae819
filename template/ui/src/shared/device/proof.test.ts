import { expect, test } from "vitest";
import { deviceKey, forgetLoadedKey } from "./key";
import { proofOf } from "./proof";

function part(proof: string, index: number): Record<string, unknown> {
  const text = proof.split(".")[index] ?? "";
  return JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
}

test("proof names the request and nothing of its query", async () => {
  const proof = await proofOf("POST", "https://app.test/api/documents?page=2#top", "n-1");

  expect(part(proof, 0)).toMatchObject({ alg: "ES256", typ: "dpop+jwt" });
  expect(part(proof, 1)).toMatchObject({
    htm: "POST",
    htu: "https://app.test/api/documents",
    nonce: "n-1",
  });
});

test("proof is signed by the key that it shows, whose private half stays hidden", async () => {
  const proof = await proofOf("GET", "https://app.test/api/me", null);
  const [header, claims, signature] = proof.split(".");
  const { publicKey, privateKey } = await deviceKey();

  expect(privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("jwk", privateKey)).rejects.toThrow();
  expect(Object.keys(part(proof, 0).jwk as object).sort()).toEqual(["crv", "kty", "x", "y"]);
  const isValid = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    publicKey,
    Buffer.from(signature ?? "", "base64url"),
    new TextEncoder().encode(`${header ?? ""}.${claims ?? ""}`),
  );
  expect(isValid).toBe(true);
});

test("proofs are never the same twice", async () => {
  const [one, two] = await Promise.all([proofOf("GET", "/a", null), proofOf("GET", "/a", null)]);

  expect(part(one, 1).jti).not.toBe(part(two, 1).jti);
});

test("browser without a database has a key for as long as the page lives", async () => {
  const first = await deviceKey();
  expect(await deviceKey()).toBe(first);
  forgetLoadedKey();
  expect(await deviceKey()).not.toBe(first);
});
