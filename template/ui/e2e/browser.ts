import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const PLACES = [
  process.env.CHROMIUM_PATH,
  // Where `playwright-core install chromium` puts its own.
  chromium.executablePath(),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The browser on this machine, or null. CHROMIUM_PATH names another one. */
export const browserPath = PLACES.find((place) => place !== undefined && existsSync(place)) ?? null;

export const NO_BROWSER =
  "SKIPPED: no Chromium or Chrome on this machine; install one or set CHROMIUM_PATH";

// Nothing of the browser's own traffic: the tests need this machine only.
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchBrowser(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: browserPath ?? "",
    // Chromium's sandbox does not start for root, which is who runs tests in a container.
    args: isRoot ? [...QUIET, "--no-sandbox"] : QUIET,
  });
}

export const PATIENCE_MS = 120_000;

/** A page in a browser profile of its own, for one test. */
export async function openPage(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(address);
  return page;
}
