#!/usr/bin/env bash
# Sign the pipeline in to AWS with its own identity and no stored key. usage: login.sh registry|cluster
# Reads AWS_REGION, AWS_ROLE_ARN, REGISTRY, CLUSTER_NAME: Terraform's outputs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
token=$(mktemp)
chmod 600 "$token"
"$here/../ci-token.sh" sts.amazonaws.com >"$token"
export AWS_WEB_IDENTITY_TOKEN_FILE=$token AWS_ROLE_SESSION_NAME=pipeline
case ${1:-} in
registry)
  aws ecr get-login-password --region "$AWS_REGION" | docker login --username AWS --password-stdin "${REGISTRY%%/*}"
  rm -f "$token"
  ;;
cluster)
  # kubectl asks for credentials at every call, so what it needs stays for the rest of this job.
  aws configure set web_identity_token_file "$token"
  aws configure set role_arn "$AWS_ROLE_ARN"
  aws eks update-kubeconfig --region "$AWS_REGION" --name "$CLUSTER_NAME"
  ;;
*)
  echo "usage: login.sh registry|cluster" >&2
  exit 2
  ;;
esac
