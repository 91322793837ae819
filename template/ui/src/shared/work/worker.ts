import { solve } from "./solve";

/** What the worker says: how many numbers it has tried, then the solution. */
export type WorkMessage = { tried: number } | { solution: string };

const say = (message: WorkMessage) => {
  self.postMessage(message);
};

self.addEventListener("message", ({ data }: MessageEvent<string>) => {
  say({
    solution: solve(data, (tried) => {
      say({ tried });
    }),
  });
});
