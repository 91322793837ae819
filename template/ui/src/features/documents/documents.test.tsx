import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, onTestFinished, test } from "vitest";
import { openProduct } from "@/testing/product";
import { makeDocument, makeProblem } from "@/testing/samples";

const FILE = new File(["Hello"], "welcome.md", { type: "text/markdown" });

test("empty list says what to do first", async () => {
  await openProduct("/documents");

  expect(await screen.findByText("No documents yet")).toBeVisible();
});

test("upload is followed until the document is ready", async () => {
  const { user, gateway } = await openProduct("/documents");

  await user.upload(await screen.findByLabelText(/Choose files/), FILE);

  const list = await screen.findByRole("list", { name: "Documents" });
  expect(await within(list).findByText("welcome.md")).toBeVisible();
  expect(await within(list).findByText("Ready", undefined, { timeout: 5000 })).toBeVisible();
  expect(within(list).getByText(/3 passages/)).toBeVisible();
  expect(gateway.calls.filter((call) => call === "POST /api/documents")).toHaveLength(1);
});

test("upload that is faster than the first look at the list is shown", async () => {
  const { user, gateway } = await openProduct("/documents", {
    arrange: (gateway) => {
      gateway.documentsHold = new Promise((resolve) => {
        onTestFinished(() => {
          resolve();
        });
      });
    },
  });
  await waitFor(() => {
    expect(gateway.calls).toContain("GET /api/documents");
  });
  gateway.documentsHold = Promise.resolve();

  await user.upload(await screen.findByLabelText(/Choose files/), FILE);

  const list = await screen.findByRole("list", { name: "Documents" });
  expect(await within(list).findByText("welcome.md")).toBeVisible();
});

test("dropped files are uploaded", async () => {
  await openProduct("/documents");

  fireEvent.drop(await screen.findByText(/or drop them here/), { dataTransfer: { files: [FILE] } });

  expect(await screen.findByText("welcome.md")).toBeVisible();
});

test("refused upload says why and what to do", async () => {
  const { user } = await openProduct("/documents", {
    arrange: (gateway) => {
      const detail = "The limit is 10 MB.";
      gateway.failures.set("POST /api/documents", makeProblem(413, { detail }));
    },
  });

  await user.upload(await screen.findByLabelText(/Choose files/), FILE);

  const notice = await screen.findByRole("alert");
  expect(notice).toHaveTextContent("welcome.md: this file is too large");
  expect(notice).toHaveTextContent("The limit is 10 MB.");
  await user.click(within(notice).getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("unreadable document says what was wrong with it", async () => {
  await openProduct("/documents", {
    arrange: (gateway) => {
      gateway.documents = [makeDocument({ status: "failed", error: "The PDF has no text." })];
    },
  });

  expect(await screen.findByText(/The PDF has no text. Delete it/)).toBeVisible();
});

test("delete asks first, then forgets the document", async () => {
  const { user } = await openProduct("/documents", {
    arrange: (gateway) => {
      gateway.documents = [makeDocument()];
    },
  });

  await user.click(await screen.findByRole("button", { name: "Delete Returns and refunds" }));
  const question = screen.getByRole("dialog", { name: "Delete “Returns and refunds”?" });
  await user.click(within(question).getByRole("button", { name: "Delete" }));

  await waitFor(() => {
    expect(screen.getByText("No documents yet")).toBeVisible();
  });
});

test("list that fails can be loaded again", async () => {
  const { user } = await openProduct("/documents", {
    arrange: (gateway) => {
      gateway.failures.set("GET /api/documents", makeProblem(503));
    },
  });

  await user.click(await screen.findByRole("button", { name: "Try again" }));

  expect(await screen.findByText("No documents yet")).toBeVisible();
});
