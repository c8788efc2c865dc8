#!/usr/bin/env bash
# Rollproof against other programs on the same work, in one run on one machine. Prints a Markdown table of ratios.
#
#   ROLLPROOF_PEERS=DIR scripts/bench.sh [originals] [portraits] [ingest] [roll] [load] [search] [start]     default: all
#
#   originals   inspecting 12-megapixel originals, against sharp and against decoding alone
#   portraits   inspecting 480×640 portraits, once to be encoded again and once kept, against sharp and Pillow + ImageHash
#   ingest      `rollproof batch ingest` of 10,000 conforming photos, against the bare inspection of the same photos
#   roll        `rollproof roll import` of 1,000,000 rows, new and unchanged, against the databases' own loaders
#   load        a signed-in student's page against an endpoint that reads one row, and lookups from many addresses; needs wrk
#   search      one search for photos alike among the hashes of a million, on one core
#   start       from the start on a database of 1,000,000 records until /readyz answers, and the memory a second later
#
# The peers are not part of this repository. DIR holds peer_sharp.mjs, peer_pillow.py (each called with DIR REPEAT, printing
# `… N photos/s`) and peer_load.sh (called with ROLL.csv POSTGRES_URL, printing `…, N rows/s`); where one is absent, its
# columns say so. Every figure is the median of three. docs/benches.md explains the method and keeps results.
#
# BENCH_PHOTOS, BENCH_ROWS, BENCH_ORIGINALS and BENCH_RUNS (one instead of three, say) make a smaller run.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

readonly photos=${BENCH_PHOTOS:-10000}
readonly rows=${BENCH_ROWS:-1000000}
readonly originals=${BENCH_ORIGINALS:-40}
readonly runs=${BENCH_RUNS:-3}
readonly portraits=1000
readonly seed=7
peers=${ROLLPROOF_PEERS:-}
table=()

die() {
  echo "bench: $*" >&2
  exit 2
}

say() {
  echo "bench: $*" >&2
}

add_row() {
  table+=("| $1 | $2 | $3 | $4 | $5 | $6 |")
}

# WORK, OUR RATE, PEER, ITS RATE, WANTED RATIO, MEMORY: one row, with the ratio worked out.
compare() {
  local work=$1 ours=$2 peer=$3 theirs=$4 wanted=$5 memory=$6
  if [ -z "$theirs" ]; then
    add_row "$work" "$ours" "$peer: absent" "–" "$wanted" "$memory"
  else
    add_row "$work" "$ours" "$peer: $theirs" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')" "$wanted" "$memory"
  fi
}

