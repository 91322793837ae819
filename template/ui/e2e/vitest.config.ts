import { defineConfig } from "vitest/config";
import base from "../vite.config.ts";

export default defineConfig({
  ...base,
  test: {
    include: ["e2e/**/*.test.ts"],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    fileParallelism: false,
  },
});
