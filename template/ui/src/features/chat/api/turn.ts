import { skipToken, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { toProblemError, type ProblemError } from "@/shared/api/problem";
import { refresh } from "@/shared/api/refresh";
import { endSession, isUnauthenticated } from "@/shared/api/session";
import { ask, type AnswerEvent } from "./ask";
import { answersQuery, conversationsQuery } from "./conversations";

type Schemas = components["schemas"];

/** A question on its way: what has arrived of its answer so far. */
export interface Turn {
  key: string;
  question: string;
  text: string;
  citations: Schemas["Citation"][];
  state: "writing" | "done" | "stopped" | "failed";
  done: Schemas["AnswerDone"] | null;
  error: ProblemError | null;
  stop: () => void;
}

const turnKey = (conversationId: string) => ["turn", conversationId];

/** The turn of a conversation. It lives in the query cache, so it goes on while people look at another page. */
export function useTurn(conversationId: string): Turn | null {
  const { data } = useQuery<Turn>({
    queryKey: turnKey(conversationId),
    queryFn: skipToken,
    gcTime: Infinity,
    structuralSharing: false,
  });
  return data ?? null;
}

/** Returns a function that asks in a conversation and keeps its turn up to date until the answer is complete. */
export function useAsk(): (conversationId: string, question: string) => Promise<void> {
  const client = useQueryClient();
  return (conversationId, question) => runTurn(client, conversationId, question);
}

async function runTurn(client: QueryClient, conversationId: string, question: string) {
  const controller = new AbortController();
  let turn = startTurn(question, () => {
    controller.abort();
  });
  const show = (change: Partial<Turn>) => {
    turn = { ...turn, ...change };
    client.setQueryData(turnKey(conversationId), turn);
  };
  show({});
  try {
    for await (const event of ask(conversationId, question, controller.signal)) {
      show(advance(turn, event));
    }
  } catch (error) {
    if (isUnauthenticated(error)) endSession(client, { ended: true });
    else show(controller.signal.aborted ? { state: "stopped" } : fail(error));
  }
  await Promise.all([
    refresh(client, conversationsQuery),
    refresh(client, answersQuery(conversationId)),
  ]);
}

function startTurn(question: string, stop: () => void): Turn {
  const key = `turn-${String(Date.now())}`;
  return {
    key,
    question,
    text: "",
    citations: [],
    state: "writing",
    done: null,
    error: null,
    stop,
  };
}

function advance(turn: Turn, event: AnswerEvent): Partial<Turn> {
  if (event.kind === "citations") return { citations: event.citations };
  if (event.kind === "token") return { text: turn.text + event.text };
  return { state: "done", done: event };
}

function fail(error: unknown): Partial<Turn> {
  return { state: "failed", error: toProblemError(error) };
}
