import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Asks again for what a change has made old. A first answer that is still on its way was asked for
 * before the change, and invalidating alone would take it for the new one.
 */
export async function refresh(
  client: QueryClient,
  { queryKey }: { queryKey: QueryKey },
): Promise<void> {
  await client.cancelQueries({ queryKey });
  await client.invalidateQueries({ queryKey });
}
