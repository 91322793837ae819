#!/usr/bin/env bash
# Runs on the machine: back up, migrate, start the images of images.next.env by digest, check that they are healthy.
# When they are not, the previous images come back; the backup is kept either way. Exit 1 after a rollback.
set -euo pipefail
cd "$(dirname "$0")/../.."
keep_backups=${KEEP_BACKUPS:-14}

compose() { # IMAGES_FILE ARGUMENT...
  local images=$1
  shift
  docker compose --env-file .env --env-file "$images" --file compose.yaml --file infra/vm/compose.yaml "$@"
}

back_up() {
  mkdir -p backups
  chmod 700 backups
  local file
  file=backups/$(date -u +%Y%m%dT%H%M%SZ).dump
  compose images.env exec --no-TTY postgres pg_dump --username=postgres --format=custom app >"$file.part"
  mv "$file.part" "$file"
  find backups -name '*.dump' | sort --reverse | tail -n "+$((keep_backups + 1))" | xargs -r rm --
}

# Migrations ran before, and older code does not know newer ones: so nothing here may start `migrate`.
start() { # IMAGES_FILE
  local services
  mapfile -t services < <(compose "$1" config --services | grep --invert-match --extended-regexp '^migrate$|-weights$')
  compose "$1" up --detach --no-build --no-deps --remove-orphans --wait --wait-timeout 900 "${services[@]}" \
    && compose "$1" exec --no-TTY gateway python healthcheck.py http://127.0.0.1:8000/ready
}

check_weights() {
  local service
  for service in $(compose images.next.env config --services | grep -- '-weights$'); do
    compose images.next.env run --rm "$service" || return 1
  done
}

release() {
  compose images.next.env pull --quiet \
    && check_weights \
    && compose images.next.env run --rm migrate \
    && start images.next.env
}

[ -f .env ] || { echo "There is no .env on this machine: see docs/deploy/vm.md." >&2; exit 2; }
[ ! -f images.env ] || back_up

if release; then
  [ ! -f images.env ] || cp images.env images.previous.env
  mv images.next.env images.env
  compose images.env exec --no-TTY gateway python -m oidc_auth rotate \
    || echo "The signing key stays for now: the workers rotate it when it is due." >&2
  echo "Released."
  exit 0
fi

compose images.next.env logs --tail 50 >&2 || true
if [ ! -f images.env ]; then
  echo "The first release is not healthy; nothing to go back to." >&2
  exit 1
fi
echo "The release is not healthy: going back to the previous images." >&2
start images.env || echo "The previous images are not healthy either; the newest backup is in backups/." >&2
exit 1
