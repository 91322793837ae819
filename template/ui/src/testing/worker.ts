import { onTestFinished, vi } from "vitest";
import { solve } from "@/shared/work/solve";
import type { WorkMessage } from "@/shared/work/worker";

/** A worker in the page's own thread: tests have no other. It works when it is told to, or says what a test wants. */
export class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  isTerminated = false;
  challenge = "";

  constructor() {
    super();
    FakeWorker.made.push(this);
  }

  postMessage(challenge: string): void {
    this.challenge = challenge;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(data: WorkMessage): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  fail(): void {
    this.dispatchEvent(new Event("error"));
  }

  work(): void {
    this.say({ solution: solve(this.challenge, () => undefined) });
  }
}

/** Puts fake workers in the place of real ones for one test; returns those that the page makes. */
export function fakeWorkers(): FakeWorker[] {
  FakeWorker.made = [];
  vi.stubGlobal("Worker", FakeWorker);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return FakeWorker.made;
}

/** A challenge as the gateway sets it; its signature is the gateway's business. */
export function challengeOf(difficulty: number): string {
  return `${Buffer.from(JSON.stringify({ difficulty })).toString("base64url")}.signature`;
}
