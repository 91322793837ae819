import { act, render, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { doWork } from "@/shared/work/work";
import { openProduct } from "@/testing/product";
import { challengeOf, fakeWorkers } from "@/testing/worker";
import { WorkNotice } from "./WorkNotice";

const TITLE = "One moment: checking your browser";

/** Starts work whose end the test waits for, whichever it is. */
function start(difficulty = 10, signal?: AbortSignal): Promise<string> {
  let work: Promise<string> = Promise.resolve("");
  act(() => {
    work = doWork(challengeOf(difficulty), signal);
  });
  // Its refusal is looked at later than it comes.
  work.catch(() => undefined);
  return work;
}

test("notice shows how far the work is and goes when it is done", async () => {
  const workers = fakeWorkers();
  render(<WorkNotice />);
  expect(screen.getByRole("status")).toBeEmptyDOMElement();

  const work = start();
  const bar = screen.getByRole("progressbar", { name: TITLE });
  expect(bar).toHaveAttribute("value", "0");
  act(() => workers[0]?.say({ tried: 1024 }));
  expect(Number(bar.getAttribute("value"))).toBeCloseTo(1 - 1 / Math.E);
  act(() => workers[0]?.say({ tried: 1_000_000 }));
  expect(Number(bar.getAttribute("value"))).toBeLessThanOrEqual(1);

  act(() => workers[0]?.work());
  await expect(work).resolves.toMatch(/^.+\.signature\.\d+$/);
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
  expect(workers[0]?.isTerminated).toBe(true);
});

test("notice stays until the last of several works is done", async () => {
  const workers = fakeWorkers();
  render(<WorkNotice />);
  const [first, second] = [start(), start()];

  act(() => workers[0]?.work());
  await first;
  expect(screen.getByText(TITLE)).toBeVisible();

  act(() => workers[1]?.work());
  await second;
  await waitFor(() => {
    expect(screen.queryByText(TITLE)).toBeNull();
  });
});

test("work that the browser cannot do says so and ends the notice", async () => {
  const workers = fakeWorkers();
  render(<WorkNotice />);
  const work = start();

  act(() => workers[0]?.fail());

  await expect(work).rejects.toThrow("This browser could not do the check.");
  expect(screen.queryByText(TITLE)).toBeNull();
});

test("work that nobody waits for any more is given up", async () => {
  const workers = fakeWorkers();
  render(<WorkNotice />);
  const request = new AbortController();
  const work = start(10, request.signal);

  act(() => {
    request.abort(new Error("left the page"));
  });

  await expect(work).rejects.toThrow("left the page");
  expect(workers[0]?.isTerminated).toBe(true);
});

test("suspicious sign-in works first, then leaves for the provider", async () => {
  const workers = fakeWorkers();
  const { gateway, user } = await openProduct("/", {
    arrange: (arranged) => {
      arranged.me = null;
      arranged.works.set("POST /auth/login", challengeOf(8));
      arranged.signInUrl = "/#signed-in";
    },
  });

  await user.click(await screen.findByRole("button", { name: "Sign in" }));
  expect(await screen.findByText(TITLE)).toBeVisible();
  act(() => workers[0]?.work());

  await waitFor(() => {
    expect(gateway.signIns).toEqual([{ return_to: "/" }]);
  });
  expect(gateway.solutions).toEqual([expect.stringMatching(/\.signature\.\d+$/)]);
});
