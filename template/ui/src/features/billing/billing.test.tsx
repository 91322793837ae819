import { screen, waitFor } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";
import type { components } from "@contracts/billing";
import { send, type FakeGateway, type Route } from "@/testing/gateway";
import { openProduct } from "@/testing/product";
import { makeMe, makeProblem } from "@/testing/samples";
import type { BillingStatus } from "./api/billing";

type Schemas = components["schemas"];

function billingRoutes(status: BillingStatus): Route[] {
  return [
    [
      "GET",
      /^\/api\/billing$/,
      ({ response }) => {
        send(response, 200, { status } satisfies Schemas["Billing"]);
      },
    ],
    [
      "POST",
      /^\/api\/billing\/checkout$/,
      ({ response }) => {
        send(response, 201, { url: "https://pay.example.com/1" } satisfies Schemas["Checkout"]);
      },
    ],
  ];
}

function asAdmin(gateway: FakeGateway): void {
  gateway.me = makeMe({ roles: ["admin"] });
}

test("subscribe leads to the payment provider's page", async () => {
  const assign = vi.spyOn(window.location, "assign").mockReturnValue(undefined);
  onTestFinished(() => {
    assign.mockRestore();
  });
  const routes = billingRoutes("none");
  const { user } = await openProduct("/billing", { routes, arrange: asAdmin });

  await user.click(await screen.findByRole("button", { name: "Subscribe" }));

  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith("https://pay.example.com/1");
  });
});

test("subscription that is paid asks for nothing", async () => {
  await openProduct("/billing", { routes: billingRoutes("active"), arrange: asAdmin });

  expect(await screen.findByText("Active")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Subscribe" })).toBeNull();
});

test("payment provider that is away is explained", async () => {
  const { user } = await openProduct("/billing", {
    routes: billingRoutes("ended"),
    arrange: (gateway) => {
      asAdmin(gateway);
      gateway.failures.set("POST /api/billing/checkout", makeProblem(503));
    },
  });

  await user.click(await screen.findByRole("button", { name: "Subscribe" }));

  expect(await screen.findByText("The service is busy or starting")).toBeVisible();
});
