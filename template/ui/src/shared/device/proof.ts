import { deviceKey } from "./key";

const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

/** A proof that this browser makes this one request (RFC 9449 §4.2). */
export async function proofOf(
  method: string,
  url: string,
  nonce: string | null,
  clockSkewMs = 0,
): Promise<string> {
  const { publicKey, privateKey } = await deviceKey();
  const { origin, pathname } = new URL(url, window.location.href);
  const header = { alg: "ES256", typ: "dpop+jwt", jwk: await publicJwk(publicKey) };
  const claims = {
    htm: method,
    htu: origin + pathname,
    iat: Math.floor((Date.now() + clockSkewMs) / 1000),
    jti: crypto.randomUUID(),
    ...(nonce === null ? {} : { nonce }),
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  const bytes = new TextEncoder().encode(signed);
  return `${signed}.${base64url(await crypto.subtle.sign(SIGNATURE, privateKey, bytes))}`;
}

async function publicJwk(key: CryptoKey): Promise<JsonWebKey> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y } as JsonWebKey;
}

function encode(value: unknown): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)));
}

function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
