import { expect, test } from "vitest";
import { citedNumbers, parseBlocks, parseInline } from "./blocks";

test("parse blocks splits prose, lists and code", () => {
  const text = "# Title\nTwo\nlines\n\n- one\n- two\n\n1. first\n```\na  b\n```\nend";

  expect(parseBlocks(text)).toEqual([
    { kind: "heading", text: "Title" },
    { kind: "paragraph", text: "Two lines" },
    { kind: "list", isOrdered: false, items: ["one", "two"] },
    { kind: "list", isOrdered: true, items: ["first"] },
    { kind: "code", text: "a  b" },
    { kind: "paragraph", text: "end" },
  ]);
});

test("parse blocks shows code that is still being written", () => {
  expect(parseBlocks("```\nhalf")).toEqual([{ kind: "code", text: "half" }]);
});

test("parse inline finds marks, emphasis and code", () => {
  expect(parseInline("Use **care** with `rm` [2].")).toEqual([
    { kind: "text", text: "Use " },
    { kind: "strong", text: "care" },
    { kind: "text", text: " with " },
    { kind: "code", text: "rm" },
    { kind: "text", text: " " },
    { kind: "citation", number: 2 },
    { kind: "text", text: "." },
  ]);
});

test("parse inline leaves links and images as text, so that an answer cannot fetch or lead astray", () => {
  const text = "![x](https://example.com/?q=secret) <img src=x>";

  expect(parseInline(text)).toEqual([{ kind: "text", text }]);
});

test("cited numbers counts each mark once", () => {
  expect(citedNumbers("a [2] b [1] c [2]")).toEqual([1, 2]);
});
