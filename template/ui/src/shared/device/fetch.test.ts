import { expect, onTestFinished, test } from "vitest";
import { FakeGateway } from "@/testing/gateway";
import { challengeOf, fakeWorkers } from "@/testing/worker";
import { provenFetch } from "./fetch";

async function openGateway(): Promise<{ gateway: FakeGateway; url: string }> {
  const gateway = new FakeGateway();
  const url = await gateway.start();
  window.happyDOM.setURL(url);
  onTestFinished(() => gateway.stop());
  return { gateway, url };
}

test("request is repeated once with the nonce that the gateway wants", async () => {
  const { gateway, url } = await openGateway();
  gateway.nonce = "fresh";

  const response = await provenFetch(new Request(`${url}/api/me`));
  await provenFetch(new Request(`${url}/api/me`));

  expect(response.status).toBe(200);
  expect(gateway.calls).toHaveLength(3);
  expect(gateway.proofs.slice(1)).toMatchObject([{ nonce: "fresh" }, { nonce: "fresh" }]);
});

test("proof names the request that it is for, and is never sent twice", async () => {
  const { gateway, url } = await openGateway();

  await provenFetch(new Request(`${url}/api/product?page=2`));
  await provenFetch(new Request(`${url}/api/product?page=2`));

  const [one, two] = gateway.proofs;
  expect(one).toMatchObject({ htm: "GET", htu: `${url}/api/product` });
  expect(one?.jti).not.toBe(two?.jti);
});

test("work is done and the same body sent again with its solution", async () => {
  const workers = fakeWorkers();
  const { gateway, url } = await openGateway();
  gateway.works.set("POST /auth/login", challengeOf(4));
  const body = JSON.stringify({ return_to: "/documents" });
  const headers = { "X-Requested-With": "fetch" };

  const answered = provenFetch(new Request(`${url}/auth/login`, { method: "POST", body, headers }));
  await expect.poll(() => workers[0]?.challenge, { timeout: 20_000 }).toBeTruthy();
  workers[0]?.work();

  expect((await answered).status).toBe(200);
  expect(gateway.signIns).toEqual([{ return_to: "/documents" }]);
  expect(gateway.solutions).toHaveLength(1);
});
