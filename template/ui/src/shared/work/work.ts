import { useSyncExternalStore } from "react";
import { difficultyOf } from "./solve";
import type { WorkMessage } from "./worker";

/** Work that is being done: how much of what it usually takes, from 0 to 1. */
export interface Work {
  progress: number;
}

/** What is being done now; the one that began first is shown. */
const works = new Map<Worker, Work>();
let shown: Work | null = null;
const listeners = new Set<() => void>();

/** Does the gateway's proof of work beside the page, which stays usable and can show how far it is. */
export function doWork(challenge: string, signal?: AbortSignal): Promise<string> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const usual = 2 ** difficultyOf(challenge);
  show(worker, { progress: 0 });
  return new Promise<string>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<WorkMessage>) => {
      if ("solution" in data) resolve(data.solution);
      // The average is no promise, so the bar slows down instead of standing at its end.
      else show(worker, { progress: 1 - Math.exp(-data.tried / usual) });
    });
    worker.addEventListener("error", () => {
      reject(new Error("This browser could not do the check."));
    });
    signal?.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
    worker.postMessage(challenge);
  }).finally(() => {
    worker.terminate();
    show(worker, null);
  });
}

/** The work that is being done now, or null. */
export function useWork(): Work | null {
  return useSyncExternalStore(subscribe, () => shown);
}

function show(worker: Worker, work: Work | null): void {
  if (work) works.set(worker, work);
  else works.delete(worker);
  shown = works.values().next().value ?? null;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
