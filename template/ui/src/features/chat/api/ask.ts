import type { components } from "@contracts/gateway";
import { CHANGE_HEADERS } from "@/shared/api/client";
import { provenFetch } from "@/shared/device/fetch";
import { readEvents, type ServerEvent } from "@/shared/api/events";
import { ProblemError, problemFrom, unreachable, type Problem } from "@/shared/api/problem";

type Schemas = components["schemas"];

export type AnswerEvent =
  | ({ kind: "citations" } & Schemas["AnswerCitations"])
  | ({ kind: "token" } & Schemas["AnswerToken"])
  | ({ kind: "done" } & Schemas["AnswerDone"]);

/** The events of one answer as they arrive. Throws ProblemError when the answer fails, anything once the signal stopped it. */
export async function* ask(
  conversationId: string,
  question: string,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void> {
  try {
    for await (const event of readEvents(await post(conversationId, question, signal))) {
      const parsed = parseEvent(event);
      if (!parsed) continue;
      yield parsed;
      if (parsed.kind === "done") return;
    }
  } catch (error) {
    throw error instanceof ProblemError || signal.aborted ? error : unreachable(error);
  }
  throw unreachable();
}

async function post(
  conversationId: string,
  question: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const body: Schemas["Question"] = { question };
  const request = new Request(`/api/conversations/${conversationId}/answers`, {
    method: "POST",
    headers: { ...CHANGE_HEADERS, Accept: "text/event-stream", "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const response = await provenFetch(request);
  if (!response.ok || !response.body) {
    throw problemFrom(response, await response.json().catch(() => null));
  }
  return response.body;
}

/** Trusts the shapes: the gateway is tested against the same contract that these types come from. */
function parseEvent({ event, data }: ServerEvent): AnswerEvent | null {
  if (event === "citations")
    return { kind: "citations", ...(JSON.parse(data) as Schemas["AnswerCitations"]) };
  if (event === "token") return { kind: "token", ...(JSON.parse(data) as Schemas["AnswerToken"]) };
  if (event === "done") return { kind: "done", ...(JSON.parse(data) as Schemas["AnswerDone"]) };
  if (event === "error") throw new ProblemError(JSON.parse(data) as Problem);
  return null;
}
