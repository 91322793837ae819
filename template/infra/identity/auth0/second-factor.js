// Asks for a second factor when the product asks for one, and says in the ID token that it was given.

const MULTI_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  const wanted = event.transaction?.acr_values ?? [];
  if (wanted.includes(MULTI_FACTOR)) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
