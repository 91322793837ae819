import { defineConfig } from "vitest/config";
import base from "../vite.config.ts";

export default defineConfig({
  ...base,
  test: {
    include: ["e2e/**/*.test.ts"],
    // For machines that are busy with other things; no test waits for a time to pass.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
