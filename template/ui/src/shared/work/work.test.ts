import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { challengeOf } from "@/testing/worker";
import { firstWord } from "./sha256";
import { difficultyOf, solve } from "./solve";

test.each([0, 1, 55, 56, 63, 64, 119, 120, 400])(
  "first word is that of SHA-256 for %i characters",
  (length) => {
    const text = "a".repeat(length);
    const expected = createHash("sha256").update(text).digest().readUInt32BE(0);

    expect(firstWord(text)).toBe(expected);
  },
);

test("solve finds a number whose hash begins with enough zero bits", () => {
  const challenge = challengeOf(10);
  const solution = solve(challenge, () => undefined);

  expect(solution.startsWith(`${challenge}.`)).toBe(true);
  const hash = createHash("sha256").update(solution).digest();
  expect(hash.readUInt32BE(0) >>> 22).toBe(0);
  expect(difficultyOf(challenge)).toBe(10);
});

test("solve tells how far it is", () => {
  const tried: number[] = [];
  solve(challengeOf(17), (count) => tried.push(count));

  expect(tried).toEqual(tried.map((_, index) => (index + 1) * 20_000));
});
