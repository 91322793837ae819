import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { launchBrowser, openPage } from "./browser";
import { ADDRESS, obstacle, signIn } from "./product";

if (obstacle) console.warn(obstacle);

const QUESTION = "What does it cost to return the brass key of the Ostrava lighthouse late?";
const DOCUMENT = `# Lighthouse keys

The brass key of the Ostrava lighthouse hangs behind the harbour office door.
Returning the brass key of the Ostrava lighthouse late costs 47 crowns per day.
`;

test.skipIf(obstacle)("a person walks through the whole product", async () => {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await openPage(browser, ADDRESS);
  await signIn(page);
  await upload(page, `keys-${randomBytes(4).toString("hex")}.md`);

  await page.getByRole("link", { name: "Chat" }).click();
  await page.getByLabel("Your question").fill(QUESTION);
  await noteAnswersInTheMaking(page);
  await page.keyboard.press("Enter");
  const mark = page.getByRole("button", { name: /^Source \d+: keys-/ }).first();
  await mark.click();
  await page.locator("blockquote:visible", { hasText: "47 crowns" }).waitFor();
  await page.locator("article[aria-busy=false]").waitFor();
  expect(await page.locator("html[data-answer-was-seen-growing]").count()).toBe(1);

  await page.reload();
  await page.getByRole("heading", { name: QUESTION, level: 2 }).waitFor();
  await mark.waitFor();
  const conversations = page.getByRole("region", { name: "Conversations" });
  await conversations.getByText(QUESTION).first().waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
});

/** Looks at each change of the page, so that not even a quick answer is missed. */
async function noteAnswersInTheMaking(page: Page): Promise<void> {
  await page.evaluate(() => {
    const look = () => {
      if (document.querySelector("article[aria-busy=true]")?.textContent)
        document.documentElement.dataset.answerWasSeenGrowing = "";
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
}

async function upload(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Documents" }).click();
  const file = { name, mimeType: "text/markdown", buffer: Buffer.from(DOCUMENT) };
  await page.getByLabel(/Choose files/).setInputFiles(file);
  const row = page.getByRole("listitem").filter({ hasText: name });
  await row.getByText("Ready").waitFor();
}
