import type { FakeGateway } from "../src/testing/gateway";
import {
  makeAnswer,
  makeCitation,
  makeConversation,
  makeDocument,
  makeEntry,
  makeKey,
  makeMachine,
  makeMe,
  makeMember,
  makeReview,
  makeSession,
} from "../src/testing/samples";

const RETURNS = makeCitation({
  quote:
    "An unused bicycle can be returned within 30 days of delivery. The customer books the collection; we pay for it. A bicycle with more than 20 km on it counts as used.",
});
const FEES = makeCitation({
  number: 2,
  title: "Delivery and assembly: fees, time windows and what the crew takes back",
  ordinal: 3,
  quote: "The assembly fee is not refunded.",
});

/** Puts everything into the gateway that the pages can show, as on a busy day. */
export function arrangeBusyDay(
  gateway: FakeGateway,
  { isSignedIn }: { isSignedIn: boolean },
): { conversation: string } {
  const conversation = makeConversation();
  gateway.me = isSignedIn ? makeMe({ roles: ["member", "reviewer", "admin"] }) : null;
  gateway.conversations = [
    conversation,
    makeConversation({
      title: "Which hub firmware fixes the flashing amber light after an update?",
    }),
    makeConversation({ title: "" }),
  ];
  gateway.documents = [
    makeDocument({ title: "Battery warranty", status: "waiting", passages: 0 }),
    makeDocument({
      title: "scan-of-3-may.txt",
      status: "failed",
      error: "The file has no readable text.",
    }),
    makeDocument({
      title: "Delivery and assembly: fees, time windows and what the crew takes back",
    }),
    makeDocument(),
  ];
  gateway.answers = [
    makeAnswer({
      conversation_id: conversation.id,
      text: "An unused bicycle can be returned **within 30 days** of delivery [1]. Two things decide:\n\n- more than 20 km on the meter counts as used [1]\n- the assembly fee is not refunded [2]",
      citations: [RETURNS, FEES],
      review: "open",
    }),
  ];
  gateway.reviews = [makeReview({ answer: gateway.answers[0] ?? makeAnswer() })];
  arrangeSecurity(gateway);
  return { conversation: conversation.id };
}

function arrangeSecurity(gateway: FakeGateway): void {
  const me = gateway.me ?? makeMe();
  gateway.sessions = [
    makeSession({ is_current: true, is_same_network: true }),
    makeSession({ is_same_browser: false }),
  ];
  gateway.people = [
    makeMember(),
    makeMember({ ...me, roles: ["admin", "member", "reviewer"], sessions: 1 }),
    makeMember({
      name: "Ilse Verbeek",
      email: "ilse.verbeek-van-der-meulen@north-mills.example.com",
      roles: ["member", "reviewer"],
      sessions: 0,
    }),
  ];
  gateway.machines = [
    makeMachine({
      scopes: ["documents:read", "documents:write"],
      keys: [makeKey({ last_used_at: "2026-01-15T12:00:00Z" }), makeKey({ prefix: "ak_next" })],
    }),
    makeMachine({ name: "Old shop", revoked_at: "2025-12-01T12:00:00Z" }),
  ];
  gateway.trail = [
    makeEntry(),
    makeEntry({ action: "access.allowed", outcome: "allow", target: "GET /api/documents" }),
    makeEntry({ action: "machine.rotated", outcome: "rotate", target: "Nightly import" }),
    makeEntry({ action: "sign_in.raised", outcome: "step_up", target: "sign_in" }),
  ];
}
