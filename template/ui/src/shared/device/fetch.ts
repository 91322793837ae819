import { doWork } from "../work/work";
import { proofOf } from "./proof";

/** What the gateway said last; every proof carries it. */
let nonce: string | null = null;
let clockSkewMs = 0;

/**
 * Fetches from the gateway with a proof of this browser's key: JSON, uploads and event streams alike.
 * It repeats a request once with the nonce that the gateway wants, and once more with the work done that it asks for.
 */
export async function provenFetch(request: Request): Promise<Response> {
  let response = await send(request);
  if (wantsNonce(response)) response = await send(request);
  const challenge = response.headers.get("proof-of-work-challenge");
  if (challenge === null) return response;
  return send(request, await doWork(challenge, request.signal));
}

async function send(request: Request, solution?: string): Promise<Response> {
  // The original is kept for a second try: a body can be sent only once.
  const attempt = request.clone();
  attempt.headers.set("DPoP", await proofOf(request.method, request.url, nonce, clockSkewMs));
  if (solution !== undefined) attempt.headers.set("Proof-Of-Work", solution);
  const response = await fetch(attempt);
  learn(response);
  return response;
}

function learn(response: Response): void {
  nonce = response.headers.get("dpop-nonce") ?? nonce;
  const theirs = Date.parse(response.headers.get("date") ?? "");
  if (!Number.isNaN(theirs)) clockSkewMs = theirs - Date.now();
}

function wantsNonce(response: Response): boolean {
  const challenge = response.headers.get("www-authenticate") ?? "";
  return response.status === 401 && challenge.includes("use_dpop_nonce");
}
