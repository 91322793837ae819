// What the provider is told from outside; anything missing or unsafe stops it with one sentence.

const ALLOWED_ENVIRONMENTS = ["development", "test"];

export class SettingsError extends Error {}

export function readSettings(env) {
  const environment = env.ENVIRONMENT ?? "development";
  if (!ALLOWED_ENVIRONMENTS.includes(environment)) {
    throw new SettingsError(
      `The development identity provider lets anybody in; it refuses to start with ENVIRONMENT=${environment}.`,
    );
  }
  return {
    port: Number(env.PORT ?? 9000),
    clientId: required(env, "OIDC_CLIENT_ID"),
    clientSecret: required(env, "OIDC_CLIENT_SECRET"),
    redirectUris: (env.REDIRECT_URIS ?? required(env, "REDIRECT_URI")).split(","),
    backchannelUri: env.BACKCHANNEL_URI,
    peopleFile: required(env, "IDENTITY_USERS"),
  };
}

function required(env, name) {
  if (!env[name]) throw new SettingsError(`Set ${name} for the development identity provider.`);
  return env[name];
}
