import type { components } from "@contracts/gateway";
import type { Answer } from "./conversations";
import type { Turn } from "./turn";

type Schemas = components["schemas"];

/** A question with its answer, stored or still arriving, as the page draws it. */
export interface Exchange {
  /** Stays the same while an arriving answer becomes a stored one, so that an open source stays open. */
  key: string;
  question: string;
  text: string;
  citations: readonly Schemas["Citation"][];
  /** How a complete answer came about. */
  facts: Facts | null;
  /** Present while the answer is not stored. */
  turn: Turn | null;
}

export interface Facts {
  model: string;
  usage: Schemas["Usage"];
  correlationId: string;
  review: Schemas["ReviewStatus"];
}

/** The stored answers, then the turn unless it is among them already. */
export function listExchanges(stored: readonly Answer[], turn: Turn | null): Exchange[] {
  const exchanges = stored.map((answer) => fromAnswer(answer, turn));
  return turn && !isStored(turn, stored) ? [...exchanges, fromTurn(turn)] : exchanges;
}

export function isStored(turn: Turn, stored: readonly Answer[]): boolean {
  return turn.done !== null && stored.some(({ id }) => id === turn.done?.answer_id);
}

function fromAnswer(answer: Answer, turn: Turn | null): Exchange {
  const { question, text, citations, model, usage, review, correlation_id } = answer;
  const key = turn?.done?.answer_id === answer.id ? turn.key : answer.id;
  const facts = { model, usage, review, correlationId: correlation_id };
  return { key, question, text, citations, facts, turn: null };
}

function fromTurn(turn: Turn): Exchange {
  const { key, question, text, citations, done } = turn;
  return { key, question, text, citations, facts: done && toFacts(done), turn };
}

function toFacts({ model, usage, needs_review, correlation_id }: Schemas["AnswerDone"]): Facts {
  const review = needs_review ? "open" : "none";
  return { model, usage, review, correlationId: correlation_id };
}
