import type { Browser, BrowserContext, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, openPage, PATIENCE_MS } from "./browser";
import { ADDRESS, confirm, obstacle, PERSON, signIn } from "./product";

/** What the provider's page writes beside everyone who administers. */
const ADMIN = "admin";
const WORKING = "checking your browser";
/** From this many refusals on, a sign-in from the same address costs work (risk rule many_failures). */
const SUSPICIOUS = 5;

describe.skipIf(obstacle)("sign-in at the running product", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  /** A browser that nobody has used yet. */
  function open(): Promise<Page> {
    return openPage(browser, ADDRESS);
  }

  async function openAs(person: string): Promise<Page> {
    const page = await open();
    await signIn(page, person);
    return page;
  }

  test("administration asks for a second factor, then goes on where it was", async () => {
    const member = await openAs(PERSON);
    const page = await openAs(ADMIN);
    await page.getByRole("link", { name: "Admin" }).click();
    await page.getByText("Confirm that it is you").waitFor();
    expect(await page.getByText("Passages").count()).toBe(0);
    await page.goto(new URL("admin/people", ADDRESS).href);

    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Code").fill("not it");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("That was another code").waitFor();
    await confirm(page);
    await page.waitForURL(new URL("admin/people", ADDRESS).href);
    await page.getByRole("button", { name: `Sign out ${PERSON}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await member.reload();
    await member.getByRole("button", { name: "Sign in" }).waitFor();
  });

  test("key cannot be read out, and a copied cookie is worth nothing without it", async () => {
    const page = await openAs(PERSON);

    expect(await page.evaluate(readKey)).toEqual({
      extractable: false,
      read: "InvalidAccessError",
    });
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const thief = await open();
    const cookie = await sessionOf(page.context());
    await thief.context().addCookies([cookie]);
    const refused = thief.waitForResponse((response) => isRefusedProof(response));
    await thief.reload();
    expect((await refused).status()).toBe(401);
    await thief.getByRole("button", { name: "Sign in" }).waitFor();

    await page.reload();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  });

  test("person signs out in one place, then everywhere", async () => {
    const [laptop, phone, page] = [
      await openAs(PERSON),
      await openAs(PERSON),
      await openAs(PERSON),
    ];
    const signOut = page.getByRole("list", { name: "Sessions" }).getByRole("button");
    await page.getByRole("link", { name: PERSON }).click();
    await signOut.first().waitFor();
    const places = await signOut.count();

    await signOut.first().click();
    await expect.poll(() => signOut.count(), { timeout: PATIENCE_MS }).toBe(places - 1);
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();

    for (const other of [laptop, phone]) {
      await other.reload();
      await other.getByRole("button", { name: "Sign in" }).waitFor();
    }
    // The provider's own session has ended too: it asks who this is.
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("form button").first().waitFor();
  });

  // The last one, as this file is: what follows it from this address costs work too.
  test("suspicious sign-in works first, says so, and is let in", async () => {
    const cookie = await sessionOf((await openAs(PERSON)).context());
    for (let count = 0; count < SUSPICIOUS; count += 1) {
      const headers = { cookie: `${cookie.name}=${cookie.value}` };
      expect((await fetch(new URL("api/me", ADDRESS), { headers })).status).toBe(401);
    }

    const page = await open();
    await page.evaluate(noteWork, WORKING);
    const solved = page.waitForRequest((request) => "proof-of-work" in request.headers());
    await signIn(page);

    expect((await solved).url()).toBe(new URL("auth/login", ADDRESS).href);
    expect(await page.evaluate(() => sessionStorage.getItem("work"))).toBe("seen");
  });
});

async function sessionOf(context: BrowserContext) {
  const cookies = await context.cookies(ADDRESS);
  const found = cookies.find(({ name }) => name === "__Host-sid");
  if (!found) throw new Error("Nobody is signed in");
  return found;
}

function isRefusedProof(response: Response): boolean {
  return (response.headers()["www-authenticate"] ?? "").includes('error="invalid_dpop_proof"');
}

/** What a script of ours, or of an attacker among them, can do with the private key. */
async function readKey(): Promise<{ extractable: boolean; read: string }> {
  const opened = indexedDB.open("device");
  await new Promise((resolve) => (opened.onsuccess = resolve));
  const found = opened.result.transaction("keys").objectStore("keys").get("session");
  await new Promise((resolve) => (found.onsuccess = resolve));
  const { privateKey } = found.result as CryptoKeyPair;
  const read = await crypto.subtle.exportKey("jwk", privateKey).then(
    () => "everything",
    (error: unknown) => (error as Error).name,
  );
  return { extractable: privateKey.extractable, read };
}

/** Looks at each change of the page, so that not even quick work is missed; the tab remembers it. */
function noteWork(words: string): void {
  new MutationObserver(() => {
    if (document.body.textContent.includes(words)) sessionStorage.setItem("work", "seen");
  }).observe(document.body, { subtree: true, childList: true });
}
