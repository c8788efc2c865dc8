#!/usr/bin/env bash
# Kills an ingest at random moments (SIGKILL) and starts it again until it ends; its report must equal an undisturbed one.
# Every other ingest drains the queue itself and is killed; the rest leave it to a `rollproof worker`, which is killed.
#
#   scripts/crash_test.sh [--runs 20] [--photos 3000] [--seed N] [--dev] [sqlite|postgres]
#
# `--runs` is the number of kills, `--dev` uses the development build. Needs what scripts/setup.sh --tests installs.
# Ends with one line; where reports differ, the folder with both is kept and named.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

readonly give_up_s=900 # one ingest with its restarts; far above what any takes, so that a hang ends
runs=20
photos=3000
seed=$((RANDOM * 32768 + RANDOM))
profile=release
database=sqlite

die() {
  echo "crash test: $*" >&2
  exit 1
}

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --runs) runs=${2:?} && shift ;;
      --photos) photos=${2:?} && shift ;;
      --seed) seed=${2:?} && shift ;;
      --dev) profile=dev ;;
      sqlite | postgres) database=$1 ;;
      *) die "unknown argument $1; the head of this file explains them" ;;
    esac
    shift
  done
}

# The development build is asked for exactly as scripts/test does, or cargo would build it a second time.
build() {
  if [ "$profile" = dev ]; then
    cargo build --workspace --bins --examples --tests --locked --quiet
    built=${CARGO_TARGET_DIR:-target}/debug
  else
    cargo build --release --locked --quiet -p rollproof-backend -p rollproof-worker --bins --examples
    built=${CARGO_TARGET_DIR:-target}/release
  fi
  built=$(realpath "$built")
}

rollproof() {
  "$built/rollproof" "$@"
}

database_name() {
  echo "rollproof_crash_${seed}_$1"
}

remove_house() {
  rm -rf -- "$house"
  if [ "$database" = postgres ]; then
    psql -q "$TEST_DATABASE_URL" -c "DROP DATABASE $(database_name "$1") WITH (FORCE)"
  fi
}

# A fresh house with the roll imported, in $house.
make_house() {
  house=$work/$1
  mkdir "$house"
  export ROLLPROOF_DATA_DIR=$house
  export ROLLPROOF_STORAGE_URL=file:$house/objects
  if [ "$database" = postgres ]; then
    psql -q "$TEST_DATABASE_URL" -c "CREATE DATABASE $(database_name "$1")"
    ROLLPROOF_DATABASE_URL=${TEST_DATABASE_URL%/*}/$(database_name "$1")
    export ROLLPROOF_DATABASE_URL
    rollproof migrate
  else
    export ROLLPROOF_DATABASE_URL=sqlite:$house/rollproof.db
  fi
  # The dead worker's leases run out soon, or the test would mostly wait.
  export ROLLPROOF_JOBS_LEASE_MS=2000
  rollproof agency add STUDIO 'Crash test' >/dev/null
  # Dirty rows are part of the roll: exit 3 says that some were refused.
  rollproof roll import "$work/drawn/roll.csv" --format json >"$house/import.json" || [ $? = 3 ]
  rollproof campaign add CRASH --name 'Crash test' --mode legacy >/dev/null
}

# Exit 3 is an ingest that is done: the drawn batch holds photos that are refused.
final_report() {
  local status=0
  timeout --signal=KILL "$give_up_s" "${ingest[@]}" >"$house/report.json" 2>"$house/ingest.log" || status=$?
  case $status in
    0 | 3) node tests/clients/report.mjs <"$house/report.json" ;;
    *)
      tail -n 20 "$house/ingest.log" >&2
      keep=yes
      die "the ingest ended with $status; its log is in $house"
      ;;
  esac
}

sleep_up_to() {
  sleep "$(awk -v most="$1" -v random=$RANDOM 'BEGIN { printf "%.3f", most * random / 32768 }')"
}

# Starts "$@" and kills it at a random moment; false when it had ended by itself before.
kill_at_random() {
  "$@" >>"$house/killed.log" 2>&1 &
  local pid=$!
  sleep_up_to "$longest_s"
  if kill -KILL "$pid" 2>/dev/null; then
    wait "$pid" 2>/dev/null || true
    return 0
  fi
  wait "$pid" 2>/dev/null || true
  return 1
}

disturb_ingest() {
  while [ "$kills" -lt "$round_end" ]; do
    kill_at_random "${ingest[@]}" || break
    kills=$((kills + 1))
  done
}

# The ingest waits for the worker; it is the worker that dies.
disturb_worker() {
  local waiting
  "$built/rollproof" worker >>"$house/killed.log" 2>&1 &
  local worker=$!
  sleep 1 # until it has told the database that it lives
  timeout --signal=KILL "$give_up_s" "${ingest[@]}" >"$house/waiting.json" 2>"$house/waiting.log" &
  waiting=$!
  while [ "$kills" -lt "$round_end" ] && kill -0 "$waiting" 2>/dev/null; do
    sleep_up_to "$longest_s"
    kill -KILL "$worker" || die "the worker ended by itself; its log is in $house"
    wait "$worker" 2>/dev/null || true
    kills=$((kills + 1))
    "$built/rollproof" worker >>"$house/killed.log" 2>&1 &
    worker=$!
  done
  wait "$waiting" || [ $? = 3 ] || echo "crash test: the waiting ingest ended with a failure" >&2
  kill -KILL "$worker" 2>/dev/null || true
  wait "$worker" 2>/dev/null || true
}

disturbed_round() {
  # A quarter of the kills each at most, so that both ways of working get their share.
  round_end=$((kills + (runs + 3) / 4))
  round_end=$((round_end < runs ? round_end : runs))
  make_house "round_$round"
  if [ $((round % 2)) = 1 ]; then disturb_ingest; else disturb_worker; fi
  final_report >"$house/normalised.json"
  if ! cmp -s "$work/undisturbed.json" "$house/normalised.json"; then
    keep=yes
    diff "$work/undisturbed.json" "$house/normalised.json" | head -n 20 >&2 || true
    die "round $round ended with another report (seed $seed); see $work"
  fi
  remove_house "round_$round"
}

clean_up() {
  local job
  for job in $(jobs -p); do
    kill "$job" 2>/dev/null || true # not KILL: timeout passes this on to what it runs
  done
  [ "$keep" = yes ] || rm -rf -- "$work"
}

main() {
  read_arguments "$@"
  if [ "$database" = postgres ] && [ -z "${TEST_DATABASE_URL:-}" ]; then
    exec scripts/dev_pg.sh run "$0" "$@"
  fi
  build
  keep=no
  work=$(mktemp -d)
  trap clean_up EXIT
  RANDOM=$((seed % 32768))
  "$built/examples/draw" "$work/drawn" "$photos" "$seed"
  ingest=("$built/rollproof" batch ingest "$work/drawn/batch.zip" --campaign CRASH --agency STUDIO --format json)

  make_house undisturbed
  local started=$SECONDS
  final_report >"$work/undisturbed.json"
  longest_s=$((SECONDS - started > 2 ? SECONDS - started : 2))
  remove_house undisturbed

  kills=0
  round=0
  while [ "$kills" -lt "$runs" ]; do
    round=$((round + 1))
    [ "$round" -le $((runs * 5 + 5)) ] || die "after $round ingests only $kills were alive when their kill came"
    disturbed_round
  done
  echo "crash test: ok. $kills kills in $round ingests of $photos students on $database, seed $seed: every report the same"
}

main "$@"
