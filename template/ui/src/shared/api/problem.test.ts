import { expect, test } from "vitest";
import { makeProblem } from "@/testing/samples";
import { explain, problemFrom, ProblemError, unreachable } from "./problem";

test("explain keeps the insides of a server fault to itself", () => {
  const explanation = explain(new ProblemError(makeProblem(500, { detail: "relation lost" })));

  expect(explanation.text).not.toContain("relation lost");
  expect(explanation.reference).toBe("c0ffee00c0ffee00");
});

test("explain lets the server say what is wrong with a file", () => {
  const detail = "The limit is 5 MB. Split the file.";

  expect(explain(new ProblemError(makeProblem(413, { detail })))).toEqual({
    title: "This file is too large",
    text: detail,
    reference: "",
  });
  expect(explain(new ProblemError(makeProblem(415))).text).toMatch(/plain text or Markdown/);
});

test("explain counts down what the server asks to wait", () => {
  expect(explain(new ProblemError(makeProblem(429), 12)).text).toBe("Try again in 12 seconds.");
});

test("explain tells a lost connection from a fault of ours", () => {
  expect(explain(unreachable()).title).toBe("We could not reach the server");
});

test("problemFrom makes do when a proxy answers without a problem", () => {
  const response = new Response("<html>", {
    status: 502,
    headers: { "X-Correlation-Id": "seen-by-the-proxy", "Retry-After": "3" },
  });

  const error = problemFrom(response, null);

  expect(error.problem.correlation_id).toBe("seen-by-the-proxy");
  expect(error.retryAfterS).toBe(3);
});
