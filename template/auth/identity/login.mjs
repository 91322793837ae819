// The sign-in pages: every seeded person is a button, and where the product asks for a second factor, a code follows.
// A plain form post does both: subject=… first, code=… second.

import { randomInt } from "node:crypto";

import { asksForSecondFactor, SECOND_FACTOR } from "./assurance.mjs";
import { codePage, errorPage, loginPage } from "./pages.mjs";

const MAX_FORM_BYTES = 1024;

export function createInteractions(provider, people) {
  const codes = new Map();

  return async function handle(request, response) {
    try {
      const interaction = await provider.interactionDetails(request, response);
      const form = request.method === "POST" ? await readForm(request) : new URLSearchParams();
      const login = advance(interaction, form);
      if (login.accountId && login.isComplete) {
        codes.delete(interaction.uid);
        await provider.interactionFinished(request, response, { login: resultOf(login) });
      } else {
        send(response, login.status, pageOf(interaction, login));
      }
    } catch (error) {
      send(response, error.statusCode ?? 400, errorPage("The sign-in can't go on", error.message));
    }
  };

  function advance(interaction, form) {
    const isStepUp = asksForSecondFactor(interaction.params.claims);
    const given = form.get("subject");
    if (given && !people.has(given)) return { status: 400, unknown: true };
    const pending = codes.get(interaction.uid);
    const accountId = given ?? pending?.accountId ?? (isStepUp ? interaction.session?.accountId : undefined);
    if (!accountId || !isStepUp) return { status: 200, accountId, isComplete: !isStepUp };
    if (pending?.accountId !== accountId) codes.set(interaction.uid, { accountId, code: newCode() });
    const { code } = codes.get(interaction.uid);
    const typed = form.get("code")?.replaceAll(/\s/g, "");
    if (typed === code) return { accountId, isComplete: true, acr: SECOND_FACTOR };
    const isWrong = typed !== undefined;
    if (isWrong) codes.set(interaction.uid, { accountId, code: newCode() });
    return { status: isWrong ? 400 : 200, accountId, code: codes.get(interaction.uid).code, isWrong };
  }

  function pageOf(interaction, { accountId, code, isWrong, unknown }) {
    const action = `/interaction/${interaction.uid}`;
    if (unknown) return errorPage("Unknown person", "Choose one of the people on the list.");
    if (accountId) return codePage(action, people.get(accountId), code, { isWrong });
    return loginPage(action, [...people.values()]);
  }
}

function resultOf({ accountId, acr }) {
  return acr ? { accountId, acr, amr: ["user", "otp"] } : { accountId, amr: ["user"] };
}

function newCode() {
  return String(randomInt(1_000_000)).padStart(6, "0");
}

async function readForm(request) {
  let form = "";
  for await (const chunk of request) {
    form += chunk;
    if (form.length > MAX_FORM_BYTES) throw new Error("The form is too large.");
  }
  return new URLSearchParams(form);
}

function send(response, status, page) {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
  response.end(page);
}
