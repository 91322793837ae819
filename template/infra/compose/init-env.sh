#!/usr/bin/env bash
# Write .env for `docker compose`: random secrets where .env has none yet. What is set already stays.
# usage: infra/compose/init-env.sh [FILE]
set -euo pipefail
cd "$(dirname "$0")/../.."
file=${1:-.env}
umask 077
touch "$file"

set_once() {
  grep --quiet "^$1=" "$file" || echo "$1=$2" >>"$file"
}

random() {
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

set_once POSTGRES_PASSWORD "$(random)"
set_once APP_DATABASE_PASSWORD "$(random)"
set_once SESSION_SECRET "$(random)"
# Only a model server of our own asks for it.
set_once INFERENCE_KEY "$(random)"

# What compose.yaml asks for and no machine can make up.
sed -n 's/.*\${\([A-Z_]*\):?set it in .env}.*/\1/p' compose.yaml | while read -r name; do
  grep --quiet "^$name=." "$file" || echo "Still to set in $file: $name" >&2
done
