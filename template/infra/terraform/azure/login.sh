#!/usr/bin/env bash
# Sign the pipeline in to Azure with its own identity and no stored key. usage: login.sh registry|cluster
# Reads AZURE_CLIENT_ID, AZURE_TENANT_ID, REGISTRY (Terraform's outputs), AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, CLUSTER_NAME.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
az login --output none --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \
  --federated-token "$("$here/../ci-token.sh" api://AzureADTokenExchange)"
az account set --subscription "$AZURE_SUBSCRIPTION_ID"
case ${1:-} in
registry)
  az acr login --name "${REGISTRY%%.*}"
  ;;
cluster)
  az aks get-credentials --resource-group "$AZURE_RESOURCE_GROUP" --name "$CLUSTER_NAME"
  ;;
*)
  echo "usage: login.sh registry|cluster" >&2
  exit 2
  ;;
esac
