import type { components } from "@contracts/gateway";
import { send, type Call, type Route } from "../gateway";
import { makeKey, makeMachine } from "../samples";

type Schemas = components["schemas"];

export const adminRoutes: readonly Route[] = [
  ["GET", /^\/api\/admin\/overview$/, overview],
  ["DELETE", /^\/api\/admin\/conversations$/, purge],
  [
    "GET",
    /^\/api\/admin\/people$/,
    ({ gateway, response }) => {
      send(response, 200, gateway.people satisfies Schemas["Member"][]);
    },
  ],
  ["DELETE", /^\/api\/admin\/people\/([^/]+)\/sessions$/, signOutPerson],
  [
    "GET",
    /^\/api\/admin\/machines$/,
    ({ gateway, response }) => {
      send(response, 200, gateway.machines satisfies Schemas["Machine"][]);
    },
  ],
  ["POST", /^\/api\/admin\/machines$/, createMachine],
  ["POST", /^\/api\/admin\/machines\/([^/]+)\/keys$/, rotateKey],
  ["DELETE", /^\/api\/admin\/machines\/([^/]+)$/, revokeMachine],
  ["GET", /^\/api\/admin\/audit$/, listTrail],
];

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

function signOutPerson({ gateway, params, response }: Call): void {
  const ended = gateway.people.find(({ id }) => id === params[0])?.sessions ?? 0;
  gateway.people = gateway.people.map((member) =>
    member.id === params[0] ? { ...member, sessions: 0 } : member,
  );
  send(response, 200, { sessions: ended } satisfies Schemas["Revoked"]);
}

function createMachine({ gateway, response, body }: Call): void {
  const { name, scopes } = JSON.parse(body.toString()) as Schemas["NewMachine"];
  const machine = makeMachine({ name, scopes });
  gateway.machines = [...gateway.machines, machine];
  send(response, 201, issued(machine.id, "first"));
}

function rotateKey({ gateway, params, response, body }: Call): void {
  const { overlap_hours } = JSON.parse(body.toString()) as Schemas["Rotation"];
  gateway.machines = gateway.machines.map((machine) => {
    if (machine.id !== params[0]) return machine;
    const kept = overlap_hours === 0 ? [] : machine.keys;
    return { ...machine, keys: [...kept, makeKey({ prefix: "ak_next" })] };
  });
  send(response, 201, issued(params[0] ?? "", "next"));
}

function issued(machine_id: string, name: string): Schemas["IssuedKey"] {
  const prefix = `ak_${name}`;
  return { machine_id, prefix, key: `${prefix}_shown-once`, expires_at: "2199-04-15T12:00:00Z" };
}

function revokeMachine({ gateway, params, response }: Call): void {
  gateway.machines = gateway.machines.map((machine) =>
    machine.id === params[0] ? { ...machine, revoked_at: "2026-01-15T12:00:00Z" } : machine,
  );
  response.writeHead(204).end();
}

function listTrail({ gateway, request, response }: Call): void {
  const { searchParams } = new URL(request.url ?? "", "http://localhost");
  const outcome = searchParams.get("outcome");
  const before = Number(searchParams.get("before") ?? Infinity);
  const found = gateway.trail.filter(
    (entry) => (outcome === null || entry.outcome === outcome) && (entry.number ?? 0) < before,
  );
  const limit = Number(searchParams.get("limit") ?? 50);
  send(response, 200, found.slice(0, limit) satisfies Schemas["TrailEntry"][]);
}
