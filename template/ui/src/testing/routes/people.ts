import type { components } from "@contracts/gateway";
import { send, sendProblem, type Call, type Route } from "../gateway";
import { makeProblem } from "../samples";

type Schemas = components["schemas"];

export const peopleRoutes: readonly Route[] = [
  [
    "GET",
    /^\/api\/product$/,
    ({ gateway, response }) => {
      send(response, 200, gateway.product satisfies Schemas["Product"]);
    },
  ],
  [
    "GET",
    /^\/api\/me$/,
    ({ gateway, response }) => {
      send(response, 200, gateway.me);
    },
  ],
  [
    "POST",
    /^\/auth\/login$/,
    ({ gateway, response, body }) => {
      gateway.signIns.push(JSON.parse(body.toString()) as Record<string, unknown>);
      send(response, 200, { redirect_to: gateway.signInUrl });
    },
  ],
  ["POST", /^\/auth\/logout$/, signOut],
  [
    "GET",
    /^\/api\/reviews$/,
    ({ gateway, response }) => {
      send(response, 200, gateway.reviews satisfies Schemas["Review"][]);
    },
  ],
  ["POST", /^\/api\/reviews\/([^/]+)\/decision$/, decide],
  ["GET", /^\/api\/admin\/overview$/, overview],
  ["DELETE", /^\/api\/admin\/conversations$/, purge],
];

function signOut({ gateway, response }: Call): void {
  gateway.me = null;
  send(response, 200, { redirect_to: gateway.signOutUrl });
}

function decide({ gateway, params, response, body }: Call): void {
  const taken = JSON.parse(body.toString()) as Schemas["Decision"];
  gateway.decisions.push(taken);
  const review = gateway.reviews.find(({ id }) => id === params[0]);
  if (!review) {
    sendProblem(response, makeProblem(404));
    return;
  }
  gateway.reviews = gateway.reviews.filter((other) => other !== review);
  send(response, 200, {
    ...review,
    status: taken.decision,
    decided_by: "me",
  } satisfies Schemas["Review"]);
}

function overview({ gateway, response }: Call): void {
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  send(response, 200, {
    documents: gateway.documents.length,
    passages: sum(gateway.documents.map(({ passages }) => passages)),
    conversations: gateway.conversations.length,
    answers: gateway.answers.length,
    open_reviews: gateway.reviews.length,
    input_tokens: sum(gateway.answers.map(({ usage }) => usage.input_tokens)),
    output_tokens: sum(gateway.answers.map(({ usage }) => usage.output_tokens)),
  } satisfies Schemas["Overview"]);
}

function purge({ gateway, response }: Call): void {
  const purged = { conversations: gateway.conversations.length, answers: gateway.answers.length };
  gateway.conversations = [];
  gateway.answers = [];
  send(response, 200, purged satisfies Schemas["Purged"]);
}
