import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeGateway } from "@/testing/gateway";
import { openProduct } from "@/testing/product";
import { makeEntry, makeMachine, makeMe, makeMember, makeProblem } from "@/testing/samples";

function asAdmin(gateway: FakeGateway): void {
  gateway.me = makeMe({ roles: ["admin"] });
}

function openAdmin(path: string, arrange: (gateway: FakeGateway) => void) {
  return openProduct(`/admin/${path}`, {
    arrange: (gateway) => {
      asAdmin(gateway);
      arrange(gateway);
    },
  });
}

function needsSecondFactor(gateway: FakeGateway, call: string): void {
  const code = "insufficient_user_authentication";
  gateway.failures.set(call, makeProblem(401, { code }));
  gateway.challenges.set(call, `Bearer error="${code}", acr_values="urn:two", max_age="900"`);
}

test("person is signed out everywhere after a question", async () => {
  const { user } = await openAdmin("people", (gateway) => {
    gateway.people = [makeMember(), makeMember({ name: "Ilse Verbeek", sessions: 0 })];
  });

  expect(await screen.findByText(/2 sessions/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Sign out Ilse Verbeek" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Sign out Noor de Wit" }));
  const question = screen.getByRole("dialog", { name: "Sign Noor de Wit out everywhere?" });
  await user.click(within(question).getByRole("button", { name: "Sign out" }));

  await waitFor(() => {
    expect(screen.queryByText(/2 sessions/)).toBeNull();
  });
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("question that is cancelled gives the focus back", async () => {
  const { user } = await openAdmin("people", (gateway) => {
    gateway.people = [makeMember()];
  });
  const opener = await screen.findByRole("button", { name: "Sign out Noor de Wit" });

  await user.click(opener);
  await user.click(screen.getByRole("button", { name: "Cancel" }));

  expect(opener).toHaveFocus();
});

test("action whose second factor is too old asks for it where the person is", async () => {
  const { user } = await openAdmin("people", (gateway) => {
    gateway.people = [makeMember()];
    needsSecondFactor(gateway, `DELETE /api/admin/people/${gateway.people[0]?.id ?? ""}/sessions`);
  });

  await user.click(await screen.findByRole("button", { name: "Sign out Noor de Wit" }));
  const question = screen.getByRole("dialog");
  await user.click(within(question).getByRole("button", { name: "Sign out" }));

  expect(await within(question).findByText("Confirm that it is you")).toBeVisible();
  expect(within(question).queryByRole("button", { name: "Sign out" })).toBeNull();
});

test("new key is shown once and forgotten", async () => {
  const { user, gateway } = await openAdmin("keys", () => undefined);
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const make = () => screen.getByRole("button", { name: "Make the key" });

  await user.type(screen.getByLabelText("What is it for?"), "Shop sync");
  expect(make()).toBeDisabled();
  await user.click(screen.getByLabelText("Upload and delete documents"));
  await user.click(make());
  expect(await screen.findByText("ak_first_shown-once")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "I have stored it" }));

  expect(await screen.findByText("Shop sync")).toBeVisible();
  expect(screen.queryByText("ak_first_shown-once")).toBeNull();
  expect(gateway.machines[0]?.scopes).toEqual(["documents:write"]);
});

test("rotated key lets the old one go on for as long as was chosen", async () => {
  const { user, gateway } = await openAdmin("keys", (arranged) => {
    arranged.machines = [makeMachine()];
  });

  await user.click(await screen.findByRole("button", { name: "Rotate Nightly import" }));
  await user.selectOptions(screen.getByLabelText("The old key"), "ends at once");
  await user.click(screen.getByRole("button", { name: "Make a new key" }));

  expect(await screen.findByText("ak_next_shown-once")).toBeVisible();
  expect(gateway.machines[0]?.keys.map(({ prefix }) => prefix)).toEqual(["ak_next"]);
});

test("revoked key stays in the list and can do nothing more", async () => {
  const { user } = await openAdmin("keys", (gateway) => {
    gateway.machines = [makeMachine()];
  });

  await user.click(await screen.findByRole("button", { name: "Revoke Nightly import" }));
  await user.click(screen.getByRole("button", { name: "Revoke" }));

  expect(await screen.findByText(/^Revoked/)).toBeVisible();
  expect(screen.queryByRole("button", { name: /Rotate/ })).toBeNull();
});

test("audit trail explains an entry, filters, and goes on", async () => {
  const { user } = await openAdmin("audit", (gateway) => {
    gateway.trail = Array.from({ length: 31 }, (_, index) =>
      makeEntry({ number: 40 - index, outcome: index === 0 ? "deny" : "allow" }),
    );
  });
  const rows = async () =>
    within(await screen.findByRole("list", { name: "Audit trail" })).getAllByRole("listitem");

  expect(await rows()).toHaveLength(30);
  await user.click(screen.getByRole("button", { name: "Show older entries" }));
  await waitFor(async () => {
    expect(await rows()).toHaveLength(31);
  });
  expect(screen.queryByRole("button", { name: "Show older entries" })).toBeNull();

  await user.selectOptions(screen.getByLabelText("Show"), "Refused");
  await waitFor(async () => {
    expect(await rows()).toHaveLength(1);
  });
  expect((await rows())[0]).toHaveTextContent("none of their roles gives the permission");
});

test("audit trail without such an entry says so", async () => {
  await openAdmin("audit", () => undefined);

  expect(await screen.findByText("Nothing of this kind")).toBeVisible();
});

test("admin address that nobody knows leads to the overview", async () => {
  await openAdmin("nowhere", () => undefined);

  expect(await screen.findByText("Documents", { selector: "dt" })).toBeVisible();
});
