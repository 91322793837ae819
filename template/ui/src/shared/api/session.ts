import {
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
  type QueryClient,
} from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, CHANGE_HEADERS, unwrap } from "./client";
import { provenFetch } from "../device/fetch";
import { problemFrom, ProblemError, type StepUp } from "./problem";

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

/** Says whether there is no session any more; one that only needs a second factor goes on. */
export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status === 401 && error.stepUp === null;
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

interface SignIn {
  location: Pick<Location, "pathname" | "search">;
  /** What a request asked for that this session is too weak for. */
  stepUp?: StepUp;
}

/** Says where to sign in, and come back from to this page. The session will belong to this browser's key. */
export async function signInUrl({ location, stepUp }: SignIn): Promise<string> {
  const return_to = location.pathname + location.search;
  const asked = stepUp ? { acr_values: stepUp.acrValues, max_age: stepUp.maxAgeS } : {};
  const request = new Request("/auth/login", {
    method: "POST",
    headers: { ...CHANGE_HEADERS, "Content-Type": "application/json" },
    body: JSON.stringify({ return_to, ...asked }),
  });
  const response = await provenFetch(request);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemFrom(response, body);
  return (body as { redirect_to: string }).redirect_to;
}

/** Ends the session here, and where wanted everywhere else first; returns where the browser goes next. */
async function leave({ everywhere }: { everywhere: boolean }): Promise<string> {
  if (everywhere) await unwrap(api.DELETE("/api/me/sessions"));
  const response = await fetch("/auth/logout", { method: "POST", headers: CHANGE_HEADERS });
  if (!response.ok) throw problemFrom(response, null);
  return ((await response.json()) as { redirect_to: string }).redirect_to;
}

/** Leaves, and goes on to the identity provider where that has a session of its own to end. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: leave,
    onSuccess: (redirectTo) => {
      endSession(client, { ended: false });
      if (redirectTo !== "/") window.location.assign(redirectTo);
    },
  });
}

/** Leaves for the identity provider. */
export function useSignIn() {
  return useMutation({
    mutationFn: signInUrl,
    onSuccess: (url) => {
      window.location.assign(url);
    },
  });
}
