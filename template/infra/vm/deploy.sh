#!/usr/bin/env bash
# Release to one machine over SSH: copy the release's files there, then run release.sh on it.
# usage: infra/vm/deploy.sh USER@HOST IMAGES_FILE        (IMAGES_FILE is what infra/docker/build.sh wrote)
# Set SSH to pass options, such as SSH="ssh -i key". The machine is prepared once: docs/deploy/vm.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
host=${1:?usage: infra/vm/deploy.sh USER@HOST IMAGES_FILE}
images=${2:?usage: infra/vm/deploy.sh USER@HOST IMAGES_FILE}
read -ra ssh <<<"${SSH:-ssh}"
slug=$(sed -n 's/^slug = "\(.*\)"$/\1/p' product.toml)

if ! grep --quiet '_IMAGE=' "$images" || grep '_IMAGE=' "$images" | grep --invert-match --quiet '@sha256:[0-9a-f]\{64\}$'; then
  echo "$images must name every image by digest: NAME_IMAGE=repository@sha256:..." >&2
  exit 2
fi

parts=(compose.yaml flags.yaml infra/compose infra/vm models)
[ ! -d infra/inference ] || parts+=(infra/inference)
# --overwrite: containers that have flags.yaml mounted see the file that is written to, not one put in its place.
# Weights are large and put on the machine once, by hand.
tar --create --exclude 'weights/*' "${parts[@]}" | "${ssh[@]}" "$host" "mkdir -p '/srv/$slug' && tar --extract --overwrite --directory '/srv/$slug'"
"${ssh[@]}" "$host" "cat > '/srv/$slug/images.next.env'" <"$images"
"${ssh[@]}" "$host" "'/srv/$slug/infra/vm/release.sh'"
