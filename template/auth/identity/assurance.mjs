// The second factor: how a product asks for it, and what it is called here and by Entra.

export const SECOND_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
export const ENTRA_CONTEXT = "c1";

// A claims request counts when it is essential; acr_values is only a wish (OpenID Connect Core 1.0 §5.5.1.1).
export function asksForSecondFactor(claims) {
  const { acr, acrs } = idTokenClaims(claims);
  return isEssential(acr, SECOND_FACTOR) || isEssential(acrs, ENTRA_CONTEXT);
}

function idTokenClaims(claims) {
  return (typeof claims === "string" ? JSON.parse(claims) : claims)?.id_token ?? {};
}

function isEssential(request, value) {
  return Boolean(request?.essential) && (request.value === value || (request.values ?? []).includes(value));
}