median() {
  sort -g | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

# Runs "$@" so many times; its last `N photos/s` counts each time.
median_rate() {
  for _ in $(seq "$runs"); do
    "$@" 2>&1 | grep -oE '[0-9.]+ photos/s' | tail -n 1 | cut -d' ' -f1
  done | median
}

# Runs "$@" under /usr/bin/time; sets seconds and peak_mib. Exit 3 means done, with some rows or photos refused.
measure() {
  local log=$work/time.log status=0
  /usr/bin/time -v -o "$log" "$@" >"$work/measured.out" 2>"$work/measured.log" || status=$?
  if [ "$status" != 0 ] && [ "$status" != 3 ]; then
    tail -n 20 "$work/measured.log" >&2
    die "ended with $status: $*"
  fi
  seconds=$(awk '/Elapsed/ { n = split($NF, part, ":"); s = 0; for (i = 1; i <= n; i++) s = s * 60 + part[i]; print s }' "$log")
  peak_mib=$(awk '/Maximum resident/ { printf "%.0f", $NF / 1024 }' "$log")
}

rate() {
  awk -v amount="$1" -v seconds="$2" 'BEGIN { printf "%.0f", amount / seconds }'
}

build() {
  cargo build --release --locked --quiet -p rollproof-backend -p rollproof-worker --bins --examples
  built=$(realpath "${CARGO_TARGET_DIR:-target}/release")
}

# sharp and Pillow are installed for this run only; the packages' own clients fetch them.
install_peers() {
  has_sharp=no
  has_pillow=no
  if [ -z "$peers" ]; then
    say "ROLLPROOF_PEERS is not set: only Rollproof's own figures are taken"
  else
    peers=$(realpath "$peers")
    mkdir "$work/peers"
    if [ -f "$peers/peer_sharp.mjs" ]; then
      cp "$peers/peer_sharp.mjs" "$work/peers/" # Node looks for packages beside the script
      if (cd "$work/peers" && npm install --silent --no-audit --no-fund --prefix . sharp >&2); then has_sharp=yes; fi
    fi
  fi
  if python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet pillow imagehash >&2; then
    python=$work/venv/bin/python
    [ -z "$peers" ] || [ ! -f "$peers/peer_pillow.py" ] || has_pillow=yes
  else
    die "Pillow, which also prepares the pictures, cannot be installed: python3 with venv and a package index are needed"
  fi
}

sharp_rate() {
  [ "$has_sharp" = no ] || median_rate node "$work/peers/peer_sharp.mjs" "$1" "$2"
}

pillow_rate() {
  [ "$has_pillow" = no ] || median_rate "$python" "$peers/peer_pillow.py" "$1" "$2"
}

our_rate() {
  median_rate "$built/examples/inspect_rate" "$@"
}

# libjpeg-turbo's scaled decoding alone, through the same loop.
decode_rate() {
  median_rate "$built/examples/inspect_rate" "$1" "$2" studio-original --decode-only
}

# A drawn school's clean portraits: DIR/kept as they are, DIR/turned upside down with the EXIF mark that says so (they must
# be encoded again), DIR/originals enlarged to 12 megapixels.
draw_portraits() {
  [ ! -d "$work/pictures" ] || return 0
  say "drawing portraits"
  "$built/examples/draw" "$work/drawn" "$portraits" "$seed" >&2
  "$python" - "$work/drawn" "$work/pictures" "$originals" <<'PYTHON'
import io, json, os, sys, zipfile
from PIL import Image

drawn, out, originals = sys.argv[1], sys.argv[2], int(sys.argv[3])
for folder in ("kept", "turned", "originals"):
    os.makedirs(os.path.join(out, folder))
clean = [entry["entry"] for entry in json.load(open(os.path.join(drawn, "batch.truth.json")))["clean"]]
upside_down = Image.Exif()
upside_down[0x0112] = 3
with zipfile.ZipFile(os.path.join(drawn, "batch.zip")) as archive:
    for number, entry in enumerate(clean):
        name = f"{number:05}.jpg"
        content = archive.read(entry)
        open(os.path.join(out, "kept", name), "wb").write(content)
        picture = Image.open(io.BytesIO(content))
        turned = picture.transpose(Image.Transpose.ROTATE_180)
        turned.save(os.path.join(out, "turned", name), quality=92, exif=upside_down, dpi=(300, 300))
        if number < originals:
            large = picture.resize((3000, 4000), Image.Resampling.BICUBIC)
            large.save(os.path.join(out, "originals", name), quality=93, dpi=(300, 300))
PYTHON
}

bench_originals() {
  draw_portraits
  local folder=$work/pictures/originals ours
  say "12-megapixel originals"
  measure "$built/examples/inspect_rate" "$folder" 1 studio-original
  ours=$(our_rate "$folder" 3 studio-original)
  compare "12-megapixel originals, photos/s" "$ours" sharp "$(sharp_rate "$folder" 3)" 1.25 "$peak_mib"
  compare "12-megapixel originals, photos/s" "$ours" "decoding alone" \
    "$(decode_rate "$folder" 3)" 0.75 "$peak_mib"
}

bench_portraits() {
  draw_portraits
  local kind wanted folder ours sharp pillow
  for kind in turned kept; do
    folder=$work/pictures/$kind
    wanted=2.5
    [ "$kind" = turned ] || wanted=4
    say "480×640 portraits, $kind"
    measure "$built/examples/inspect_rate" "$folder" 1 chsi-graduation
    ours=$(our_rate "$folder" 3 chsi-graduation)
    sharp=$(sharp_rate "$folder" 1)
    pillow=$(pillow_rate "$folder" 1)
    compare "480×640 portraits, $kind, photos/s" "$ours" sharp "$sharp" "$wanted" "$peak_mib"
    compare "480×640 portraits, $kind, photos/s" "$ours" "Pillow + ImageHash" "$pillow" "$wanted" "$peak_mib"
  done
}

# A fresh house on SQLite, or on the PostgreSQL that TEST_DATABASE_URL names.
make_house() {
  local kind=$1 name=$2
  house=$work/$name
  mkdir "$house"
  export ROLLPROOF_DATA_DIR=$house ROLLPROOF_STORAGE_URL=file:$house/objects
  if [ "$kind" = postgres ]; then
    psql -q "$TEST_DATABASE_URL" -c "CREATE DATABASE bench_$name"
    ROLLPROOF_DATABASE_URL=${TEST_DATABASE_URL%/*}/bench_$name
    export ROLLPROOF_DATABASE_URL
    "$built/rollproof" migrate
  else
    export ROLLPROOF_DATABASE_URL=sqlite:$house/rollproof.db
  fi
}

# Clean photos alone, under their own names, so that all of them conform.
draw_conforming_batch() {
  "$built/examples/draw" "$work/large" "$((photos * 11 / 10))" "$seed" >&2 # some students have no photo, some a bad one
  "$python" - "$work/large" "$photos" <<'PYTHON'
import json, os, sys, zipfile

folder, wanted = sys.argv[1], int(sys.argv[2])
clean = [entry["entry"] for entry in json.load(open(os.path.join(folder, "batch.truth.json")))["clean"]][:wanted]
os.mkdir(os.path.join(folder, "photos"))
with zipfile.ZipFile(os.path.join(folder, "batch.zip")) as source, \
        zipfile.ZipFile(os.path.join(folder, "conforming.zip"), "w") as out:
    for number, entry in enumerate(clean):
        content = source.read(entry)
        out.writestr(os.path.basename(entry), content)
        open(os.path.join(folder, "photos", f"{number:05}.jpg"), "wb").write(content)
print(len(clean))
PYTHON
}

bench_ingest() {
  local drawn bare run all=() peak=0
  say "drawing $photos portraits"
  drawn=$(draw_conforming_batch)
  say "the bare inspection of $drawn photos"
  bare=$(our_rate "$work/large/photos" 1 chsi-graduation)
  for run in $(seq "$runs"); do
    say "ingest $run of $runs"
    make_house sqlite "ingest_$run"
    "$built/rollproof" agency add STUDIO 'Bench' >/dev/null
    "$built/rollproof" roll import "$work/large/roll.csv" --format json >/dev/null 2>&1 || [ $? = 3 ]
    "$built/rollproof" campaign add BENCH --name 'Bench' --mode legacy >/dev/null
    measure "$built/rollproof" batch ingest "$work/large/conforming.zip" --campaign BENCH --agency STUDIO --format json
    all+=("$(rate "$drawn" "$seconds")")
    peak=$((peak_mib > peak ? peak_mib : peak))
  done
  # Not before: ext4 passes over the places of files that were just deleted, one by one, for every file that is made.
  rm -rf -- "$work"/ingest_*
  compare "batch ingest of $drawn conforming photos, SQLite, photos/s" "$(printf '%s\n' "${all[@]}" | median)" \
    "bare inspection" "$bare" 0.5 "$peak (under 300)"
}

# FILE of a roll, DATABASE: three fresh imports and one repeat after each, and the records loaded into a table like their own; sets
# new_rate, unchanged_rate, own_table and peak.
import_rates() {
  local file=$1 kind=$2 run new=() unchanged=() loaded=()
  peak=0
  for run in $(seq "$runs"); do
    say "roll import of ${file##*/} on $kind, $run of $runs"
    make_house "$kind" "${kind}_${file##*.}_$run"
    measure "$built/rollproof" roll import "$file" --format json
    new+=("$(rate "$imported" "$seconds")")
    peak=$((peak_mib > peak ? peak_mib : peak))
    measure "$built/rollproof" roll import "$file" --format json
    unchanged+=("$(rate "$imported" "$seconds")")
    peak=$((peak_mib > peak ? peak_mib : peak))
    loaded+=("$(own_table_rate "$kind")")
    rm -rf -- "$house"
    [ "$kind" = sqlite ] || psql -q "$TEST_DATABASE_URL" -c "DROP DATABASE bench_${kind}_${file##*.}_$run WITH (FORCE)"
  done
  new_rate=$(printf '%s\n' "${new[@]}" | median)
  unchanged_rate=$(printf '%s\n' "${unchanged[@]}" | median)
  own_table=$(printf '%s\n' "${loaded[@]}" | median)
}

# The same rows as dBASE III: character fields, GB18030, names of the columns cut to what the format holds.
write_dbf() {
  "$python" - "$1" "$2" <<'PYTHON'
import csv, struct, sys

source, target = sys.argv[1], sys.argv[2]
initials = {"学号": "XH", "考生号": "KSH", "姓名": "XM", "性别": "XB", "证件号码": "SFZH", "身份证号": "SFZH", "出生日期": "CSRQ",
            "民族": "MZ", "院校代码": "YXDM", "学校代码": "YXDM", "院校名称": "YXMC", "学校名称": "YXMC", "层次": "CC", "专业名称": "ZYMC",
            "学院": "FY", "分院": "FY", "班级": "BH", "班号": "BH", "年级": "NJ", "入学日期": "RXRQ", "学籍状态": "XJZT", "学制": "XZ",
            "预计毕业日期": "YJBYRQ", "学习形式": "XXXS", "学历类别": "XLLB"}
with open(source, encoding="utf-8-sig", newline="") as text:
    rows = csv.reader(text)
    header = next(rows)
    widths = [1] * len(header)
    count = 0
    for row in rows:
        count += 1
        for at, cell in enumerate(row):
            widths[at] = min(254, max(widths[at], len(cell.encode("gb18030"))))
    text.seek(0)
    rows = csv.reader(text)
    next(rows)
    with open(target, "wb") as out:
        size = 1 + sum(widths)
        out.write(struct.pack("<BBBBIHH20x", 3, 126, 1, 1, count, 32 + 32 * len(header) + 1, size))
        for at, (name, width) in enumerate(zip(header, widths)):
            field = initials.get(name.lstrip("\ufeff"), name).encode("gb18030")[:10]
            out.write(struct.pack("<11sc4xBB14x", field, b"C", width, 0))
        out.write(b"\r")
        for row in rows:
            out.write(b" ")
            for width, cell in zip(widths, row):
                out.write(cell.encode("gb18030")[:width].ljust(width))
        out.write(b"\x1a")
PYTHON
}

# NAME as it stands in front of the peer's `N rows/s`.
loader_rate() {
  if [ -n "$peers" ] && [ -f "$peers/peer_load.sh" ]; then
    for _ in $(seq "$runs"); do
      bash "$peers/peer_load.sh" "$1" "$TEST_DATABASE_URL" | grep -F "$2" | grep -oE '[0-9.]+ rows/s' | cut -d' ' -f1
    done | median
  fi
}

# KIND, FILE: what was imported into $house, in a form that the database's own loader reads back; bytes as text of their length.
dump_records() {
  local names
  if [ "$1" = postgres ]; then
    psql -q "$ROLLPROOF_DATABASE_URL" -c "\\copy roll_records to '$2' with (format csv)"
    return
  fi
  names=$(sqlite3 "$house/rollproof.db" "SELECT group_concat(CASE type WHEN 'BLOB' \
    THEN 'substr(hex(' || name || '), 1, length(' || name || '))' ELSE name END, ', ') FROM pragma_table_info('roll_records')")
  sqlite3 -csv "$house/rollproof.db" "SELECT $names FROM roll_records ORDER BY record_id" >"$2"
}

# KIND: the records of $house, brought by the database's own loader into an empty table of the same columns and indexes.
own_table_rate() {
  local kind=$1 dump=$work/records.csv known arrived
  dump_records "$kind" "$dump"
  if [ "$kind" = postgres ]; then
    psql -q "$ROLLPROOF_DATABASE_URL" -c 'CREATE TABLE loaded (LIKE roll_records INCLUDING ALL)' -c CHECKPOINT
    measure psql -q "$ROLLPROOF_DATABASE_URL" -c "\\copy loaded from '$dump' with (format csv)"
    arrived=$(psql -qAt "$ROLLPROOF_DATABASE_URL" -c 'SELECT count(*) FROM loaded')
    known=$(psql -qAt "$ROLLPROOF_DATABASE_URL" -c 'SELECT count(*) FROM roll_records')
  else
    sqlite3 "$house/rollproof.db" "SELECT sql || ';' FROM sqlite_master WHERE tbl_name = 'roll_records' AND sql IS NOT NULL \
      AND type <> 'trigger' ORDER BY type DESC" >"$work/schema.sql"
    sqlite3 "$house/loaded.db" 'PRAGMA journal_mode = WAL' ".read $work/schema.sql" >/dev/null
    measure sqlite3 "$house/loaded.db" '.mode csv' ".import $dump roll_records"
    arrived=$(sqlite3 "$house/loaded.db" 'SELECT count(*) FROM roll_records')
    known=$(sqlite3 "$house/rollproof.db" 'SELECT count(*) FROM roll_records')
  fi
  rm -- "$dump"
  [ "$arrived" = "$known" ] || die "the loader on $kind brought $arrived of $known records"
  rate "$imported" "$seconds"
}

draw_roll() {
  [ ! -e "$work/roll" ] || return 0
  say "drawing a roll of $rows rows"
  mkdir "$work/roll"
  "$built/examples/draw_roll" "$work/roll/roll.csv" "$rows" "$seed" >&2
  imported=$(($(wc -l <"$work/roll/roll.csv") - 1))
}

bench_roll() {
  if [ -z "${TEST_DATABASE_URL:-}" ]; then
    TEST_DATABASE_URL=$(scripts/dev_pg.sh start "$work/pg")
  fi
  draw_roll
  write_dbf "$work/roll/roll.csv" "$work/roll/roll.dbf"
  local kind loader theirs format state ours
  for kind in sqlite postgres; do
    loader='sqlite3 .import'
    # shellcheck disable=SC1003 # a backslash is part of the command's name
    [ "$kind" = sqlite ] || loader='psql \copy'
    theirs=$(loader_rate "$work/roll/roll.csv" "$loader")
    for format in csv dbf; do
      import_rates "$work/roll/roll.$format" "$kind"
      for state in new unchanged; do
        ours=$new_rate
        [ "$state" = new ] || ours=$unchanged_rate
        compare "roll import of $imported rows, $format, $state, rows/s" "$ours" "$loader, five indexes" "$theirs" 0.33 "$peak (under 200)"
        compare "roll import of $imported rows, $format, $state, rows/s" "$ours" "$loader, the same columns and indexes" "$own_table" 0.33 \
          "$peak (under 200)"
      done
    done
  done
}

# FILE of public_load's output, ROW of its table, COLUMN.
load_figure() {
  awk -F ' *[|] *' -v row="$2" -v column="$3" '$2 == row { print $(column + 2) }' "$1"
}

bench_load() {
  local kind printed
  for kind in SQLite PostgreSQL; do
    say "students on $kind"
    printed=$work/load.$kind
    if [ "$kind" = SQLite ]; then
      TEST_DATABASE_URL='' "$built/examples/public_load" 50000 5 2000 >"$printed" || true
    else
      scripts/dev_pg.sh run "$built/examples/public_load" 50000 5 2000 >"$printed" || true
    fi
    grep -q '^unknown less' "$printed" || die "the load on $kind was not measured: $(cat "$printed")"
    compare "page of a signed-in student, $kind, requests/s" "$(load_figure "$printed" 'own page' 1)" \
      'an endpoint that reads one row' "$(load_figure "$printed" 'one row' 1)" 0.5 '–'
    add_row "lookup, $kind, requests/s" "$(load_figure "$printed" lookup 1)" '–' '–' '300/s' '–'
    add_row "lookup at $(load_figure "$printed" 'lookup, as many as wanted' 1)/s, $kind, 99 % within, ms" \
      "$(load_figure "$printed" 'lookup, as many as wanted' 3)" '–' '–' 'under 50' '–'
  done
}

bench_search() {
  say "searching among the hashes of a million photos"
  local printed
  printed=$(cargo bench --locked --quiet -p rollproof-backend -p rollproof-worker --bench imaging -- 'shortlist of a million' 2>&1)
  add_row 'search for photos alike among 1,000,000' "$(grep -oE 'time: +\[.*\]' <<<"$printed" | awk '{ print $4, $5 }')" '–' '–' 'under 10 ms' '–'
}

bench_start() {
  draw_roll
  make_house sqlite start
  say "importing $imported rows"
  "$built/rollproof" roll import "$work/roll/roll.csv" --format json >/dev/null 2>&1 || [ $? = 3 ]
  local run port=8797 server began times=() memories=()
  for run in $(seq "$runs"); do
    say "start $run of $runs"
    began=$(date +%s%N)
    "$built/rollproof" serve --listen "127.0.0.1:$port" 2>/dev/null &
    server=$!
    until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/readyz"; do :; done
    times+=("$((($(date +%s%N) - began) / 1000000))")
    sleep 1
    memories+=("$(($(awk '/VmRSS/ { print $2 }' "/proc/$server/status") / 1024))")
    kill "$server"
    wait "$server" || true
  done
  add_row "start on $imported records to /readyz, ms" "$(printf '%s\n' "${times[@]}" | median)" '–' '–' 'under 300' \
    "$(printf '%s\n' "${memories[@]}" | median) idle (under 80)"
  rm -rf -- "$house"
}

print_table() {
  echo "$(date -u +%F), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1); medians of $runs"
  echo
  echo '| work | Rollproof | against | ratio | wanted at least | peak memory, MiB |'
  echo '|---|---|---|---|---|---|'
  printf '%s\n' "${table[@]}"
}

clean_up() {
  if [ -d "$work/pg" ]; then scripts/dev_pg.sh stop "$work/pg"; fi
  rm -rf -- "$work"
}

main() {
  local part parts=("$@")
  [ "${#parts[@]}" -gt 0 ] || parts=(originals portraits ingest roll load search start)
  for part in "${parts[@]}"; do
    case $part in originals | portraits | ingest | roll | load | search | start) ;; *) die "there is no part $part; the head of this file names them" ;; esac
  done
  for part in /usr/bin/time curl python3 node sqlite3 psql; do
    command -v "$part" >/dev/null || die "$part is needed"
  done
  work=$(mktemp -d)
  trap clean_up EXIT
  chmod 711 "$work" # the account that runs PostgreSQL passes through
  build
  install_peers
  for part in "${parts[@]}"; do
    "bench_$part"
  done
  print_table
}

main "$@"
