import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";
import { refresh } from "@/shared/api/refresh";

export type Member = components["schemas"]["Member"];

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/admin/people", { signal })),
});

/** Signs a person out everywhere. */
export function useSignOutPerson() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(
        api.DELETE("/api/admin/people/{person_id}/sessions", {
          params: { path: { person_id: id } },
        }),
      ),
    onSuccess: () => refresh(client, peopleQuery),
  });
}
