import { screen, waitFor, within } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";
import { openProduct } from "@/testing/product";
import { makeMe, makeProblem } from "@/testing/samples";

function menu(): (string | null)[] {
  const navigation = screen.getByRole("navigation", { name: "Main" });
  return within(navigation)
    .getAllByRole("link")
    .map((link) => link.textContent);
}

/** A page in a test cannot be left. */
function spyOnLeaving() {
  const assign = vi.spyOn(window.location, "assign").mockReturnValue(undefined);
  onTestFinished(() => {
    assign.mockRestore();
  });
  return assign;
}

test("landing shows the product's own words and where to sign in", async () => {
  await openProduct("/documents?sort=new", {
    arrange: (gateway) => {
      gateway.me = null;
      gateway.product.disclaimer = "Not medical advice.";
    },
  });

  expect(
    await screen.findByRole("heading", { name: "What is the customer asking?" }),
  ).toBeVisible();
  expect(screen.getByText("Not medical advice.")).toBeVisible();
  expect(document.title).toBe("Acme Desk");
});

test("sign in leaves for the provider and comes back to the page", async () => {
  const assign = spyOnLeaving();
  const { gateway, user } = await openProduct("/documents?sort=new", {
    arrange: (arranged) => {
      arranged.me = null;
      arranged.nonce = "first";
    },
  });

  await user.click(await screen.findByRole("button", { name: "Sign in" }));

  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith(gateway.signInUrl);
  });
  expect(gateway.signIns).toEqual([{ return_to: "/documents?sort=new" }]);
  expect(gateway.proofs.at(-1)).toMatchObject({ htm: "POST", nonce: "first" });
});

test("page that needs a second factor asks for it and comes back", async () => {
  const assign = spyOnLeaving();
  const { gateway, user } = await openProduct("/admin", {
    arrange: (arranged) => {
      arranged.me = makeMe({ roles: ["admin"] });
      const code = "insufficient_user_authentication";
      arranged.failures.set("GET /api/admin/overview", makeProblem(401, { code }));
      arranged.challenges.set(
        "GET /api/admin/overview",
        `Bearer error="${code}", acr_values="urn:two", max_age="900"`,
      );
    },
  });

  expect(await screen.findByText("Confirm that it is you")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Continue" }));

  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith(gateway.signInUrl);
  });
  expect(gateway.signIns).toEqual([{ return_to: "/admin", acr_values: "urn:two", max_age: 900 }]);
});

test.each([
  [["member"], ["Chat", "Documents"]],
  [
    ["member", "reviewer"],
    ["Chat", "Documents", "Review"],
  ],
  [["admin"], ["Chat", "Documents", "Review", "Admin"]],
] as const)(
  "navigation shows a person with the roles %j only what is theirs",
  async (roles, labels) => {
    await openProduct("/", {
      arrange: (gateway) => {
        gateway.me = makeMe({ roles: [...roles] });
      },
    });

    await screen.findByRole("navigation", { name: "Main" });

    expect(menu()).toEqual(expect.arrayContaining([...labels]));
    const hidden = ["Review", "Admin"].filter(
      (label) => !(labels as readonly string[]).includes(label),
    );
    for (const label of hidden) expect(menu()).not.toContain(label);
  },
);

test("address of a page for another role is not found", async () => {
  await openProduct("/admin");

  expect(await screen.findByText("There is no page here")).toBeVisible();
});

test("sign out returns to the landing page", async () => {
  const { gateway, user } = await openProduct("/documents");

  await user.click(await screen.findByRole("button", { name: "Sign out" }));

  expect(await screen.findByRole("button", { name: "Sign in" })).toBeVisible();
  expect(screen.queryByText(/session has ended/)).toBeNull();
  expect(gateway.calls).toContain("POST /auth/logout");
});

test("sign out goes on to the identity provider's own", async () => {
  const assign = spyOnLeaving();
  const { user } = await openProduct("/documents", {
    arrange: (gateway) => {
      gateway.signOutUrl = "https://identity.example.com/end";
    },
  });

  await user.click(await screen.findByRole("button", { name: "Sign out" }));

  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith("https://identity.example.com/end");
  });
});

test("session that ends anywhere leads back to signing in", async () => {
  const { gateway, user } = await openProduct("/documents");
  await screen.findByText("No documents yet");
  gateway.me = null;

  await user.click(screen.getByRole("link", { name: "Chat" }));

  expect(await screen.findByText(/Your session has ended/)).toBeVisible();
});

test("product that does not answer is explained and can be tried again", async () => {
  const { user } = await openProduct("/", {
    arrange: (gateway) => {
      gateway.me = null;
      gateway.failures.set("GET /api/product", makeProblem(500, { detail: "relation lost" }));
    },
  });

  expect(await screen.findByText("Something went wrong on our side")).toBeVisible();
  expect(screen.queryByText("relation lost")).toBeNull();
  expect(screen.getByText("c0ffee00c0ffee00")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));

  await waitFor(() => {
    expect(screen.getByRole("button", { name: "Sign in" })).toBeVisible();
  });
});
