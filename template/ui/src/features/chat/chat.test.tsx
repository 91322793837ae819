import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openProduct } from "@/testing/product";
import { makeAnswer, makeCitation, makeConversation, makeProblem } from "@/testing/samples";

const QUESTION = "How long can an unused bicycle be returned?";

test("suggestion starts a conversation whose answer streams in and cites its source", async () => {
  let arrive: () => void = () => undefined;
  const { user, gateway } = await openProduct("/chat", {
    arrange: ({ script }) => {
      script.citations = [makeCitation(), makeCitation({ number: 2, title: "Never cited" })];
      script.tokens = ["Within 30 days ", "of delivery [1]."];
      script.hold = new Promise((resolve) => {
        arrive = resolve;
      });
    },
  });

  await user.click(await screen.findByRole("button", { name: QUESTION }));
  expect(await screen.findByText(/Within 30 days/)).toBeVisible();
  expect(screen.queryByText(/of delivery/)).toBeNull();
  expect(screen.getByRole("button", { name: "Stop" })).toBeVisible();
  arrive();

  const mark = await screen.findByRole("button", { name: "Source 1: Returns and refunds" });
  await user.click(mark);
  expect(mark).toHaveAttribute("aria-expanded", "true");
  expect(screen.getByText(/unused bicycle can be returned within 30 days/)).toBeVisible();
  expect(screen.queryByText("Never cited")).toBeNull();
  expect(gateway.calls).toContain("POST /api/conversations");
  const list = screen.getByRole("region", { name: "Conversations" });
  expect(await within(list).findByText(QUESTION)).toBeVisible();
});

test("stop ends the answer and offers to ask again", async () => {
  const { user } = await openProduct("/chat", {
    arrange: ({ script }) => {
      script.tokens = ["Within ", "never arrives"];
      script.hold = new Promise(() => undefined);
    },
  });
  await user.click(await screen.findByRole("button", { name: QUESTION }));
  await screen.findByText("Within");

  await user.click(screen.getByRole("button", { name: "Stop" }));

  expect(await screen.findByText(/You stopped this answer/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Ask again" })).toBeVisible();
});

test("failed answer shows its reference and succeeds when tried again", async () => {
  const { user, gateway } = await openProduct("/chat", {
    arrange: ({ script }) => {
      script.problem = makeProblem(503, {
        code: "unavailable",
        correlation_id: "ref-of-the-fault",
      });
    },
  });
  await user.type(await screen.findByLabelText("Your question"), "Is it open?{Enter}");

  expect(await screen.findByText("The service is busy or starting")).toBeVisible();
  expect(screen.getByText("ref-of-the-fault")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Copy reference" }));
  expect(await navigator.clipboard.readText()).toBe("ref-of-the-fault");
  gateway.script.problem = null;
  gateway.script.tokens = ["It is", " open."];
  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect((await screen.findAllByText("It is open.")).length).toBeGreaterThan(0);
  expect(screen.queryByText("The service is busy or starting")).toBeNull();
});

test("stream that breaks off is a lost connection, not an answer", async () => {
  const { user } = await openProduct("/chat", {
    arrange: ({ script }) => {
      script.isCut = true;
    },
  });

  await user.click(await screen.findByRole("button", { name: QUESTION }));

  expect(await screen.findByText("We could not reach the server")).toBeVisible();
});

test("stored answers are there again, with how far to rely on them", async () => {
  const conversation = makeConversation();
  await openProduct(`/chat/${conversation.id}`, {
    arrange: (gateway) => {
      gateway.conversations = [conversation];
      gateway.answers = [
        makeAnswer({ conversation_id: conversation.id, review: "approved" }),
        makeAnswer({
          conversation_id: conversation.id,
          question: "And a used one?",
          review: "open",
        }),
      ];
    },
  });

  expect(await screen.findByText("And a used one?")).toBeVisible();
  expect(screen.getByText("Approved by a reviewer")).toBeVisible();
  expect(screen.getByText("Needs review")).toBeVisible();
});

test("answer that is not stored yet stays on the page", async () => {
  const { user } = await openProduct("/chat", {
    arrange: ({ script }) => {
      script.isStored = false;
      script.needsReview = true;
    },
  });

  await user.click(await screen.findByRole("button", { name: QUESTION }));

  expect(await screen.findByText("Needs review")).toBeVisible();
  expect(screen.getAllByText("Nothing fits.").length).toBeGreaterThan(0);
});

test("conversation that is gone says so", async () => {
  const conversation = makeConversation();
  await openProduct(`/chat/${conversation.id}`, {
    arrange: (gateway) => {
      const call = `GET /api/conversations/${conversation.id}/answers`;
      gateway.failures.set(call, makeProblem(404));
    },
  });

  expect(await screen.findByText("This is no longer here")).toBeVisible();
});

test("session that ends during a question leads back to signing in", async () => {
  const conversation = makeConversation();
  const { user, gateway } = await openProduct(`/chat/${conversation.id}`, {
    arrange: (gateway) => {
      gateway.conversations = [conversation];
    },
  });
  const question = await screen.findByLabelText("Your question");
  gateway.me = null;

  await user.type(question, "Still there?{Enter}");

  expect(await screen.findByText(/Your session has ended/)).toBeVisible();
});

test("answer that is stored only after a reload appears by itself", async () => {
  const conversation = makeConversation();
  const { gateway } = await openProduct(`/chat/${conversation.id}`, {
    arrange: (arranged) => {
      arranged.conversations = [conversation];
    },
  });
  await waitFor(() => {
    expect(gateway.calls).toContain(`GET /api/conversations/${conversation.id}/answers`);
  });

  gateway.answers = [makeAnswer({ conversation_id: conversation.id, question: QUESTION })];

  const late = { timeout: 20_000 };
  expect(await screen.findByRole("heading", { name: /^You asked/ }, late)).toBeVisible();
});
