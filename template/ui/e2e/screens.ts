import type { Page } from "playwright-core";
import type { FakeGateway } from "../src/testing/gateway";
import { makeProblem } from "../src/testing/samples";
import { challengeOf } from "../src/testing/worker";

interface Screen {
  name: string;
  path: string;
  /** What is there once the page is complete. */
  words: string;
  isSignedIn?: boolean;
  arrange?: (gateway: FakeGateway) => unknown;
  /** What a person does before the page is looked at. */
  act?: (page: Page) => Promise<void>;
}

const NEVER_SOLVED = 40;

/** Everything that the product can show, on a busy day. */
export const screens: readonly Screen[] = [
  { name: "landing", path: "", words: "Sign in", isSignedIn: false },
  {
    name: "landing-work",
    path: "",
    words: "checking your browser",
    isSignedIn: false,
    arrange: (gateway) => gateway.works.set("POST /auth/login", challengeOf(NEVER_SOLVED)),
    act: (page) => page.getByRole("button", { name: "Sign in" }).click(),
  },
  { name: "chat", path: "chat", words: "How long can an unused bicycle be returned?" },
  {
    name: "conversation",
    path: "chat/:id",
    words: "within 30 days",
    act: (page) =>
      page
        .getByRole("button", { name: /^Source 1/ })
        .first()
        .click(),
  },
  { name: "documents", path: "documents", words: "Battery warranty" },
  {
    name: "documents-failed",
    path: "documents",
    words: "went wrong on our side",
    arrange: (gateway) => gateway.failures.set("GET /api/documents", makeProblem(500)),
  },
  { name: "review", path: "review", words: "Approve" },
  { name: "admin", path: "admin", words: "Passages" },
  {
    name: "admin-step-up",
    path: "admin",
    words: "Confirm that it is you",
    arrange: (gateway) => {
      askForSecondFactor(gateway, "GET /api/admin/overview");
    },
  },
  { name: "people", path: "admin/people", words: "Noor de Wit" },
  {
    name: "people-step-up",
    path: "admin/people",
    words: "Confirm that it is you",
    arrange: (gateway) => {
      const [first] = gateway.people;
      askForSecondFactor(gateway, `DELETE /api/admin/people/${first?.id ?? ""}/sessions`);
    },
    act: async (page) => {
      await page.getByRole("button", { name: "Sign out Noor de Wit" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    },
  },
  { name: "keys", path: "admin/keys", words: "Nightly import" },
  {
    name: "keys-new",
    path: "admin/keys",
    words: "What is it for?",
    act: (page) => page.getByRole("button", { name: "New key" }).click(),
  },
  {
    name: "keys-issued",
    path: "admin/keys",
    words: "Copy the key now",
    act: async (page) => {
      await page.getByRole("button", { name: "Rotate Nightly import" }).click();
      await page.getByRole("button", { name: "Make a new key" }).click();
    },
  },
  {
    name: "audit",
    path: "admin/audit",
    words: "none of their roles",
    act: (page) => page.getByText("GET /api/admin/overview").first().click(),
  },
  { name: "account", path: "account", words: "Where you are signed in" },
  { name: "not-found", path: "nowhere", words: "There is no page here" },
];

function askForSecondFactor(gateway: FakeGateway, call: string): void {
  const code = "insufficient_user_authentication";
  gateway.failures.set(call, makeProblem(401, { code }));
  gateway.challenges.set(call, `Bearer error="${code}", acr_values="urn:two", max_age="900"`);
}
