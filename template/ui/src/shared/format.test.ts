import { expect, test } from "vitest";
import { formatBytes, formatMoment, pluralise } from "./format";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1536, "1.5 kB"],
  [25_000_000, "25.0 MB"],
  [7e12, "7000.0 GB"],
])("format bytes writes %d as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("pluralise knows one from many", () => {
  expect([pluralise(0, "answer"), pluralise(1, "answer"), pluralise(2, "answer")]).toEqual([
    "0 answers",
    "1 answer",
    "2 answers",
  ]);
});

test("format moment shows the time today and the day before that", () => {
  const now = new Date(2026, 0, 15, 18, 0);

  expect(formatMoment(new Date(2026, 0, 15, 9, 5).toISOString(), now)).toMatch(/09:05|9:05/);
  expect(formatMoment(new Date(2026, 0, 14, 9, 5).toISOString(), now)).toMatch(/14/);
});
