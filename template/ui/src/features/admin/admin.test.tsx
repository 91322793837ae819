import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeGateway } from "@/testing/gateway";
import { openProduct } from "@/testing/product";
import { makeAnswer, makeConversation, makeDocument, makeMe, makeProblem } from "@/testing/samples";

function asAdmin(gateway: FakeGateway): void {
  gateway.me = makeMe({ roles: ["admin"] });
  gateway.documents = [makeDocument({ passages: 1234 })];
  gateway.conversations = [makeConversation()];
  gateway.answers = [makeAnswer(), makeAnswer()];
}

test("overview shows the tenant in figures", async () => {
  await openProduct("/admin", { arrange: asAdmin });

  const passages = (await screen.findByText("Passages")).parentElement;
  expect(passages).toHaveTextContent("1,234");
});

test("purge needs the tenant's short name, then says what went", async () => {
  const { user, gateway } = await openProduct("/admin", { arrange: asAdmin });
  await user.click(await screen.findByRole("button", { name: "Delete all conversations…" }));
  const dialog = screen.getByRole("dialog");
  const confirm = within(dialog).getByRole("button", { name: "Delete all" });

  await user.type(within(dialog).getByLabelText(/to confirm/), "north");
  expect(confirm).toBeDisabled();
  await user.type(within(dialog).getByLabelText(/to confirm/), "-mills");
  await user.click(confirm);

  expect(await screen.findByText("Deleted 1 conversation with 2 answers.")).toBeVisible();
  expect(gateway.conversations).toEqual([]);
});

test("figures that may not be seen say whom to ask", async () => {
  await openProduct("/admin", {
    arrange: (gateway) => {
      asAdmin(gateway);
      gateway.failures.set("GET /api/admin/overview", makeProblem(403));
    },
  });

  expect(await screen.findByText("Your role does not include this")).toBeVisible();
});
