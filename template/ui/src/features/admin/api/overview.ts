import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";
import { refresh } from "@/shared/api/refresh";

export type Overview = components["schemas"]["Overview"];

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/admin/overview", { signal })),
});

/** Deletes every conversation of the tenant, and forgets those that this page still shows. */
export function usePurge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/admin/conversations")),
    onSuccess: () => {
      for (const key of ["conversations", "answers", "turn", "reviews"]) {
        client.removeQueries({ queryKey: [key] });
      }
      return refresh(client, overviewQuery);
    },
  });
}
