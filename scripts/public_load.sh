#!/usr/bin/env bash
# What the students' pages bear, on SQLite and on PostgreSQL: a signed-in student's page against an endpoint that reads one row, lookups
# from many addresses, and whether a lookup tells an unknown number from a wrong name by its time. Ends with 1 where a target is missed.
# Needs wrk, of Debian's package of that name.
#
#   scripts/public_load.sh [RECORDS] [SECONDS] [CALLS]
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

command -v wrk >/dev/null || {
  echo "public_load: wrk asks the server and is not installed: apt-get install wrk" >&2
  exit 2
}
cargo build --release --locked --quiet --package rollproof-backend --example public_load
status=0
echo "== SQLite"
TEST_DATABASE_URL= target/release/examples/public_load "$@" || status=$?
echo "== PostgreSQL"
scripts/dev_pg.sh run target/release/examples/public_load "$@" || status=$?
exit "$status"
