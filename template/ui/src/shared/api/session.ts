import { queryOptions, useQuery, useSuspenseQuery, type QueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "./client";
import { ProblemError } from "./problem";

export type Me = components["schemas"]["Me"];
export type Product = components["schemas"]["Product"];

/** `ended` tells "not signed in yet" from "was signed in a moment ago". */
export type Session = { me: Me; ended: false } | { me: null; ended: boolean };

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: fetchSession,
  staleTime: 60_000,
});

export const productQuery = queryOptions({
  queryKey: ["product"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/product", { signal })),
  staleTime: Infinity,
});

interface FetchSession {
  client: QueryClient;
  signal: AbortSignal;
}

async function fetchSession({ client, signal }: FetchSession): Promise<Session> {
  const before = client.getQueryData<Session>(["session"]);
  try {
    return { me: await unwrap(api.GET("/api/me", { signal })), ended: false };
  } catch (error) {
    if (isUnauthenticated(error)) return { me: null, ended: Boolean(before?.me) };
    throw error;
  }
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status === 401;
}

/** Forgets everything that only the signed-in person may see. */
export function endSession(client: QueryClient, { ended }: { ended: boolean }): void {
  client.setQueryData<Session>(sessionQuery.queryKey, { me: null, ended });
  const isPublic = (key: unknown) => key === "session" || key === "product";
  client.removeQueries({ predicate: ({ queryKey }) => !isPublic(queryKey[0]) });
}

export function useProduct(): Product {
  return useSuspenseQuery(productQuery).data;
}

/** The signed-in person. Pages are only rendered for one. */
export function useMe(): Me {
  const { data } = useQuery(sessionQuery);
  if (!data?.me) throw new Error("useMe needs a signed-in session");
  return data.me;
}

export function signInUrl(location: Pick<Location, "pathname" | "search">): string {
  return `/auth/login?return_to=${encodeURIComponent(location.pathname + location.search)}`;
}
