#!/usr/bin/env bash
# Go back to the release before this one, by hand. usage: infra/vm/rollback.sh USER@HOST
set -euo pipefail
cd "$(dirname "$0")/../.."
host=${1:?usage: infra/vm/rollback.sh USER@HOST}
read -ra ssh <<<"${SSH:-ssh}"
slug=$(sed -n 's/^slug = "\(.*\)"$/\1/p' product.toml)
"${ssh[@]}" "$host" "cd '/srv/$slug' && cp images.previous.env images.next.env && infra/vm/release.sh"
