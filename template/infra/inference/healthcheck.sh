#!/bin/sh
# Say whether a model server is ready: it answers 503 while it loads its weights.
# usage: healthcheck.sh URL
exec curl --fail --silent --show-error --max-time 4 --output /dev/null "${1:?usage: healthcheck.sh URL}"
