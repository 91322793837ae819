import { expect, test } from "vitest";
import { readEvents, type ServerEvent } from "./events";

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test("read events joins what chunks cut apart", async () => {
  const events = await read(
    "event: tok",
    'en\ndata: {"text":',
    '"a"}\n',
    "\nevent: done\ndata: {}\n\n",
  );

  expect(events).toEqual([
    { event: "token", data: '{"text":"a"}' },
    { event: "done", data: "{}" },
  ]);
});

test("read events keeps a character whose bytes are cut apart", async () => {
  const bytes = new TextEncoder().encode("data: é\n\n");

  expect(await read(bytes.slice(0, 7), bytes.slice(7))).toEqual([{ event: "message", data: "é" }]);
});

test.each(["\r\n", "\r"])("read events accepts %j as the end of a line", async (end) => {
  const text = [": comment", "event: token", "data: a", "data: b", "", ""].join(end);

  expect(await read(text)).toEqual([{ event: "token", data: "a\nb" }]);
});

test("read events drops an unfinished last event", async () => {
  expect(await read("data: whole\n\ndata: half")).toEqual([{ event: "message", data: "whole" }]);
});
