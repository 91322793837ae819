import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:8000";

// The gateway compares Origin and Host with the public address, so the proxy must not rewrite them.
const proxy = Object.fromEntries(
  ["/api", "/auth", "/oauth"].map((path) => [path, { target: gateway, changeOrigin: false }]),
);
const server = {
  host: "localhost",
  port: Number(process.env.UI_PORT ?? 5173),
  strictPort: true,
  proxy,
};

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@contracts": fileURLToPath(new URL("../contracts/typescript", import.meta.url)),
      "@": fileURLToPath(new URL("src", import.meta.url)),
    },
  },
  server,
  preview: server,
  // A strict Content-Security-Policy admits files of this origin only, so nothing becomes a data: address.
  build: { assetsInlineLimit: 0 },
  test: {
    environment: "happy-dom",
    include: ["{src,scripts}/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    testTimeout: 30_000,
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
