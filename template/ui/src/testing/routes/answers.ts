import type { ServerResponse } from "node:http";
import type { components } from "@contracts/gateway";
import { send, type Call, type Route } from "../gateway";
import { makeAnswer, makeConversation } from "../samples";

type Schemas = components["schemas"];

export const answerRoutes: readonly Route[] = [
  ["GET", /^\/api\/conversations$/, listConversations],
  ["POST", /^\/api\/conversations$/, startConversation],
  ["GET", /^\/api\/conversations\/([^/]+)\/answers$/, listAnswers],
  ["POST", /^\/api\/conversations\/([^/]+)\/answers$/, ask],
];

function listConversations({ gateway, response }: Call): void {
  send(response, 200, gateway.conversations satisfies Schemas["Conversation"][]);
}

function startConversation({ gateway, response }: Call): void {
  const conversation = makeConversation({ title: "" });
  gateway.conversations = [conversation, ...gateway.conversations];
  send(response, 201, conversation satisfies Schemas["Conversation"]);
}

function listAnswers({ gateway, params, response }: Call): void {
  const answers = gateway.answers.filter((answer) => answer.conversation_id === params[0]);
  send(response, 200, answers satisfies Schemas["Answer"][]);
}

async function ask({ gateway, params, response, body }: Call): Promise<void> {
  const { question } = JSON.parse(body.toString()) as Schemas["Question"];
  const { script } = gateway;
  response.writeHead(200, { "content-type": "text/event-stream" });
  emit(response, "citations", { citations: script.citations } satisfies Schemas["AnswerCitations"]);
  for (const text of script.tokens.slice(0, -1)) emit(response, "token", { text });
  await script.hold;
  emit(response, "token", { text: script.tokens.at(-1) ?? "" } satisfies Schemas["AnswerToken"]);
  if (script.problem) emit(response, "error", script.problem satisfies Schemas["Problem"]);
  else if (!script.isCut) finish({ gateway, params, response }, question);
  response.end();
}

function finish({ gateway, params, response }: Omit<Call, "body" | "request">, question: string) {
  const { citations, tokens, needsReview, isStored } = gateway.script;
  const answer = makeAnswer({
    conversation_id: params[0] ?? "",
    question,
    text: tokens.join(""),
    citations,
    review: needsReview ? "open" : "none",
  });
  if (isStored) gateway.answers = [...gateway.answers, answer];
  gateway.conversations = gateway.conversations.map((conversation) =>
    conversation.id === params[0] ? { ...conversation, title: question } : conversation,
  );
  emit(response, "done", {
    answer_id: answer.id,
    model: answer.model,
    usage: answer.usage,
    needs_review: needsReview,
    correlation_id: answer.correlation_id,
  } satisfies Schemas["AnswerDone"]);
}

function emit(response: ServerResponse, event: string, data: object): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
