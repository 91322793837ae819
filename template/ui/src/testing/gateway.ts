import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { components } from "@contracts/gateway";
import { answerRoutes } from "./routes/answers";
import { documentRoutes } from "./routes/documents";
import { adminRoutes } from "./routes/admin";
import { peopleRoutes } from "./routes/people";
import { makeMe, makeProblem, makeProduct } from "./samples";

type Schemas = components["schemas"];

/** What the next question is answered with. */
export interface Script {
  citations: Schemas["Citation"][];
  tokens: string[];
  /** The stream ends with this problem; null ends it with `done`. */
  problem: Schemas["Problem"] | null;
  /** The stream breaks off without `done`. */
  isCut: boolean;
  needsReview: boolean;
  /** Whether the job that stores the answer has run by the time the stream ends. */
  isStored: boolean;
  /** The stream waits here before its last token. */
  hold: Promise<void>;
}

export interface Call {
  gateway: FakeGateway;
  params: string[];
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
}

export type Route = readonly [method: string, path: RegExp, handle: (call: Call) => unknown];

const ROUTES: readonly Route[] = [
  ...peopleRoutes,
  ...adminRoutes,
  ...documentRoutes,
  ...answerRoutes,
];

/** A gateway in memory: the contract's shapes over real HTTP, in the state that a test puts it into. */
export class FakeGateway {
  product = makeProduct();
  me: Schemas["Me"] | null = makeMe();
  /** Where the identity provider ends its own session; "/" when it has none to end. */
  signOutUrl = "/";
  /** Where the identity provider asks people to sign in. */
  signInUrl = "https://identity.example.com/authorize";
  /** The nonce that every proof has to carry, once a test has set it. */
  nonce: string | null = null;
  /** The proofs that came, their claims in order. */
  readonly proofs: Record<string, unknown>[] = [];
  /** Bodies of POST /auth/login. */
  readonly signIns: Record<string, unknown>[] = [];
  documents: Schemas["Document"][] = [];
  /** The documents are sent only after this, as they were when they were asked for. */
  documentsHold: Promise<void> = Promise.resolve();
  conversations: Schemas["Conversation"][] = [];
  answers: Schemas["Answer"][] = [];
  reviews: Schemas["Review"][] = [];
  decisions: Schemas["Decision"][] = [];
  sessions: Schemas["OwnSession"][] = [];
  people: Schemas["Member"][] = [];
  machines: Schemas["Machine"][] = [];
  trail: Schemas["TrailEntry"][] = [];
  script: Script = {
    citations: [],
    tokens: ["Nothing", " fits."],
    problem: null,
    isCut: false,
    needsReview: false,
    isStored: true,
    hold: Promise.resolve(),
  };
  /** "POST /api/documents" and the like, in order. */
  readonly calls: string[] = [];
  /** The next call of a route is answered with this problem instead. */
  readonly failures = new Map<string, Schemas["Problem"]>();
  /** And with this WWW-Authenticate header. */
  readonly challenges = new Map<string, string>();
  /** The next call of a route has to bring a solution of this challenge. */
  readonly works = new Map<string, string>();
  /** The solutions that came, in order. */
  readonly solutions: string[] = [];
  private readonly server: Server;

  private readonly routes: readonly Route[];

  constructor(moreRoutes: readonly Route[] = []) {
    this.routes = [...ROUTES, ...moreRoutes];
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    const name = `${method} ${pathname}`;
    this.calls.push(name);
    // A kept connection would outlive the test.
    response.setHeader("connection", "close");
    if (this.refusesProof(request)) {
      response.setHeader("dpop-nonce", this.nonce ?? "");
      response.setHeader("www-authenticate", 'DPoP error="use_dpop_nonce"');
      sendProblem(response, makeProblem(401, { code: "use_dpop_nonce" }));
      return;
    }
    if (this.asksForWork(name, request)) {
      response.setHeader("proof-of-work-challenge", this.works.get(name) ?? "");
      sendProblem(response, makeProblem(403, { code: "proof_of_work_needed" }));
      return;
    }
    const challenge = this.challenges.get(name);
    if (challenge) {
      this.challenges.delete(name);
      response.setHeader("www-authenticate", challenge);
    }
    const problem = this.refusal(name, request);
    if (problem) {
      sendProblem(response, problem);
      return;
    }
    const route = this.routes.find(([verb, path]) => verb === method && path.test(pathname));
    if (!route) {
      sendProblem(response, makeProblem(404));
      return;
    }
    const params = route[1].exec(pathname)?.slice(1) ?? [];
    await route[2]({ gateway: this, params, request, response, body: await readBody(request) });
  }

  private refusesProof(request: IncomingMessage): boolean {
    const [, claims] = String(request.headers.dpop ?? "").split(".");
    if (claims === undefined) return false;
    const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
    this.proofs.push(said);
    return this.nonce !== null && said.nonce !== this.nonce;
  }

  private asksForWork(name: string, request: IncomingMessage): boolean {
    const work = this.works.get(name);
    if (work === undefined) return false;
    const solution = String(request.headers["proof-of-work"] ?? "");
    if (!solution.startsWith(`${work}.`)) return true;
    this.solutions.push(solution);
    this.works.delete(name);
    return false;
  }

  private refusal(name: string, request: IncomingMessage): Schemas["Problem"] | null {
    const failure = this.failures.get(name);
    this.failures.delete(name);
    if (failure) return failure;
    const isChange = request.method !== "GET";
    if (isChange && request.headers["x-requested-with"] !== "fetch") {
      return makeProblem(403, { code: "cross_site", detail: "X-Requested-With is missing." });
    }
    if (!this.me && !/\/(api\/product|auth\/login)$/.test(name)) return makeProblem(401);
    return null;
  }
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export function sendProblem(response: ServerResponse, problem: Schemas["Problem"]): void {
  response.writeHead(problem.status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify(problem));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
