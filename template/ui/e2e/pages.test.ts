import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import axe, { type AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { preview, type PreviewServer } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeGateway } from "../src/testing/gateway";
import { browserPath, launchBrowser, NO_BROWSER, openPage } from "./browser";
import { arrangeBusyDay } from "./busyDay";
import { screens } from "./screens";

const LOOKS = [
  { colorScheme: "light", width: 1280, height: 800 },
  { colorScheme: "dark", width: 1280, height: 800 },
  { colorScheme: "light", width: 375, height: 740 },
  { colorScheme: "dark", width: 375, height: 740 },
] as const;

// A test runner sets NODE_ENV to "test", with which React would be built for development.
const PRODUCTION = { ...process.env, NODE_ENV: "production" };

/** A folder that every screen is saved in, for people to look at. */
const SCREENS = process.env.SCREENS;

if (!browserPath) console.warn(NO_BROWSER);

/** The policy that the production image sends, so that a page that breaks under it breaks here. */
async function readPolicy(): Promise<string> {
  const file = new URL("../../infra/docker/ui/headers.conf", import.meta.url);
  const policy = /Content-Security-Policy "([^"]+)"/.exec(await readFile(file, "utf8"))?.[1];
  if (!policy) throw new Error(`${file.pathname} states no Content-Security-Policy`);
  return policy;
}

describe.skipIf(!browserPath)("the built pages", () => {
  const gateway = new FakeGateway();
  let browser: Browser;
  let server: PreviewServer;
  let address: string;

  beforeAll(async () => {
    const target = await gateway.start();
    await promisify(execFile)("npm", ["run", "build"], { env: PRODUCTION });
    const proxy = { "/api": { target }, "/auth": { target } };
    const headers = { "Content-Security-Policy": await readPolicy() };
    server = await preview({ preview: { port: 0, strictPort: false, proxy, headers } });
    address = server.resolvedUrls?.local[0] ?? "";
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await gateway.stop();
  });

  async function open(path: string) {
    const page = await openPage(browser, "about:blank");
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) complaints.push(message.text());
    });
    await page.goto(new URL(path, address).href);
    return { page, complaints };
  }

  test.each(screens)(
    "$name is accessible, fits and keeps to the policy in every look",
    async ({ name, path, words, isSignedIn = true, arrange, act }) => {
      const { conversation } = arrangeBusyDay(gateway, { isSignedIn });
      arrange?.(gateway);
      const { page, complaints } = await open(path.replace(":id", conversation));
      await act?.(page);
      await page.getByText(words).first().waitFor();

      for (const look of LOOKS) {
        await page.emulateMedia({ colorScheme: look.colorScheme });
        await page.setViewportSize(look);
        await saveScreen(page, `${name}-${look.colorScheme}-${String(look.width)}`);
        expect(await findBarriers(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
      }
      expect(complaints).toEqual([]);
    },
  );

  test("planted faults are found", async () => {
    arrangeBusyDay(gateway, { isSignedIn: false });
    const { page, complaints } = await open("");
    await page.getByText("Sign in").first().waitFor();

    await page.evaluate(() => {
      document.body.append(document.createElement("button"));
      document.body.insertAdjacentHTML("beforeend", '<p style="color: red">inline</p>');
    });

    expect(await findBarriers(page)).toContainEqual(expect.objectContaining({ id: "button-name" }));
    expect(complaints).not.toEqual([]);
  });
});

async function findBarriers(page: Page): Promise<unknown[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }));
}

async function saveScreen(page: Page, name: string): Promise<void> {
  if (!SCREENS) return;
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}/${name}.png` });
}
