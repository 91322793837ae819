#!/usr/bin/env bash
# Sign the pipeline in to Google Cloud with its own identity and no stored key. usage: login.sh registry|cluster
# Reads GCP_IDENTITY_PROVIDER, GCP_SERVICE_ACCOUNT, REGISTRY (Terraform's outputs), GCP_PROJECT, GCP_REGION, CLUSTER_NAME.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
"$here/../ci-token.sh" "https://iam.googleapis.com/$GCP_IDENTITY_PROVIDER" >"$folder/token"
gcloud iam workload-identity-pools create-cred-config "$GCP_IDENTITY_PROVIDER" \
  --service-account="$GCP_SERVICE_ACCOUNT" --credential-source-file="$folder/token" --output-file="$folder/credentials.json"
gcloud auth login --quiet --cred-file="$folder/credentials.json"
case ${1:-} in
registry)
  gcloud auth print-access-token | docker login --username oauth2accesstoken --password-stdin "https://${REGISTRY%%/*}"
  ;;
cluster)
  gcloud container clusters get-credentials "$CLUSTER_NAME" --project="$GCP_PROJECT" --region="$GCP_REGION"
  ;;
*)
  echo "usage: login.sh registry|cluster" >&2
  exit 2
  ;;
esac
