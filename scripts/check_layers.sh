#!/usr/bin/env bash
# Every line in its room: which package may use which library, and which file may hold which kind of line.
# docs/ARCHITECTURE.md explains the rooms. Prints every line that is in the wrong one.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

faults=0

fault() {
  echo "layers: $*" >&2
  faults=$((faults + 1))
}

# Nothing below PACKAGE may be one of the libraries, however deep.
never_below() {
  local package=$1 library
  shift
  for library in "$@"; do
    if grep -qE "^$library v" <<<"${trees[$package]}"; then
      fault "$package must not depend on $library, not even through another package (cargo tree -p $package -i $library)"
    fi
  done
}

# PACKAGE itself may not name the libraries in its manifest; through another package they are fine.
never_direct() {
  local package=$1 library direct
  shift
  direct=$(cargo tree --locked --package "$package" --edges normal --depth 1 --prefix none)
  for library in "$@"; do
    if grep -qE "^$library v" <<<"$direct"; then
      fault "$package must not use $library directly"
    fi
  done
}

# Prints FILE:LINE:TEXT of the product's own code: without comments, tests, test support, benches and examples.
# shellcheck disable=SC2016 # $0 is awk's
code_lines() {
  find domain/src worker/src backend/src -name '*.rs' \
    ! -name tests.rs ! -path '*/tests/*' ! -path 'domain/src/testing*' ! -path 'domain/src/storage/contract*' -print0 |
    sort -z |
    xargs -0 awk '
      FNR == 1 { in_tests = 0; is_after_cfg = 0 }
      is_after_cfg && /^(pub )?mod [a-z_]+ \{/ { in_tests = 1 }
      { is_after_cfg = /^#\[cfg\(test\)\]/ }
      !in_tests && !/^[[:space:]]*\/\// { print FILENAME ":" FNR ":" $0 }'
}

# Lines that match PATTERN may stand only in files that match ALLOWED.
only_in() {
  local what=$1 pattern=$2 allowed=$3 found
  found=$(awk -v pattern="$pattern" -v allowed="^($allowed):" '
    { text = $0; sub(/^[^:]*:[0-9]*:/, "", text) }
    text ~ pattern && $0 !~ allowed' <<<"$code" || true)
  if [ -n "$found" ]; then
    fault "$what"
    echo "$found" >&2
  fi
}

check_dependencies() {
  never_below rollproof-domain poem poem-openapi tera apalis apalis-core image image_hasher fast_image_resize turbojpeg clap
  never_below rollproof-worker poem poem-openapi tera clap
  never_direct rollproof-backend image image_hasher fast_image_resize turbojpeg apalis apalis-core diesel
}

check_lines() {
  local db='domain/src/db(/.*)?\.rs'
  only_in 'only db/{conn,pool,dialect,migrate} may ask which database it is' \
    '(^|[^A-Za-z_])(Conn::(Sqlite|Pg)|MultiConnection)' 'domain/src/db/(conn|pool|dialect|migrate|bulk)(/.*)?\.rs'
  only_in 'SQL text belongs to migrations/ and domain/src/db' 'sql_query|batch_execute|sql::<' "$db"
  only_in 'queries belong to queries.rs, commands.rs and queue/store.rs; models may derive' 'use diesel::|diesel::(insert_into|update|delete|select)\(' \
    "$db|domain/src/queue/store(/.*)?\.rs|domain/src/error\.rs|domain/src/.*/(model|queries|commands)(/.*)?\.rs"
  only_in 'transactions are opened by Db::write_tx alone' '\.transaction\(|begin_transaction' "$db"
  only_in 'the environment is read by domain::config alone' 'env::(var|vars|var_os|vars_os)\(' 'domain/src/config(/.*)?\.rs'
  only_in 'the time comes from domain::clock' '(SystemTime|Utc|Local)::now\(' 'domain/src/clock\.rs'
  only_in 'only backend/src/cli may name the worker' '(^|[^a-z_:])worker::' '(worker/.*|backend/src/cli(/.*)?\.rs)'
  only_in 'only worker/src/runtime may name apalis' 'apalis' 'worker/src/runtime(/.*)?\.rs'
  only_in 'only worker/src/imaging and the demo data may name the imaging libraries' \
    '(^|[^a-z_:])(image|img_hash|fast_image_resize|turbojpeg|ab_glyph)::' 'worker/src/(imaging|synthetic)(/.*)?\.rs'
  only_in 'only the command line prints' '(^|[^a-z_])e?println!\(' 'backend/src/cli(/.*)?\.rs'
}

check_shape() {
  local file lines name
  while IFS= read -r -d '' file; do
    lines=$(wc -l <"$file")
    [ "$lines" -lt 700 ] || fault "$file has $lines lines; 700 is the limit, 400 the aim"
    name=$(basename "$file")
    case $name in
      mod.rs) fault "$file: write foo.rs beside foo/, never mod.rs" ;;
      utils.rs | helpers.rs | common.rs | misc.rs) fault "$file: name what it is for" ;;
    esac
  done < <(find domain worker backend tests -name '*.rs' -print0)
  if grep -rnE '#!?\[allow\(' --include='*.rs' domain worker backend tests >&2; then
    fault 'write #[expect(lint, reason = "…")], never allow'
  fi
}

# Every setting is documented, and nothing is documented that is no setting.
check_settings() {
  local known documented
  known=$(sed -n '/^const KEYS/,/^\];/s/^ *"\(.*\)",$/ROLLPROOF_\U\1/p' domain/src/config.rs | sort)
  documented=$(sed -nE 's/^#? ?(ROLLPROOF_[A-Z0-9_]+)=.*/\1/p' .env.example | sort)
  diff <(echo "$known") <(echo "$documented") >&2 || fault '.env.example (>) and domain/src/config.rs (<) name different settings'
}

main() {
  declare -gA trees
  local package
  for package in rollproof-domain rollproof-worker; do
    trees[$package]=$(cargo tree --locked --package "$package" --edges normal --prefix none)
  done
  code=$(code_lines)
  check_dependencies
  check_lines
  check_shape
  check_settings
  [ "$faults" = 0 ] || { echo "layers: $faults rules broken" >&2; exit 1; }
}

main "$@"
