// Uses OpenAI's own client as an application does, and prints what it got, for the tests to judge.
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from "openai";

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const chat = client.chat.completions;

const QUESTION = [{ role: "user", content: "[1] (Tea) Tea is hot.\n\nQuestion: Is tea hot?" }];
const WEATHER = [{ role: "user", content: "What is the weather in Oslo?" }];
const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a place",
    parameters: { type: "object", properties: { days: { type: "integer", minimum: 1, maximum: 1 } }, required: ["days"] },
  },
};
const FORMAT = {
  type: "json_schema",
  json_schema: {
    name: "verdict",
    strict: true,
    schema: {
      type: "object",
      properties: { topic: { enum: ["tea", "milk"] }, score: { type: "integer", minimum: 3, maximum: 3 } },
      required: ["topic", "score"],
      additionalProperties: false,
    },
  },
};
const base = { model: "answer", temperature: 0 };

async function answer() {
  const made = await chat.create({ ...base, messages: QUESTION });
  return { text: made.choices[0].message.content, tokens: made.usage.total_tokens };
}

async function stream() {
  const events = await chat.create({ ...base, messages: QUESTION, stream: true, stream_options: { include_usage: true } });
  let [text, tokens] = ["", null];
  for await (const event of events) {
    text += event.choices[0]?.delta.content ?? "";
    tokens = event.usage?.total_tokens ?? tokens;
  }
  return { text, tokens };
}

async function tool() {
  const made = await chat.create({ ...base, messages: WEATHER, tools: [TOOL] });
  const call = made.choices[0].message.tool_calls[0];
  const said = { role: "tool", tool_call_id: call.id, content: "Rain" };
  const next = await chat.create({ ...base, messages: [...WEATHER, made.choices[0].message, said], tools: [TOOL] });
  return {
    name: call.function.name,
    arguments: JSON.parse(call.function.arguments),
    finish_reason: made.choices[0].finish_reason,
    text: next.choices[0].message.content,
  };
}

async function streamedTool() {
  const made = await chat.stream({ ...base, messages: WEATHER, tools: [TOOL] }).finalChatCompletion();
  const call = made.choices[0].message.tool_calls[0];
  return { name: call.function.name, arguments: JSON.parse(call.function.arguments), finish_reason: made.choices[0].finish_reason };
}

async function structured() {
  const made = await chat.parse({ ...base, messages: QUESTION, response_format: FORMAT });
  return JSON.parse(made.choices[0].message.content);
}

async function embeddings() {
  const made = await client.embeddings.create({ model: "embed", input: ["tea", "milk"] });
  const [first] = made.data.map((item) => Array.from(item.embedding));
  return { count: made.data.length, length: first.length, norm: Math.round(first.reduce((sum, x) => sum + x * x, 0) * 1000) / 1000 };
}

async function models() {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  return { has: names.includes("answer"), root: (await client.models.retrieve("answer")).root };
}

async function failure(kind, call) {
  try {
    await call();
  } catch (error) {
    return { is_kind: error instanceof kind, status: error.status, code: error.code, param: error.param ?? null, has_id: Boolean(error.error?.correlation_id) };
  }
  return {};
}

async function failures() {
  const stranger = new OpenAI({ baseURL, apiKey: "another", maxRetries: 0 });
  return [
    await failure(NotFoundError, () => chat.create({ ...base, model: "none", messages: QUESTION })),
    await failure(AuthenticationError, () => stranger.models.list()),
    await failure(BadRequestError, () => chat.create({ ...base, messages: [] })),
    await failure(BadRequestError, () => client.responses.create({ model: "answer", input: "?", previous_response_id: "resp_1" })),
  ];
}

async function brokenStream() {
  let text = "";
  try {
    const events = await chat.create({ ...base, messages: QUESTION, stream: true }, { headers: { "X-Model-Fault": "truncate" } });
    for await (const event of events) text += event.choices[0]?.delta.content ?? "";
  } catch (error) {
    return { began: text.length > 0, code: error.code };
  }
  return {};
}

async function response() {
  const made = await client.responses.create({ ...base, input: QUESTION });
  return { text: made.output_text, tokens: made.usage.total_tokens, store: made.store };
}

async function responseStream() {
  let said = "";
  const events = client.responses.stream({ ...base, input: QUESTION });
  for await (const event of events) said += event.type === "response.output_text.delta" ? event.delta : "";
  const made = await events.finalResponse();
  return { text: made.output_text, said, tokens: made.usage.total_tokens };
}

async function responseTool() {
  const asked = { ...base, tools: [{ type: "function", ...TOOL.function }] };
  const [call] = (await client.responses.create({ ...asked, input: WEATHER })).output;
  const result = { type: "function_call_output", call_id: call.call_id, output: "Rain" };
  const after = await client.responses.create({ ...asked, input: [...WEATHER, call, result] });
  const [streamed] = (await client.responses.stream({ ...asked, input: WEATHER }).finalResponse()).output;
  return { arguments: JSON.parse(call.arguments), streamed: JSON.parse(streamed.arguments), text: after.output_text };
}

async function responseParsed() {
  const made = await client.responses.parse({ ...base, input: QUESTION, text: { format: { type: "json_schema", ...FORMAT.json_schema } } });
  return made.output_parsed;
}

async function brokenResponse() {
  const events = await client.responses.create({ ...base, input: QUESTION, stream: true }, { headers: { "X-Model-Fault": "truncate" } });
  const told = {};
  for await (const event of events) told[event.type] = event;
  return {
    began: "response.output_text.delta" in told,
    code: told.error.code,
    status: told["response.failed"].response.status,
  };
}

const chats = { answer, stream, tool, streamedTool, structured, embeddings, models, failures, brokenStream };
const responses = { response, responseStream, responseTool, responseParsed, brokenResponse };
const scenarios = { ...chats, ...responses };
const report = {};
for (const [name, play] of Object.entries(scenarios)) report[name] = await play();
console.log(JSON.stringify(report));
