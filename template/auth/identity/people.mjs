// The seeded people who may sign in: a JSON list of {subject, email, name, tenant, roles}.
// The roles are for the page to show; no token carries them, because the product's own tables say who may do what.

import { readFile } from "node:fs/promises";

import { ENTRA_CONTEXT, SECOND_FACTOR } from "./assurance.mjs";

export async function readPeople(file) {
  const people = JSON.parse(await readFile(file, "utf8"));
  return new Map(people.map((person) => [person.subject, person]));
}

export function accountOf(person, acr) {
  return {
    accountId: person.subject,
    claims: () => ({
      sub: person.subject,
      oid: person.subject,
      email: person.email,
      email_verified: true,
      name: person.name,
      ...(acr === SECOND_FACTOR ? { acrs: [ENTRA_CONTEXT] } : undefined),
    }),
  };
}
