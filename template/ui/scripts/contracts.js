/**
 * Writes contracts/typescript/<name>.ts from every contracts/openapi/<name>.yaml that a browser may call:
 * those with paths under /api. The others are between services.
 *
 * With --check nothing is written: the exit code is 1 when a committed file differs from its source.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import { format } from "prettier";

/** @param {URL} source */
async function generate(source) {
  const name = basename(source.pathname);
  const types = astToString(await openapiTS(source));
  const header = `// Generated from contracts/openapi/${name}; \`npm run contracts\` writes it anew.\n\n`;
  return format(header + types, { parser: "typescript", printWidth: 100 });
}

/** @param {URL} source */
async function isForBrowsers(source) {
  return /^ +\/api\//m.test(await readFile(source, "utf8"));
}

/** @param {URL} target @param {string} text */
async function isCurrent(target, text) {
  return (await readFile(target, "utf8").catch(() => "")) === text;
}

/** @param {URL} contracts @param {{ check: boolean }} options @returns {Promise<string[]>} the files that differed */
export async function generateContracts(contracts, { check }) {
  const differing = [];
  for (const file of (await readdir(new URL("openapi/", contracts))).toSorted()) {
    const source = new URL(`openapi/${file}`, contracts);
    if (!(await isForBrowsers(source))) continue;
    const target = new URL(`typescript/${file.replace(/\.yaml$/, ".ts")}`, contracts);
    const text = await generate(source);
    if (await isCurrent(target, text)) continue;
    differing.push(basename(target.pathname));
    if (!check) await writeFile(target, text);
  }
  return differing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  const differing = await generateContracts(new URL("../../contracts/", import.meta.url), {
    check,
  });
  if (check && differing.length > 0) {
    console.error(
      `Out of date: ${differing.join(", ")}. Run \`npm run contracts\` and commit the result.`,
    );
    process.exitCode = 1;
  }
}
