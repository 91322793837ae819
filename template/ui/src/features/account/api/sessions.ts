import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";
import { refresh } from "@/shared/api/refresh";

export type OwnSession = components["schemas"]["OwnSession"];

export const sessionsQuery = queryOptions({
  queryKey: ["own-sessions"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/me/sessions", { signal })),
});

/** Signs out in one other place. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/me/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSettled: () => refresh(client, sessionsQuery),
  });
}
