import { infiniteQueryOptions } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";

export type TrailEntry = components["schemas"]["TrailEntry"];
export type Outcome = components["schemas"]["Outcome"];

const PAGE = 30;

/** What was decided, newest first, page after page; all outcomes where none is named. */
export function trailQuery(outcome: Outcome | null) {
  return infiniteQueryOptions({
    queryKey: ["audit", outcome],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        api.GET("/api/admin/audit", {
          signal,
          params: {
            query: {
              limit: PAGE,
              ...(outcome && { outcome }),
              ...(pageParam !== null && { before: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < PAGE ? null : page.at(-1)?.number),
  });
}
