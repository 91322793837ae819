import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { toProblemError } from "@/shared/api/problem";
import { endSession, isUnauthenticated } from "@/shared/api/session";

/** One cache for the whole page. A 401 from anywhere ends the session everywhere. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isUnauthenticated(error)) endSession(client, { ended: true });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: isWorthRetrying, staleTime: 5_000 } },
  });
  return client;
}

function isWorthRetrying(failures: number, error: unknown): boolean {
  const { status } = toProblemError(error).problem;
  return failures < 2 && (status === 0 || status === 502 || status === 503 || status === 504);
}
