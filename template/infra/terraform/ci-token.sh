#!/usr/bin/env bash
# Print the token with which this pipeline proves who it is. usage: infra/terraform/ci-token.sh AUDIENCE
# GitHub makes one per audience; GitLab put one into CI_IDENTITY_TOKEN (.gitlab/ci/deploy-*.yml names its audience).
set -euo pipefail
audience=${1:?usage: infra/terraform/ci-token.sh AUDIENCE}
if [ -n "${CI_IDENTITY_TOKEN:-}" ]; then
  printf '%s' "$CI_IDENTITY_TOKEN"
elif [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
  curl --fail --silent --show-error --get --data-urlencode "audience=$audience" \
    --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL" \
    | sed -n 's/.*"value" *: *"\([^"]*\)".*/\1/p'
else
  echo "This is no pipeline with an identity: neither GitHub Actions with id-token: write nor GitLab CI with id_tokens." >&2
  exit 1
fi
