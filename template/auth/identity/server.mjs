// Starts the development identity provider on loopback and prints one JSON line when it answers.

import { createServer } from "node:http";

import { createInteractions } from "./login.mjs";
import { readPeople } from "./people.mjs";
import { createProvider } from "./provider.mjs";
import { readSettings, SettingsError } from "./settings.mjs";

// What the library advises, it advises for production.
console.info = console.warn = () => {};

async function start(settings) {
  const people = await readPeople(settings.peopleFile);
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(settings.port, "127.0.0.1", resolve));
  const issuer = `http://localhost:${server.address().port}`;
  const provider = createProvider(issuer, settings, people);
  const interactions = createInteractions(provider, people);
  const protocol = provider.callback();
  server.on("request", (request, response) =>
    request.url.startsWith("/interaction/") ? interactions(request, response) : protocol(request, response),
  );
  console.log(JSON.stringify({ event: "ready", service: "identity", issuer, people: people.size }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
}

try {
  await start(readSettings(process.env));
} catch (error) {
  const known = error instanceof SettingsError || ["EADDRINUSE", "ENOENT"].includes(error.code);
  console.error(known ? error.message : error);
  process.exit(1);
}
