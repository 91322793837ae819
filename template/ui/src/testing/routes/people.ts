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
  [
    "GET",
    /^\/api\/me\/sessions$/,
    ({ gateway, response }) => {
      send(response, 200, gateway.sessions satisfies Schemas["OwnSession"][]);
    },
  ],
  ["DELETE", /^\/api\/me\/sessions$/, endOthers],
  ["DELETE", /^\/api\/me\/sessions\/([^/]+)$/, endOne],
];

function endOthers({ gateway, response }: Call): void {
  const sessions = gateway.sessions.filter(({ is_current }) => !is_current).length;
  gateway.sessions = gateway.sessions.filter(({ is_current }) => is_current);
  send(response, 200, { sessions } satisfies Schemas["Revoked"]);
}

function endOne({ gateway, params, response }: Call): void {
  gateway.sessions = gateway.sessions.filter(({ id }) => id !== params[0]);
  send(response, 200, { sessions: 1 } satisfies Schemas["Revoked"]);
}

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
