#!/usr/bin/env bash
# The gates that every change passes, here and in CI.
#
#   scripts/check.sh              all of them
#   scripts/check.sh fmt layers   only these
#
# Tools that Rust does not bring are installed at their pinned version below target/tools. Where that fails, as without a
# network, the gate is reported as skipped; `--strict` makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"
export PATH="$PWD/target/tools/bin:$PATH"

readonly gates=(fmt layers clippy docs unused deny typos benches schema tests)
readonly skipped_status=77

# Installs TOOL at VERSION unless that very version is there.
tool() {
  local crate=$1 version=$2 program=$3
  if target/tools/bin/"$program" --version 2>/dev/null | grep -qF "$version"; then
    return
  fi
  echo "installing $crate $version into target/tools" >&2
  cargo install --locked --quiet --root target/tools --target-dir target/tools/build "$crate" --version "$version" || return "$skipped_status"
  rm -rf target/tools/build
}

gate_fmt() {
  cargo fmt --all -- --check
}

gate_layers() {
  scripts/check_layers.sh
}

gate_clippy() {
  cargo clippy --workspace --all-targets --locked -- -D warnings
}

gate_docs() {
  RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --locked
}

gate_unused() {
  tool cargo-machete 0.9.2 cargo-machete || return
  cargo-machete
}

# Advisories are asked for too where the network allows; they change from day to day, so they never fail a change.
gate_deny() {
  tool cargo-deny 0.20.2 cargo-deny || return
  cargo-deny --locked check bans licenses sources || return
  cargo-deny --locked check advisories || echo 'deny: look at the advisories above' >&2
}

gate_typos() {
  tool typos-cli 1.52.0 typos || return
  typos
}

gate_benches() {
  cargo bench --workspace --no-run --locked
}

# Every migration down and up again with equal dumps, and both databases with the same tables: tests of their own. This
# runs them by name on both, and fails if there were none.
gate_schema() {
  local tests=(cargo test --workspace --locked --test integration migrations::)
  local run='^test result: ok\. [1-9]' # not grep -q: it would leave, and the pipe break, before the tests end
  env -u TEST_DATABASE_URL "${tests[@]}" | tee >(cat >&2) | grep -E "$run" >/dev/null || return 1
  scripts/dev_pg.sh run --no-fsync "${tests[@]}" | tee >(cat >&2) | grep -E "$run" >/dev/null
}

gate_tests() {
  scripts/test
}

is_gate() {
  local gate
  for gate in "${gates[@]}"; do
    [ "$gate" != "$1" ] || return 0
  done
  return 1
}

main() {
  local strict=no chosen=() gate status failed=() skipped=()
  for gate in "$@"; do
    if [ "$gate" = --strict ]; then
      strict=yes
    elif is_gate "$gate"; then
      chosen+=("$gate")
    else
      echo "check: there is no gate $gate; there are ${gates[*]}" >&2
      exit 2
    fi
  done
  [ "${#chosen[@]}" -gt 0 ] || chosen=("${gates[@]}")
  scripts/setup.sh --tests

  for gate in "${chosen[@]}"; do
    echo "== $gate"
    status=0
    "gate_$gate" || status=$?
    case $status in
      0) ;;
      "$skipped_status") skipped+=("$gate") ;;
      *) failed+=("$gate") ;;
    esac
  done

  [ "${#skipped[@]}" = 0 ] || echo "skipped, their tools could not be installed: ${skipped[*]}"
  if [ "${#failed[@]}" -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
  fi
  if [ "$strict" = yes ] && [ "${#skipped[@]}" -gt 0 ]; then
    exit 1
  fi
  echo "$((${#chosen[@]} - ${#skipped[@]})) gates passed"
}

main "$@"
