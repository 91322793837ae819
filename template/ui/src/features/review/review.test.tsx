import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeGateway } from "@/testing/gateway";
import { openProduct } from "@/testing/product";
import { makeMe, makeProblem, makeReview } from "@/testing/samples";

function asReviewer(gateway: FakeGateway): void {
  gateway.me = makeMe({ roles: ["member", "reviewer"] });
}

test("empty queue says so", async () => {
  await openProduct("/review", { arrange: asReviewer });

  expect(await screen.findByText("Nothing to review")).toBeVisible();
});

test.each(["Approve", "Reject"])(
  "%s decides an answer and takes it off the queue",
  async (label) => {
    const review = makeReview();
    const { user, gateway } = await openProduct("/review", {
      arrange: (gateway) => {
        asReviewer(gateway);
        gateway.reviews = [review];
      },
    });
    expect(await screen.findByText("No source fits well")).toBeVisible();

    await user.type(screen.getByLabelText("Note (optional)"), "Checked against the policy");
    await user.click(screen.getByRole("button", { name: label }));

    expect(await screen.findByText("Nothing to review")).toBeVisible();
    expect(gateway.calls).toContain(`POST /api/reviews/${review.id}/decision`);
    expect(gateway.decisions).toEqual([
      {
        decision: label === "Approve" ? "approved" : "rejected",
        note: "Checked against the policy",
      },
    ]);
  },
);

test("decision that a colleague took first is explained", async () => {
  const review = makeReview();
  const { user, gateway } = await openProduct("/review", {
    arrange: (gateway) => {
      asReviewer(gateway);
      gateway.reviews = [review];
      gateway.failures.set(`POST /api/reviews/${review.id}/decision`, makeProblem(409));
    },
  });

  await user.click(await screen.findByRole("button", { name: "Approve" }));
  expect(await screen.findByText("Someone was faster")).toBeVisible();
  gateway.reviews = [];
  await user.click(screen.getByRole("button", { name: "Refresh the queue" }));

  expect(await screen.findByText("Nothing to review")).toBeVisible();
});
