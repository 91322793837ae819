#!/bin/sh
# Check a folder of weights against the pins before anything is served from it: every pinned file is there with its
# digest, and no other file is. Runs in the model server's own image; needs sh and GNU coreutils.
# usage: check-weights.sh FOLDER PINS      (PINS is models/weights.sha256)
set -eu
folder=${1:?usage: check-weights.sh FOLDER PINS}
pins=${2:?usage: check-weights.sh FOLDER PINS}

pinned=$(sed -n 's/^[0-9a-f]\{64\} [ *]\(\.\/\)\{0,1\}//p' "$pins")
if [ -z "$pinned" ]; then
  echo "$pins has no digest: write the approved weights down with sha256sum." >&2
  exit 1
fi
cd "$folder"
sed -e '/^#/d' -e '/^$/d' "$pins" | sha256sum --check --strict --quiet -

# A file that nobody approved, such as code beside the weights, is as bad as a changed one.
find . ! -type d ! -name .gitkeep | sed 's|^\./||' | while IFS= read -r file; do
  if ! printf '%s\n' "$pinned" | grep --quiet --line-regexp --fixed-strings -e "$file"; then
    echo "$file is not in $pins." >&2
    exit 1
  fi
done
echo "The weights are those that were approved."
