import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";
import { refresh } from "@/shared/api/refresh";

export type Review = components["schemas"]["Review"];
export type Decision = components["schemas"]["Decision"];

/** Answers that wait for a decision, oldest first. */
export const reviewsQuery = queryOptions({
  queryKey: ["reviews"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/reviews", { signal })),
  refetchInterval: 15_000,
});

/** Decides one review. Whatever comes back, the queue is read again: a colleague may have been faster. */
export function useDecide(reviewId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decision) =>
      unwrap(
        api.POST("/api/reviews/{review_id}/decision", {
          params: { path: { review_id: reviewId } },
          body: decision,
        }),
      ),
    onSuccess: () =>
      Promise.all([refresh(client, reviewsQuery), refresh(client, { queryKey: ["answers"] })]),
  });
}
