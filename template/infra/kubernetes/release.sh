#!/usr/bin/env bash
# Release to the cluster that kubectl points at: migrate, apply by digest, wait; when a service does not become ready,
# every service goes back to what it ran before. Exit 1 after a rollback.
# usage: infra/kubernetes/release.sh NAMESPACE IMAGES_FILE      (IMAGES_FILE is what infra/docker/build.sh wrote)
set -euo pipefail
cd "$(dirname "$0")"
namespace=${1:?usage: infra/kubernetes/release.sh NAMESPACE IMAGES_FILE}
images=$(cd "$OLDPWD" && realpath "${2:?usage: infra/kubernetes/release.sh NAMESPACE IMAGES_FILE}")
services=(gateway model-proxy workers)
[ ! -d ui ] || services+=(ui)
# Whatever else has a folder here is released too: a model server, a service of yours. Its deployment has the folder's name.
more=()
for file in */kustomization.yaml; do
  case $(dirname "$file") in
  core | migrate | rotate | ui) ;;
  *) more+=("$(dirname "$file")") ;;
  esac
done
services+=("${more[@]}")
release=.release
trap 'rm -rf "$release"' EXIT

if ! grep --quiet '_IMAGE=' "$images" || grep '_IMAGE=' "$images" | grep --invert-match --quiet '@sha256:[0-9a-f]\{64\}$'; then
  echo "$images must name every image by digest: NAME_IMAGE=repository@sha256:..." >&2
  exit 2
fi
if ! grep --quiet '^PUBLIC_URL=https://' core/settings.env; then
  echo "Set PUBLIC_URL in infra/kubernetes/core/settings.env: the https address that people open." >&2
  exit 2
fi
if ! grep --quiet '^FORWARDED_ALLOW_IPS=[0-9a-fA-F]' core/settings.env; then
  echo "Set FORWARDED_ALLOW_IPS in infra/kubernetes/core/settings.env: where the cluster's Gateway calls from. Limits believe it." >&2
  exit 2
fi

overlay() { # NAME FOLDER...
  mkdir -p "$release/$1"
  {
    printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: %s\nresources:\n' "$namespace"
    printf '  - ../../%s\n' "${@:2}"
    printf 'images:\n'
    sed -n 's/^\([A-Z_]*\)_IMAGE=\(.*\)@\(sha256:.*\)$/\1 \2 \3/p' "$images" | while read -r name repository digest; do
      name=$(tr 'A-Z_' 'a-z-' <<<"$name")
      printf '  - { name: %s, newName: %s, digest: "%s" }\n' "$name" "$repository" "$digest"
    done
  } >"$release/$1/kustomization.yaml"
  kubectl kustomize --load-restrictor LoadRestrictionsNone "$release/$1"
}

kubectl delete job migrate --namespace "$namespace" --ignore-not-found
overlay migration migrate | kubectl apply --namespace "$namespace" --filename -
if ! kubectl wait job/migrate --namespace "$namespace" --for=condition=complete --timeout=15m; then
  kubectl logs job/migrate --namespace "$namespace" --tail=50 >&2 || true
  echo "The migration failed; no service was touched." >&2
  exit 1
fi

folders=(core)
[ ! -d ui ] || folders+=(ui)
folders+=("${more[@]}")
overlay services "${folders[@]}" | kubectl apply --namespace "$namespace" --filename -

for service in "${services[@]}"; do
  # A model server reads its weights twice before it serves.
  [[ " ${more[*]} " == *" $service "* ]] && patience=20m || patience=5m
  kubectl rollout status "deployment/$service" --namespace "$namespace" --timeout="$patience" && continue
  echo "$service does not become ready: going back to the previous release." >&2
  for each in "${services[@]}"; do
    kubectl rollout undo "deployment/$each" --namespace "$namespace" || true
  done
  exit 1
done

# A job that has run can't be applied again.
kubectl delete job rotate --namespace "$namespace" --ignore-not-found
overlay rotation rotate | kubectl apply --namespace "$namespace" --filename - \
  && kubectl wait job/rotate --namespace "$namespace" --for=condition=complete --timeout=5m \
  || echo "The signing key stays for now: the workers rotate it when it is due." >&2
echo "Released."
