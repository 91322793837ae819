import { readdirSync } from "node:fs";
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Feature } from "@/shared/feature";
import { openProduct } from "@/testing/product";
import { discover, features } from "./features";

function makeFeature(path: string, order: number): Feature {
  return { path, label: path, icon: null, order, roles: [], element: <p>the {path} page</p> };
}

test("features have every folder that is there", () => {
  // Some products have no billing: the folder is all that decides.
  const folders = readdirSync("src/features");

  expect(features.map(({ path }) => path).sort()).toEqual(expect.arrayContaining(folders.sort()));
});

test("discover sorts by order and leaves out modules without a feature", () => {
  const found = discover({
    "../pages/last.tsx": makeFeature("last", 90),
    "../pages/chart.tsx": undefined,
    "../features/first/index.tsx": makeFeature("first", 10),
  });

  expect(found.map(({ path }) => path)).toEqual(["first", "last"]);
});

test("discover names both files that claim one path", () => {
  const claims = { "a.tsx": makeFeature("same", 1), "b.tsx": makeFeature("same", 2) };

  expect(() => discover(claims)).toThrow('a.tsx and b.tsx both claim the path "same"');
});

test("dropped in page appears in the navigation and at its address", async () => {
  await openProduct("/dropped-in", { features: [...features, makeFeature("dropped-in", 60)] });

  expect(await screen.findByText("the dropped-in page")).toBeVisible();
  expect(screen.getByRole("link", { name: "dropped-in" })).toHaveAttribute("aria-current", "page");
});
