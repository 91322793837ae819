import { firstWord } from "./sha256";

const BATCH = 20_000;

/** What a challenge asks for; its first part is JSON in base64url. */
export function difficultyOf(challenge: string): number {
  const body = (challenge.split(".")[0] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return (JSON.parse(atob(body)) as { difficulty: number }).difficulty;
}

/** Counts up until SHA-256 of "challenge.number" begins with enough zero bits; tells how many were tried. */
export function solve(challenge: string, onTried: (tried: number) => void): string {
  const difficulty = difficultyOf(challenge);
  for (let number = 0; ; number += 1) {
    const solution = `${challenge}.${String(number)}`;
    if (Math.clz32(firstWord(solution)) >= difficulty) return solution;
    if (number % BATCH === BATCH - 1) onTried(number + 1);
  }
}
