#!/usr/bin/env bash
# Brings a Debian or Ubuntu machine to where Rollproof builds. Says what it does; does nothing where nothing is missing.
#
#   scripts/setup.sh            what a build needs: compilers, libpq, Node and the packages of the pages; and what runs beside the
#                               program: pdftoppm and Chinese type
#   scripts/setup.sh --tests    also PostgreSQL, Chromium and the foreign clients (tuspy, schemathesis), for the tests
#
# Rust is not installed but asked for: it comes through rustup into your own account.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

say() {
  echo "setup: $*" >&2
}

die() {
  say "$*"
  exit 2
}

missing=()

need_command() {
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

find_missing() {
  need_command cc build-essential
  need_command c++ build-essential
  need_command make build-essential
  need_command cmake cmake # builds libjpeg-turbo
  need_command nasm nasm   # its assembler; without it decoding is several times slower
  need_command pkg-config pkg-config
  need_command pdftoppm poppler-utils # draws the pages of PDF files that support a ticket
  compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk) # their watermark
  need_command node nodejs
  need_command npm npm
  if ! command -v pkg-config >/dev/null 2>&1 || ! pkg-config --exists libpq; then
    missing+=(libpq-dev)
  fi
  if [ "$with_tests" = yes ]; then
    need_command psql postgresql-client
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need_command initdb postgresql
    need_command chromium chromium
    need_command openssl openssl # certificates of the tests' own mail server
    need_command valgrind valgrind # counts instructions
    compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null || missing+=(libfaketime) # days that go by
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    die "neither root nor sudo: have an administrator run apt-get install ${missing[*]}"
  fi
}

install_packages() {
  [ "${#missing[@]}" -gt 0 ] || return 0
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  command -v apt-get >/dev/null 2>&1 ||
    die "this is neither Debian nor Ubuntu; install what corresponds to: ${missing[*]}"
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Any command of cargo inside this folder makes rustup fetch the version that rust-toolchain.toml names.
check_rust() {
  local wanted found
  wanted=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  command -v cargo >/dev/null 2>&1 ||
    die "Rust $wanted is needed and is not installed: follow https://rustup.rs, open a new shell, then run this again"
  found=$(cargo --version | cut -d' ' -f2) || die "rustup could not provide Rust $wanted; see its message above"
  if [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" != "$wanted" ]; then
    die "Rust $wanted or newer is needed, this is $found: run \`rustup update\`, or follow https://rustup.rs"
  fi
}

install_page_packages() {
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then
    return
  fi
  say "installing the packages of the pages (npm ci)"
  npm ci --no-audit --no-fund --loglevel=error >&2
}

# Clients of others that the tests let loose on the server, in an environment of their own.
install_clients() {
  local wanted=tests/clients/requirements.txt folder=target/clients
  if cmp -s "$wanted" "$folder/installed.txt"; then
    return
  fi
  say "installing tuspy and schemathesis into $folder"
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted" >&2
  cp "$wanted" "$folder/installed.txt"
}

main() {
  with_tests=no
  case ${1:-} in
    '') ;;
    --tests) with_tests=yes ;;
    *) die "use scripts/setup.sh [--tests]" ;;
  esac
  find_missing
  install_packages
  check_rust
  install_page_packages
  if [ "$with_tests" = yes ]; then
    install_clients
  fi
}

main "$@"
