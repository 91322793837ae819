#!/usr/bin/env bash
# Put the digest behind the tag of every image that we take from others: a Dockerfile's ARG *_IMAGE, and image: and name:
# in compose files, manifests and pipelines.
# usage: infra/docker/pin.sh [--check]        (--check changes nothing; exit 1 when an image has no digest)
set -euo pipefail
cd "$(dirname "$0")/../.."
pattern='(^ARG [A-Z0-9_]+_IMAGE=|^ +(image|- name): (\$\{[A-Z0-9_]+:-)?)[a-z0-9.-]+[a-z0-9./_-]*:[A-Za-z0-9._-]+\}?$'
shopt -s nullglob
files=(infra/docker/*Dockerfile infra/compose/*.yaml infra/inference/*/*.yaml infra/kubernetes/*/*.yaml infra/vm/compose.yaml
  .gitlab/ci/*.yml)
unpinned=$(grep -HnE "$pattern" "${files[@]}" 2>/dev/null || true)

if [ "${1:-}" = --check ]; then
  [ -z "$unpinned" ] && exit 0
  printf 'Images without a digest; run infra/docker/pin.sh and commit:\n%s\n' "$unpinned" >&2
  exit 1
fi

while IFS=: read -r file _ line; do
  [ -n "$file" ] || continue
  image=$(sed -E 's/^ARG [A-Z0-9_]+=//; s/^ +(image|- name): //; s/^\$\{[A-Z0-9_]+:-//; s/\}$//' <<<"$line")
  digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "No digest for $image: $digest" >&2; exit 1; }
  sed -i.bak -E "s#${image//./\\.}(\\}?)\$#$image@$digest\\1#" "$file" && rm -f "$file.bak"
  echo "$image@$digest"
done <<<"$unpinned"
