#!/usr/bin/env bash
# Fetch a model from Hugging Face at one commit, weights and tokenizer only: no code comes along.
# usage: infra/inference/vllm/fetch.sh ORGANISATION/MODEL COMMIT      (needs `hf`: pip install huggingface_hub)
set -euo pipefail
model=${1:?usage: infra/inference/vllm/fetch.sh ORGANISATION/MODEL COMMIT}
commit=${2:?usage: infra/inference/vllm/fetch.sh ORGANISATION/MODEL COMMIT}
folder=$(cd "$(dirname "$0")" && pwd)/weights
if ! [[ $commit =~ ^[0-9a-f]{40}$ ]]; then
  echo "$commit is no commit: a branch or a tag may be another model tomorrow. The model's page shows its commits." >&2
  exit 2
fi
hf download "$model" --revision "$commit" --local-dir "$folder" \
  --include '*.safetensors' '*.json' '*.txt' '*.model' '*.jinja'
rm -rf "$folder/.cache"
chmod -R a+rX "$folder"
echo "Read its licence, then approve it: infra/inference/vllm/README.md, step 3."
