// Generated from contracts/openapi/gateway.yaml; `npm run contracts` writes it anew.

export interface paths {
  "/api/product": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What this product is and what people may ask it first */
    get: operations["getProduct"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who is signed in */
    get: operations["getMe"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/me/sessions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Where the person is signed in, the place used last first */
    get: operations["listOwnSessions"];
    put?: never;
    post?: never;
    /** Sign out everywhere but here; /auth/logout signs out here */
    delete: operations["endOtherSessions"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/me/sessions/{session_id}": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Sign out in one place */
    delete: operations["endOwnSession"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/documents": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The tenant's documents, newest first */
    get: operations["listDocuments"];
    put?: never;
    /** Upload a document; a job reads it */
    post: operations["uploadDocument"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/documents/{document_id}": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        document_id: string;
      };
      cookie?: never;
    };
    /** One document and how far its ingestion is */
    get: operations["getDocument"];
    put?: never;
    post?: never;
    /** Forget a document and its passages */
    delete: operations["deleteDocument"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/conversations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The person's conversations, newest first */
    get: operations["listConversations"];
    put?: never;
    /** Start a conversation */
    post: operations["startConversation"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/conversations/{conversation_id}/answers": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        conversation_id: string;
      };
      cookie?: never;
    };
    /** The conversation's stored answers, oldest first */
    get: operations["listAnswers"];
    put?: never;
    /**
     * Ask a question and watch the answer arrive
     * @description Server-sent events: `citations` (AnswerCitations) once, `token` (AnswerToken) many times, then `done` (AnswerDone) or `error` (Problem). A job stores the answer under the id that `done` names.
     */
    post: operations["ask"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/answers/{answer_id}": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        answer_id: string;
      };
      cookie?: never;
    };
    /** One stored answer */
    get: operations["getAnswer"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/reviews": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers that wait for a person's decision, oldest first */
    get: operations["listReviews"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/reviews/{review_id}/decision": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        review_id: string;
      };
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Approve or reject an answer */
    post: operations["decideReview"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/overview": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The tenant in figures */
    get: operations["getOverview"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/conversations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Delete every conversation and answer of the tenant */
    delete: operations["purgeConversations"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/tenant/pause": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stop everybody of the tenant, signed in or not, people and machines */
    post: operations["pauseTenant"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/tenant/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let the tenant's people and machines in again */
    post: operations["resumeTenant"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/people": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The tenant's people and their live sessions */
    get: operations["listPeople"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/people/{person_id}/sessions": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        person_id: string;
      };
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Sign a person out everywhere */
    delete: operations["revokeSessions"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/audit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What was decided in the tenant, newest first, each with its explanation */
    get: operations["listAudit"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/audit/{entry_id}": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        entry_id: string;
      };
      cookie?: never;
    };
    /** One decision and why it was made */
    get: operations["explainDecision"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/machines": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The tenant's machines and their keys, by prefix */
    get: operations["listMachines"];
    put?: never;
    /** Make a machine; its key is in the answer and nowhere else */
    post: operations["createMachine"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/machines/{machine_id}/keys": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        machine_id: string;
      };
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give a machine a new key; the old one goes on for the overlap */
    post: operations["rotateMachineKey"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/admin/machines/{machine_id}": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        machine_id: string;
      };
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** End a machine and all its keys, now */
    delete: operations["revokeMachine"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      /** @description Stable; programs may depend on it */
      code: string;
      detail: string;
      correlation_id: string;
    };
    Product: {
      name: string;
      description: string;
      organisation: string;
      domain: string;
      headline: string;
      disclaimer: string | null;
      suggestions: string[];
    };
    /** @enum {string} */
    Role: "member" | "reviewer" | "admin";
    Tenant: {
      /** Format: uuid */
      id: string;
      slug: string;
      name: string;
    };
    Me: {
      /** Format: uuid */
      id: string;
      email: string;
      name: string;
      roles: components["schemas"]["Role"][];
      tenant: components["schemas"]["Tenant"];
    };
    /** @description A browser in which the person is signed in. Addresses and user agents are kept as digests only, so a session is compared with the one that asks and not described any further. */
    OwnSession: {
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      signed_in_at: string;
      /** Format: date-time */
      last_seen_at: string;
      /** Format: date-time */
      ends_at: string;
      is_current: boolean;
      is_same_network: boolean;
      is_same_browser: boolean;
    };
    /** @enum {string} */
    DocumentStatus: "waiting" | "reading" | "ready" | "failed";
    Document: {
      /** Format: uuid */
      id: string;
      title: string;
      content_type: string;
      size_bytes: number;
      status: components["schemas"]["DocumentStatus"];
      error: string | null;
      passages: number;
      /** Format: date-time */
      created_at: string;
    };
    Conversation: {
      /** Format: uuid */
      id: string;
      title: string;
      /** Format: date-time */
      created_at: string;
    };
    Question: {
      question: string;
    };
    Citation: {
      /** @description The mark in the answer's text */
      number: number;
      /** Format: uuid */
      document_id: string;
      title: string;
      ordinal: number;
      quote: string;
    };
    AnswerCitations: {
      citations: components["schemas"]["Citation"][];
    };
    AnswerToken: {
      text: string;
    };
    Usage: {
      input_tokens: number;
      output_tokens: number;
    };
    AnswerDone: {
      /** Format: uuid */
      answer_id: string;
      model: string;
      usage: components["schemas"]["Usage"];
      needs_review: boolean;
      correlation_id: string;
    };
    /** @enum {string} */
    ReviewStatus: "none" | "open" | "approved" | "rejected";
    Answer: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      conversation_id: string;
      question: string;
      text: string;
      citations: components["schemas"]["Citation"][];
      model: string;
      usage: components["schemas"]["Usage"];
      review: components["schemas"]["ReviewStatus"];
      correlation_id: string;
      /** Format: date-time */
      created_at: string;
    };
    Review: {
      /** Format: uuid */
      id: string;
      answer: components["schemas"]["Answer"];
      reason: string;
      status: components["schemas"]["ReviewStatus"];
      decided_by: string | null;
      /** Format: date-time */
      created_at: string;
    };
    Decision: {
      /** @enum {string} */
      decision: "approved" | "rejected";
      /** @default  */
      note: string;
    };
    Overview: {
      documents: number;
      passages: number;
      conversations: number;
      answers: number;
      open_reviews: number;
      input_tokens: number;
      output_tokens: number;
    };
    Purged: {
      conversations: number;
      answers: number;
    };
    TenantState: {
      paused: boolean;
    };
    Member: {
      /** Format: uuid */
      id: string;
      name: string;
      email: string;
      roles: string[];
      sessions: number;
    };
    Revoked: {
      sessions: number;
    };
    /** @enum {string} */
    Outcome: "allow" | "deny" | "step_up" | "limit" | "rotate" | "admin" | "done";
    TrailEntry: {
      /** Format: uuid */
      id: string;
      number: number | null;
      /** Format: date-time */
      at: string;
      actor: string;
      action: string;
      outcome: string;
      target: string;
      rule: string;
      reasons: string[];
      policy_version: string;
      correlation_id: string;
      explanation: string;
    };
    /** @enum {string} */
    Scope:
      | "documents:read"
      | "documents:write"
      | "conversations:read"
      | "conversations:write"
      | "figures:read";
    NewMachine: {
      name: string;
      scopes: components["schemas"]["Scope"][];
      /** @default 90 */
      expires_in_days: number;
    };
    Rotation: {
      /** @default 90 */
      expires_in_days: number;
      /** @default 24 */
      overlap_hours: number;
    };
    MachineKey: {
      prefix: string;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string;
      last_used_at: string | null;
    };
    Machine: {
      /** Format: uuid */
      id: string;
      name: string;
      scopes: string[];
      /** Format: date-time */
      created_at: string;
      revoked_at: string | null;
      keys: components["schemas"]["MachineKey"][];
    };
    IssuedKey: {
      /** Format: uuid */
      machine_id: string;
      prefix: string;
      /** @description Shown this once */
      key: string;
      /** Format: date-time */
      expires_at: string;
    };
  };
  responses: {
    /** @description What went wrong and what to do next (RFC 9457) */
    Problem: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  getProduct: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The product */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Product"];
        };
      };
    };
  };
  getMe: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The person */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  listOwnSessions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Sessions */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["OwnSession"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  endOtherSessions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Ended */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Revoked"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  endOwnSession: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Ended */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Revoked"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  listDocuments: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Documents */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Document"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  uploadDocument: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "multipart/form-data": {
          file: string;
        };
      };
    };
    responses: {
      /** @description Accepted */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Document"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      413: components["responses"]["Problem"];
      415: components["responses"]["Problem"];
      503: components["responses"]["Problem"];
    };
  };
  getDocument: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        document_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The document */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Document"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  deleteDocument: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        document_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Gone */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  listConversations: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Conversations */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Conversation"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  startConversation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Started */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Conversation"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  listAnswers: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        conversation_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Answers */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Answer"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  ask: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        conversation_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Question"];
      };
    };
    responses: {
      /** @description The answer as it is written */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": string;
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
      429: components["responses"]["Problem"];
    };
  };
  getAnswer: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        answer_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Answer"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  listReviews: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Open reviews */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Review"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  decideReview: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        review_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Decision"];
      };
    };
    responses: {
      /** @description Decided */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Review"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
      409: components["responses"]["Problem"];
    };
  };
  getOverview: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Figures */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Overview"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  purgeConversations: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Purged */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Purged"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  pauseTenant: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Paused */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TenantState"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  resumeTenant: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Resumed */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TenantState"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  listPeople: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description People */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Member"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  revokeSessions: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        person_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Ended */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Revoked"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  listAudit: {
    parameters: {
      query?: {
        outcome?: components["schemas"]["Outcome"] | null;
        before?: number | null;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Decisions */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrailEntry"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  explainDecision: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        entry_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The decision */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrailEntry"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
    };
  };
  listMachines: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Machines */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Machine"][];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  createMachine: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NewMachine"];
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IssuedKey"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
    };
  };
  rotateMachineKey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        machine_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Rotation"];
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IssuedKey"];
        };
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
      409: components["responses"]["Problem"];
    };
  };
  revokeMachine: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        machine_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Gone */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      401: components["responses"]["Problem"];
      403: components["responses"]["Problem"];
      404: components["responses"]["Problem"];
      409: components["responses"]["Problem"];
    };
  };
}
