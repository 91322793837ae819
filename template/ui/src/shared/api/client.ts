import createClient, { type Client } from "openapi-fetch";
import type { paths } from "@contracts/gateway";
import { provenFetch } from "../device/fetch";
import { problemFrom, unreachable } from "./problem";

/** The gateway refuses changes without it: a form on another site cannot send this header. */
export const CHANGE_HEADERS = { "X-Requested-With": "fetch" };

/** A client of one OpenAPI contract, on the page's own origin. Every request proves this browser's key. */
export function createApi<Paths extends object>(): Client<Paths> {
  const client = createClient<Paths>({ fetch: provenFetch });
  client.use({
    onRequest({ request }) {
      if (request.method !== "GET") request.headers.set("X-Requested-With", "fetch");
      return request;
    },
    onError({ error }) {
      return isAbort(error) ? undefined : unreachable(error);
    },
  });
  return client;
}

/** The gateway's contract. It holds no state; the session is a cookie that scripts cannot read. */
export const api = createApi<paths>();

/** The data of a successful response. Throws ProblemError for every other. */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response, error);
  return data as T;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
