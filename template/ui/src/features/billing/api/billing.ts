import { queryOptions, useMutation } from "@tanstack/react-query";
import type { components, paths } from "@contracts/billing";
import { createApi, unwrap } from "@/shared/api/client";

export type BillingStatus = components["schemas"]["Billing"]["status"];

const api = createApi<paths>();

export const billingQuery = queryOptions({
  queryKey: ["billing"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/billing", { signal })),
});

/** Starts a subscription; `go` leaves for the payment provider's own page. */
export function useCheckout(go: (url: string) => void) {
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/billing/checkout")),
    onSuccess: ({ url }) => {
      go(url);
    },
  });
}
