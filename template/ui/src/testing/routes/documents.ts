import type { components } from "@contracts/gateway";
import { send, type Call, type Route } from "../gateway";
import { makeDocument } from "../samples";

type Schemas = components["schemas"];

export const documentRoutes: readonly Route[] = [
  ["GET", /^\/api\/documents$/, list],
  ["POST", /^\/api\/documents$/, upload],
  ["DELETE", /^\/api\/documents\/([^/]+)$/, remove],
];

/** Every look moves each document one step on, as a job would: waiting, reading, ready. */
async function list({ gateway, response }: Call): Promise<void> {
  const { documents, documentsHold } = gateway;
  gateway.documents = documents.map((document) => {
    if (document.status === "waiting") return { ...document, status: "reading" };
    if (document.status === "reading") return { ...document, status: "ready", passages: 3 };
    return document;
  });
  await documentsHold;
  send(response, 200, documents satisfies Schemas["Document"][]);
}

function upload({ gateway, response, body }: Call): void {
  const title = /filename="([^"]+)"/.exec(body.toString("latin1"))?.[1] ?? "unnamed";
  const document = makeDocument({ title, status: "waiting", passages: 0, size_bytes: body.length });
  gateway.documents = [document, ...gateway.documents];
  send(response, 202, document satisfies Schemas["Document"]);
}

function remove({ gateway, params, response }: Call): void {
  gateway.documents = gateway.documents.filter(({ id }) => id !== params[0]);
  response.writeHead(204).end();
}
