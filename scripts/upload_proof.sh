#!/usr/bin/env bash
# Real clients of tus over a bad line, in full: tus-js-client and tuspy each upload 2 GiB in pieces of 5 and of 64 MiB through thirty
# cuts (line cut, server killed with SIGKILL, client killed); then fifty clients upload at once. The small form is tests/clients.
#
#   scripts/upload_proof.sh [--mib 2048] [--cuts 30] [--seed N]
#
# Needs what scripts/setup.sh --tests installs, and three times the size on disk. Exit 1 where bytes differ, a cut did not happen, the
# server took 200 MiB or more, or the fifty were slower than 70 % of one client that copies the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

mib=2048
cuts=30
seed=$RANDOM
while [ $# -gt 0 ]; do
  case $1 in
    --mib) mib=${2:?} ;;
    --cuts) cuts=${2:?} ;;
    --seed) seed=${2:?} ;;
    *) sed -n '2,9p' "$0" >&2 && exit 2 ;;
  esac
  shift 2
done

cargo build --release --locked --quiet -p rollproof-backend --bins
failed=0
for client in js py; do
  for piece in 5 64; do
    node tests/clients/cuts.mjs target/release/rollproof "$client" "$mib" "$piece" "$cuts" "$seed" || failed=$((failed + 1))
  done
done
node tests/clients/crowd.mjs target/release/rollproof || failed=$((failed + 1))
echo "upload proof: $failed of 5 failed (seed $seed)"
[ "$failed" = 0 ]
