#!/usr/bin/env bash
# How long the server takes for each page of the console over 200,000 students and 100,000 photos, on SQLite and on PostgreSQL; and,
# on SQLite, whether a query of a page reads a large table from end to end. Ends with 1 where a page's 95th percentile is above 50 ms.
#
#   scripts/page_times.sh [RECORDS] [PHOTOS] [REQUESTS]
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

cargo build --release --locked --quiet --package rollproof-backend --example page_times
status=0
echo "== SQLite"
TEST_DATABASE_URL= target/release/examples/page_times "$@" || status=$?
echo "== PostgreSQL"
scripts/dev_pg.sh run target/release/examples/page_times "$@" || status=$?
exit "$status"
