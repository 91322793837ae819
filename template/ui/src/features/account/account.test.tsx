import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeGateway } from "@/testing/gateway";
import { openProduct } from "@/testing/product";
import { makeProblem, makeSession } from "@/testing/samples";

function inThreePlaces(gateway: FakeGateway): void {
  gateway.sessions = [
    makeSession({ is_current: true, is_same_network: true }),
    makeSession({ is_same_browser: false }),
    makeSession({ is_same_network: true }),
  ];
}

test("name leads to the account, which is not in the navigation", async () => {
  const { user } = await openProduct("/chat", { arrange: inThreePlaces });

  await user.click(await screen.findByRole("link", { name: "Ada Winter" }));

  expect(await screen.findByRole("heading", { name: "Ada Winter" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Your account" })).toBeNull();
});

test("sessions say which is this one and how the others differ", async () => {
  await openProduct("/account", { arrange: inThreePlaces });

  const rows = within(await screen.findByRole("list", { name: "Sessions" })).getAllByRole(
    "listitem",
  );
  expect(rows[0]).toHaveTextContent("This browser");
  expect(screen.getAllByRole("button", { name: /^Sign out:/ })).toHaveLength(2);
  expect(rows[1]).toHaveTextContent(/Another kind of browser.*another network/);
  expect(rows[2]).toHaveTextContent(/A browser like this one.*this network/);
});

test("sign out in one place leaves the others", async () => {
  const { user, gateway } = await openProduct("/account", { arrange: inThreePlaces });

  await user.click(await screen.findByRole("button", { name: /Sign out: Another kind/ }));

  await waitFor(() => {
    expect(screen.queryByText("Another kind of browser")).toBeNull();
  });
  expect(gateway.sessions).toHaveLength(2);
});

test("sign out everywhere ends the others first, then this one", async () => {
  const { user, gateway } = await openProduct("/account", { arrange: inThreePlaces });

  await user.click(await screen.findByRole("button", { name: "Sign out everywhere" }));

  expect(await screen.findByRole("button", { name: "Sign in" })).toBeVisible();
  expect(gateway.calls.slice(-2)).toEqual(["DELETE /api/me/sessions", "POST /auth/logout"]);
});

test("sign out everywhere that fails stays signed in and says so", async () => {
  const { user, gateway } = await openProduct("/account", {
    arrange: (arranged) => {
      inThreePlaces(arranged);
      arranged.failures.set("DELETE /api/me/sessions", makeProblem(503));
    },
  });

  await user.click(await screen.findByRole("button", { name: "Sign out everywhere" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("busy or starting");
  expect(gateway.calls).not.toContain("POST /auth/logout");
});
