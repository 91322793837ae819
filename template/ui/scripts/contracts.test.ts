// @vitest-environment node
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { generateContracts } from "./contracts.js";

const CONTRACTS = new URL("../../contracts/", import.meta.url);

async function copyContracts(): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "contracts-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ["openapi", "typescript"])
    await cp(new URL(name, CONTRACTS), join(folder, name), { recursive: true });
  return pathToFileURL(`${folder}/`);
}

test("contracts are current", async () => {
  expect(await generateContracts(CONTRACTS, { check: true })).toEqual([]);
});

test("contracts that drifted from their source are named and mended", async () => {
  const contracts = await copyContracts();
  const source = new URL("openapi/gateway.yaml", contracts);
  const text = await readFile(source, "utf8");
  await writeFile(source, text.replaceAll("needs_review", "wants_review"));

  expect(await generateContracts(contracts, { check: true })).toEqual(["gateway.ts"]);
  await generateContracts(contracts, { check: false });
  expect(await generateContracts(contracts, { check: true })).toEqual([]);
  expect(await readFile(new URL("typescript/gateway.ts", contracts), "utf8")).toContain(
    "wants_review",
  );
});
