// A certified OpenID provider (npm oidc-provider) with one client, one person per click and keys that live in memory.

import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";

import Provider, { interactionPolicy } from "oidc-provider";

import { asksForSecondFactor, SECOND_FACTOR } from "./assurance.mjs";
import { errorPage, signedOutPage, signOutPage } from "./pages.mjs";
import { accountOf } from "./people.mjs";

const SCOPES = "openid email profile offline_access";
const MINUTE = 60;

export function createProvider(issuer, settings, people) {
  const provider = new Provider(issuer, {
    acrValues: [SECOND_FACTOR],
    clients: [clientOf(settings)],
    // "oid" and "acrs" are Entra's names for a person and a second factor: with them every profile can be tried here.
    claims: {
      acr: null,
      acrs: null,
      amr: null,
      auth_time: null,
      iss: null,
      sid: null,
      openid: ["sub", "oid"],
      email: ["email", "email_verified"],
      profile: ["name"],
    },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: signOut, postLogoutSuccessSource: signedOut },
    },
    // Its dispatcher hangs up on loopback addresses, where everything is while developing.
    fetch: (url, { dispatcher: _guard, ...options }) => globalThis.fetch(url, options),
    findAccount: (_ctx, subject, token) => people.has(subject) && accountOf(people.get(subject), token?.acr),
    interactions: { policy: signInPolicy(), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    jwks: { keys: [signingKey("ec", { namedCurve: "P-256" }, "ES256"), signingKey("rsa", { modulusLength: 2048 }, "RS256")] },
    loadExistingGrant: grantEverything,
    pkce: { required: () => true },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = errorPage(out.error, out.error_description);
    },
    responseTypes: ["code"],
    rotateRefreshToken: true,
    ttl: { AccessToken: 10 * MINUTE, AuthorizationCode: MINUTE, IdToken: 10 * MINUTE, Interaction: 60 * MINUTE },
  });
  return provider;
}

// The library knows the standard "acr" request, until acr_values come with it and take its place (what then happens is
// left open by OpenID Connect Core 1.0 §5.5.1.1), and not Entra's "acrs". So the request is read as it was sent.
function signInPolicy() {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const check = new Check("second_factor", "a second factor is needed", ({ oidc }) =>
    asksForSecondFactor(oidc.params.claims) && oidc.acr !== SECOND_FACTOR ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
  );
  policy.get("login").checks.add(check);
  return policy;
}

function clientOf({ clientId, clientSecret, redirectUris, backchannelUri }) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: redirectUris.map((uri) => `${new URL(uri).origin}/`),
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    id_token_signed_response_alg: "RS256",
    ...(backchannelUri && { backchannel_logout_uri: backchannelUri, backchannel_logout_session_required: true }),
  };
}

function signingKey(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg, use: "sig" };
}

// The one client is ours, so nobody is asked for consent.
async function grantEverything(ctx) {
  const { client, session, provider } = ctx.oidc;
  const known = session.grantIdFor(client.clientId);
  if (known) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES);
  grant.addOIDCClaims(["acrs"]);
  await grant.save();
  return grant;
}

async function signOut(ctx, form) {
  ctx.body = signOutPage(form);
}

async function signedOut(ctx) {
  ctx.body = signedOutPage();
}
