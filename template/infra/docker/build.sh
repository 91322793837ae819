#!/usr/bin/env bash
# Build every image once, push it, and write NAME_IMAGE=repository@digest lines: what a deployment takes.
# usage: infra/docker/build.sh REGISTRY > images.env        (REGISTRY such as ghcr.io/acme/desk; log in first)
set -euo pipefail
cd "$(dirname "$0")/../.."
registry=${1:?usage: infra/docker/build.sh REGISTRY}
tag=$(git rev-parse --short=12 HEAD)
metadata=$(mktemp)
trap 'rm -f "$metadata"' EXIT

build() { # NAME DOCKERFILE TARGET
  docker buildx build --quiet --push --provenance=true --sbom=true --metadata-file "$metadata" \
    --file "$2" --target "$3" --tag "$registry/$3:$tag" . >/dev/null
  digest=$(sed -n 's/.*"containerimage.digest": *"\(sha256:[0-9a-f]*\)".*/\1/p' "$metadata")
  [ -n "$digest" ] || { echo "No digest for $3: the builder wrote none." >&2; exit 1; }
  echo "$1_IMAGE=$registry/$3@$digest"
}

build GATEWAY infra/docker/python.Dockerfile gateway
build MODEL_PROXY infra/docker/python.Dockerfile model-proxy
build WORKERS infra/docker/python.Dockerfile workers
if [ -f infra/docker/ui.Dockerfile ]; then
  build UI infra/docker/ui.Dockerfile ui
fi
