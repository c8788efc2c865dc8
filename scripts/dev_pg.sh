#!/usr/bin/env bash
# A private PostgreSQL for development and tests, from the distribution's own package.
#
#   scripts/dev_pg.sh start [DIR]      makes and starts a server whose every file is below DIR, prints its URL
#   scripts/dev_pg.sh url [DIR]        prints the URL of the running server
#   scripts/dev_pg.sh restart [DIR]    breaks every connection and lets the server recover, on the same port
#   scripts/dev_pg.sh stop [DIR]       stops that server and removes DIR
#   scripts/dev_pg.sh run [--no-fsync] COMMAND…
#                                      runs COMMAND with TEST_DATABASE_URL set to a server that lives as long as it does; with
#                                      --no-fsync one that never waits for the disk, for tests that make a database each
#
# DIR defaults to a folder of the calling user below $TMPDIR. The server listens on 127.0.0.1 alone, on a port of its own,
# but lets every local account in without a password: never put real data into it.
set -euo pipefail

readonly marker=.rollproof-dev-pg
readonly server_account=postgres # PostgreSQL refuses to run as root; Debian's package brings this account
durability=''                    # settings of a server whose data nobody needs after a power cut

die() {
  echo "dev_pg: $*" >&2
  exit 2
}

say() {
  echo "dev_pg: $*" >&2
}

# The newest installed version; Debian and Ubuntu keep these programs out of PATH.
find_programs() {
  bin=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
  if [ -z "$bin" ]; then
    local initdb
    initdb=$(command -v initdb) || die "PostgreSQL is not installed; run scripts/setup.sh --tests"
    bin=$(dirname "$initdb")
  fi
}

as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && runuser -u "$server_account" -- "$@")
  else
    "$@"
  fi
}

make_folder() {
  mkdir -p "$dir"
  if [ ! -e "$dir/$marker" ] && [ -n "$(ls -A "$dir")" ]; then
    die "$dir is not empty and not a folder of this script; name another one"
  fi
  [ "$(id -u)" != 0 ] || chown "$server_account" "$dir"
  chmod 700 "$dir"
  as_server touch "$dir/$marker" || die "the account that runs PostgreSQL cannot write to $dir; name another folder"
}

make_cluster() {
  [ ! -e "$dir/data/PG_VERSION" ] || return 0
  say "making a server in $dir"
  as_server "$bin/initdb" --pgdata "$dir/data" --username rollproof --auth trust --encoding UTF8 --locale C \
    --no-instructions >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; die "initdb failed"; }
}

is_running() {
  [ -e "$dir/$marker" ] && as_server "$bin/pg_ctl" --pgdata "$dir/data" status >/dev/null 2>&1
}

is_port_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

pick_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000)) # below the range that outgoing connections use
    if is_port_free "$port"; then
      echo "$port"
      return
    fi
  done
  die "no free port between 20000 and 32000"
}

# The port may be taken between the look and the start, so a failed start is tried on other ports.
start_server() {
  local port
  for _ in 1 2 3 4 5; do
    port=$(pick_port)
    if as_server "$bin/pg_ctl" --pgdata "$dir/data" --log "$dir/server.log" --wait --timeout 60 --silent \
      --options "-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$dir' -c max_connections=200 $durability" \
      start >&2; then
      echo "postgres://rollproof@127.0.0.1:$port/postgres" >"$dir/url"
      return
    fi
  done
  tail -n 20 "$dir/server.log" >&2
  die "the server does not start"
}

start() {
  if is_running; then
    say "already running"
  else
    # A longer path than this does not fit into the address of a Unix socket.
    [ "${#dir}" -le 80 ] || die "$dir is too long a path for a socket; name a shorter one"
    make_folder
    make_cluster
    start_server
    say "started, process $(head -n 1 "$dir/data/postmaster.pid")"
  fi
  cat "$dir/url"
}

stop() {
  if is_running; then
    # pg_ctl signals the one process that the folder's own pid file names.
    as_server "$bin/pg_ctl" --pgdata "$dir/data" --mode immediate --wait --silent stop >&2
    say "stopped"
  fi
  if [ -e "$dir/$marker" ]; then
    rm -rf -- "$dir"
  fi
}

# As after a power cut: nothing is written in an orderly way first.
restart() {
  is_running || die "no server runs in $dir; start it with scripts/dev_pg.sh start"
  as_server "$bin/pg_ctl" --pgdata "$dir/data" --log "$dir/server.log" --mode immediate --wait --timeout 60 --silent restart >&2
}

print_url() {
  is_running || die "no server runs in $dir; start it with scripts/dev_pg.sh start"
  cat "$dir/url"
}

run() {
  if [ "${1:-}" = --no-fsync ]; then
    durability='-c fsync=off -c full_page_writes=off -c synchronous_commit=off'
    shift
  fi
  [ $# -gt 0 ] || die "name the command to run"
  dir=$(mktemp -d "${TMPDIR:-/tmp}/rollproof-pg.XXXXXX")
  trap stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  local url
  url=$(start)
  TEST_DATABASE_URL=$url "$@"
}

main() {
  local verb=${1:-}
  find_programs
  case $verb in
    run)
      shift
      run "$@"
      return
      ;;
    start | restart | stop | url) ;;
    *) die "use start, restart, stop, url or run; the head of this file explains them" ;;
  esac
  dir=$(realpath -m -- "${2:-${TMPDIR:-/tmp}/rollproof-pg-$(id -u)}")
  case $verb in
    start) start ;;
    restart) restart ;;
    stop) stop ;;
    url) print_url ;;
  esac
}

main "$@"
