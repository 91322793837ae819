import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import { deviceKey, forgetLoadedKey } from "./key";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  forgetLoadedKey();
  return () => {
    vi.unstubAllGlobals();
    forgetLoadedKey();
  };
});

/** The key after a reload, in the form in which two of them compare. */
async function reloaded(): Promise<string | undefined> {
  forgetLoadedKey();
  const { publicKey } = await deviceKey();
  return (await crypto.subtle.exportKey("jwk", publicKey)).x;
}

test("key outlives the page", async () => {
  const before = await reloaded();

  expect(await reloaded()).toBe(before);
});

test("stored key still cannot be read out", async () => {
  await deviceKey();
  forgetLoadedKey();

  const { privateKey } = await deviceKey();

  expect(privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("jwk", privateKey)).rejects.toThrow();
  expect(privateKey.usages).toEqual(["sign"]);
});

test("two tabs that start at once end up with one key", async () => {
  const first = deviceKey();
  forgetLoadedKey();
  const second = deviceKey();

  const [one, two] = await Promise.all([first, second]);
  const x = async ({ publicKey }: CryptoKeyPair) =>
    (await crypto.subtle.exportKey("jwk", publicKey)).x;
  expect(await x(one)).toBe(await x(two));
});

test("browser whose database is cleared has a new key", async () => {
  const before = await reloaded();
  vi.stubGlobal("indexedDB", new IDBFactory());

  expect(await reloaded()).not.toBe(before);
});

test("database that does not open costs no sign-in", async () => {
  vi.stubGlobal("indexedDB", {
    open: () => {
      const request = { onerror: () => undefined };
      queueMicrotask(() => {
        request.onerror();
      });
      return request;
    },
  });

  expect((await deviceKey()).privateKey.extractable).toBe(false);
});
