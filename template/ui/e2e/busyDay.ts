import type { FakeGateway } from "../src/testing/gateway";
import {
  makeAnswer,
  makeCitation,
  makeConversation,
  makeDocument,
  makeMe,
  makeReview,
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
  return { conversation: conversation.id };
}
