#!/usr/bin/env bash
# Twenty thousand photos go through two web servers and three workers on PostgreSQL and an S3 server, while one part after the other is taken
# away at random; the head of tests/clients/chaos.mjs says what must hold in the end. Prints what happened and how often.
#
#   scripts/chaos.sh [PHOTOS] [SEED]
#
# Needs what scripts/setup.sh --tests installs, and root for the disks that fill up (elsewhere they never do).
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

cargo build --release --workspace --locked --quiet --bins --examples
node tests/clients/chaos.mjs "$@"
