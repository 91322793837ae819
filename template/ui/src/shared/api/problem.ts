import type { components } from "@contracts/gateway";

/** RFC 9457 problem details, as the gateway writes them. */
export type Problem = components["schemas"]["Problem"];

/** What is missing for a request: a second factor, not older than this (RFC 9470). */
export interface StepUp {
  acrValues: string;
  maxAgeS: number;
}

/** A request that did not succeed; `problem` says why in a form that a page can show. */
export class ProblemError extends Error {
  override name = "ProblemError";

  constructor(
    readonly problem: Problem,
    readonly retryAfterS: number | null = null,
    readonly stepUp: StepUp | null = null,
  ) {
    super(problem.detail);
  }
}

/** Nothing answered: no network, or the stream broke off. */
export function unreachable(cause?: unknown): ProblemError {
  const error = new ProblemError({
    type: "about:blank",
    title: "No connection",
    status: 0,
    code: "unreachable",
    detail: "The connection was lost before the answer was complete.",
    correlation_id: "",
  });
  error.cause = cause;
  return error;
}

/** The problem in a response's body, or one made from its status when a proxy answered in our place. */
export function problemFrom(response: Response, body: unknown): ProblemError {
  const header = Number(response.headers.get("retry-after"));
  const retryAfterS = header > 0 ? header : null;
  const problem = isProblem(body) ? body : bareProblem(response);
  return new ProblemError(problem, retryAfterS, stepUpFrom(response));
}

function stepUpFrom(response: Response): StepUp | null {
  const challenge = response.headers.get("www-authenticate") ?? "";
  if (!challenge.includes('error="insufficient_user_authentication"')) return null;
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  return { acrValues: value("acr_values"), maxAgeS: Number(value("max_age")) };
}

export function toProblemError(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : unreachable(error);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

function bareProblem(response: Response): Problem {
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: "unknown",
    detail: "",
    correlation_id: response.headers.get("x-correlation-id") ?? "",
  };
}

/** What to tell a person. */
export interface Explanation {
  title: string;
  /** What happened and what to do now, one sentence or two. */
  text: string;
  /** What support can look the request up by; empty when the person can mend it alone. */
  reference: string;
}

interface Words {
  title: string;
  next: string;
}

const BY_STATUS: Record<number, Words> = {
  0: {
    title: "We could not reach the server",
    next: "Check your connection, then try again.",
  },
  403: {
    title: "Your role does not include this",
    next: "Ask an administrator of your organisation if you need it.",
  },
  404: { title: "This is no longer here", next: "Go back and refresh the list." },
  409: { title: "Someone was faster", next: "Refresh to see how it was decided." },
  429: { title: "That was a lot at once", next: "Wait a moment, then try again." },
  503: {
    title: "The service is busy or starting",
    next: "Nothing is lost. Try again in a moment.",
  },
};

/** The server knows best what is wrong with what a person sent. */
const INPUT: Record<number, Words> = {
  413: { title: "This file is too large", next: "Split it, or upload a smaller version." },
  415: {
    title: "This kind of file cannot be read",
    next: "Save it as plain text or Markdown, then upload it again.",
  },
  422: { title: "Something in there is not right", next: "Change it, then try again." },
};

const FALLBACK: Words = {
  title: "Something went wrong on our side",
  next: "Try again. If it happens again, send us the reference below.",
};

const STEP_UP: Explanation = {
  title: "Confirm that it is you",
  text: "This needs a second factor. Your sign-in provider asks for it, then you are back here.",
  reference: "",
};

const BY_CODE: Record<string, Words> = {
  risk_denied: {
    title: "This was stopped for safety",
    next: "It looked unlike you. Wait a while, or ask an administrator.",
  },
};

export function explain({ problem, retryAfterS, stepUp }: ProblemError): Explanation {
  const { status, detail, code, correlation_id: reference } = problem;
  if (stepUp) return STEP_UP;
  const input = INPUT[status];
  if (input)
    return { title: input.title, text: detail === "" ? input.next : detail, reference: "" };
  const { title, next } = BY_CODE[code] ?? BY_STATUS[status] ?? FALLBACK;
  const text = retryAfterS ? `Try again in ${String(retryAfterS)} seconds.` : next;
  return { title, text, reference };
}
