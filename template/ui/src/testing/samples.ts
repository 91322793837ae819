import type { components } from "@contracts/gateway";

type Schemas = components["schemas"];

let count = 0;

/** A fresh UUID, the same in every run. */
export function nextId(): string {
  count += 1;
  return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
}

const NOON = "2026-01-15T12:00:00Z";

export function makeProduct(change: Partial<Schemas["Product"]> = {}): Schemas["Product"] {
  return {
    name: "Acme Desk",
    description: "Answers from your own documents, with sources.",
    organisation: "Acme",
    domain: "support",
    headline: "What is the customer asking?",
    disclaimer: null,
    suggestions: [
      "How long can an unused bicycle be returned?",
      "When is the first reply to an urgent ticket due?",
      "What does a flashing amber light mean?",
    ],
    ...change,
  };
}

export function makeMe(change: Partial<Schemas["Me"]> = {}): Schemas["Me"] {
  return {
    id: nextId(),
    email: "ada@example.com",
    name: "Ada Winter",
    roles: ["member"],
    tenant: { id: nextId(), slug: "north-mills", name: "North Mills" },
    ...change,
  };
}

export function makeDocument(change: Partial<Schemas["Document"]> = {}): Schemas["Document"] {
  return {
    id: nextId(),
    title: "Returns and refunds",
    content_type: "text/markdown",
    size_bytes: 4210,
    status: "ready",
    error: null,
    passages: 6,
    created_at: NOON,
    ...change,
  };
}

export function makeConversation(
  change: Partial<Schemas["Conversation"]> = {},
): Schemas["Conversation"] {
  return { id: nextId(), title: "Returning a bicycle", created_at: NOON, ...change };
}

export function makeCitation(change: Partial<Schemas["Citation"]> = {}): Schemas["Citation"] {
  return {
    number: 1,
    document_id: nextId(),
    title: "Returns and refunds",
    ordinal: 0,
    quote: "An unused bicycle can be returned within 30 days of delivery.",
    ...change,
  };
}

export function makeAnswer(change: Partial<Schemas["Answer"]> = {}): Schemas["Answer"] {
  return {
    id: nextId(),
    conversation_id: nextId(),
    question: "How long can an unused bicycle be returned?",
    text: "Within 30 days of delivery [1].",
    citations: [makeCitation()],
    model: "deterministic",
    usage: { input_tokens: 412, output_tokens: 38 },
    review: "none",
    correlation_id: "c0ffee00c0ffee00",
    created_at: NOON,
    ...change,
  };
}

export function makeReview(change: Partial<Schemas["Review"]> = {}): Schemas["Review"] {
  return {
    id: nextId(),
    answer: makeAnswer({ review: "open" }),
    reason: "No source fits well",
    status: "open",
    decided_by: null,
    created_at: NOON,
    ...change,
  };
}

export function makeSession(change: Partial<Schemas["OwnSession"]> = {}): Schemas["OwnSession"] {
  return {
    id: nextId(),
    signed_in_at: NOON,
    last_seen_at: NOON,
    ends_at: "2026-02-14T12:00:00Z",
    is_current: false,
    is_same_network: false,
    is_same_browser: true,
    ...change,
  };
}

export function makeMember(change: Partial<Schemas["Member"]> = {}): Schemas["Member"] {
  return {
    id: nextId(),
    name: "Noor de Wit",
    email: "noor@example.com",
    roles: ["member"],
    sessions: 2,
    ...change,
  };
}

export function makeMachine(change: Partial<Schemas["Machine"]> = {}): Schemas["Machine"] {
  return {
    id: nextId(),
    name: "Nightly import",
    scopes: ["documents:write"],
    created_at: NOON,
    revoked_at: null,
    keys: [makeKey()],
    ...change,
  };
}

export function makeKey(change: Partial<Schemas["MachineKey"]> = {}): Schemas["MachineKey"] {
  return {
    prefix: "ak_sample",
    created_at: NOON,
    expires_at: "2199-04-15T12:00:00Z",
    last_used_at: null,
    ...change,
  };
}

export function makeEntry(change: Partial<Schemas["TrailEntry"]> = {}): Schemas["TrailEntry"] {
  return {
    id: nextId(),
    number: 41,
    at: NOON,
    actor: "Noor de Wit <noor@example.com>",
    action: "access.refused",
    outcome: "deny",
    target: "GET /api/admin/overview",
    rule: "permission:figures:read",
    reasons: ["role_missing"],
    policy_version: "1",
    correlation_id: "c0ffee00c0ffee00",
    explanation:
      "On 15 January 2026 at 12:00:00 UTC, Noor de Wit was refused: access.refused, about GET /api/admin/overview. Because none of their roles gives the permission that this needs.",
    ...change,
  };
}

export function makeProblem(
  status: number,
  change: Partial<Schemas["Problem"]> = {},
): Schemas["Problem"] {
  return {
    type: "about:blank",
    title: "Not possible",
    status,
    code: "not_possible",
    detail: "",
    correlation_id: "c0ffee00c0ffee00",
    ...change,
  };
}
