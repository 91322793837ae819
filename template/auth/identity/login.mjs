// The sign-in page: every seeded person is a button, and a plain form post (subject=...) signs them in.

import { errorPage, loginPage } from "./pages.mjs";

const MAX_FORM_BYTES = 1024;

export function createInteractions(provider, people) {
  return async function handle(request, response) {
    try {
      const interaction = await provider.interactionDetails(request, response);
      if (request.method === "POST") {
        await signIn(provider, people, request, response);
      } else {
        send(response, 200, loginPage(`/interaction/${interaction.uid}`, [...people.values()]));
      }
    } catch (error) {
      send(response, error.statusCode ?? 400, errorPage("The sign-in can't go on", error.message));
    }
  };
}

async function signIn(provider, people, request, response) {
  const subject = new URLSearchParams(await readForm(request)).get("subject");
  if (!people.has(subject)) {
    send(response, 400, errorPage("Unknown person", "Choose one of the people on the list."));
    return;
  }
  await provider.interactionFinished(request, response, { login: { accountId: subject } });
}

async function readForm(request) {
  let form = "";
  for await (const chunk of request) {
    form += chunk;
    if (form.length > MAX_FORM_BYTES) throw new Error("The form is too large.");
  }
  return form;
}

function send(response, status, page) {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
  response.end(page);
}
