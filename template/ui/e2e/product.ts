import type { Page } from "playwright-core";
import { browserPath, NO_BROWSER } from "./browser";

/** The address of the running product, as `make dev` prints it. */
export const ADDRESS = process.env.E2E_URL ?? "";

const NO_PRODUCT = "SKIPPED: E2E_URL names no running product";

/** Why the running product cannot be tried here, or null. */
export const obstacle = ADDRESS ? (browserPath ? null : NO_BROWSER) : NO_PRODUCT;

/** Who signs in: a part of what their button says. The provider's first person when nobody is named. */
export const PERSON = process.env.E2E_PERSON ?? "";

/** Signs in at the development identity provider, with a second factor where the product wants one. */
export async function signIn(page: Page, person = PERSON): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("form button").filter({ hasText: person }).first().click();
  const inside = page.getByRole("navigation", { name: "Main" });
  const code = page.getByLabel("Code");
  await inside.or(code).waitFor();
  if (await code.isVisible()) await confirm(page);
  await inside.waitFor();
}

/** Types what the authenticator shows. */
export async function confirm(page: Page): Promise<void> {
  const shown = (await page.locator("#code").textContent()) ?? "";
  await page.getByLabel("Code").fill(shown);
  await page.getByRole("button", { name: "Confirm" }).click();
}
