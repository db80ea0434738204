#!/bin/sh
# The whole way, on this machine and without Docker: a broker, a server that writes to it, a worker that stores what is in it, and
# somebody who sends. Ends with what became of every record.
#   scripts/pipeline-demo.sh [--events N] [--entries N] [--lines N]
set -eu
cd "$(dirname "$0")/.."
node scripts/bootstrap.cjs
node=node_modules/.bin/node
[ -x "$node" ] || node=node
exec "$node" scripts/pipeline-demo/run.mjs "$@"
