#!/usr/bin/env bash
# Indexes a tree in one go, then again with `kill -9` at random instants until it gets through, and compares the reports byte for
# byte; then the other ways in which a run may begin and end. Usage: test-kill.sh FILE-INDEX [ROUNDS]
set -euo pipefail

program=$1
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "kill test: $*" >&2
    exit 1
}

# Runs the program with the arguments after the first, which is the exit code that it should have; keeps its output in $work/log.
expect() {
    local expected=$1 code=0
    shift
    "$program" "$@" >"$work/log" 2>&1 || code=$?
    [ "$code" = "$expected" ] || { cat "$work/log" >&2; fail "exit code $code instead of $expected: $*"; }
}

# 3000 files with duplicates, empty ones, names that are hard to quote, and a link, which is not followed.
tree=$work/tree
for directory in a a/b "a/b/with blank" c "c/ünïcode" "c/ünïcode/deep" d d/e d/e/f g; do
    mkdir -p "$tree/$directory"
    awk -v directory="$tree/$directory" 'BEGIN {
        for (number = 1; number <= 300; number++) {
            file = directory "/" number ".txt"
            for (line = 1; line <= number; line++) print "line " line " of file " number > file
            close(file)
        }
    }'
    printf foobar >"$tree/$directory/a copy's copy"
    : >"$tree/$directory/empty"
done
printf 'of one size, but not the same: 1' >"$tree/one"
printf 'of one size, but not the same: 2' >"$tree/two"
ln -s /etc/hostname "$tree/c/link"

once=(--database "$work/once.db" --report "$work/once.json")
expect 0 "$tree" "${once[@]}"
grep -q '"files" : 3022,' "$work/once.json" || fail "there are 3022 files"
# The test vector of FNV-1a, 128 bits.
grep -q '"343e1662793c64bf6f0d3597ba446f18"' "$work/once.json" || fail "the checksum of 'foobar' is wrong"
! grep -q '"one"' "$work/once.json" || fail "files that differ are called duplicates"

# Killed at any instant, it goes on and ends with the same report, and does no job twice that had ended.
kills=0
for round in $(seq "$rounds"); do
    killed=(--database "$work/killed-$round.db" --report "$work/killed-$round.json")
    for ((attempt = 0; attempt < 12; attempt++)); do
        "$program" "$tree" "${killed[@]}" --concurrency 4 >"$work/log" 2>&1 &
        child=$!
        # 10 to 400 ms: from before the file is made to near the end.
        sleep "0.$(printf '%03d' $((10 + RANDOM % (RANDOM % 390 + 1))))"
        if kill -9 "$child" 2>/dev/null; then kills=$((kills + 1)); fi
        wait "$child" 2>/dev/null && break
    done
    expect 0 "$tree" "${killed[@]}"
    cmp "$work/once.json" "$work/killed-$round.json" || fail "round $round: the reports differ"
done

# Finished, it says so, and gives the report again; with --fresh it starts anew.
rm "$work/once.json"
expect 0 "$tree" "${once[@]}"
grep -q "was indexed before" "$work/log" || fail "a second run does not say that there is nothing to do"
cmp "$work/once.json" "$work/killed-1.json" || fail "the report that is given again differs"
expect 2 "$tree/a" "${once[@]}"
expect 0 "$tree" "${once[@]}" --fresh
grep -q "^jobs: 3034" "$work/log" || { cat "$work/log" >&2; fail "a fresh run does not do every job once"; }
cmp "$work/once.json" "$work/killed-1.json" || fail "the report of a fresh run differs"

# Asked to end, it says that it goes on next time.
"$program" "$tree" --database "$work/asked.db" --report "$work/asked.json" --concurrency 1 >"$work/log" 2>&1 &
child=$!
# A log of some size means that jobs are running.
until [ "$({ wc -c <"$work/asked.db-wal" || echo 0; } 2>/dev/null)" -gt 200000 ]; do
    kill -0 "$child" 2>/dev/null || break
    sleep 0.01
done
kill -TERM "$child" 2>/dev/null || true
code=0
wait "$child" || code=$?
[ "$code" = 130 ] || [ "$code" = 0 ] || { cat "$work/log" >&2; fail "exit code $code after SIGTERM"; }
expect 0 "$tree" --database "$work/asked.db" --report "$work/asked.json"
cmp "$work/asked.json" "$work/killed-1.json" || fail "the report after an interruption differs"

# An external program gives the checksums; what it refuses for good is unreadable.
cat >"$work/checksum" <<'SCRIPT'
#!/bin/sh
case "$1" in */7.txt) exit 1 ;; esac
wc -c <"$1"
SCRIPT
chmod +x "$work/checksum"
expect 0 "$tree/g" --database "$work/command.db" --report "$work/command.json" --checksum-command "$work/checksum"
grep -A 2 '"unreadable"' "$work/command.json" | grep -q '"7.txt"' || fail "a file that can't be read is not reported"

# Mistakes are told, and nothing is touched.
printf 'precious' >"$work/precious"
expect 1 "$tree" --database "$work/precious" --report "$work/x.json" --fresh
[ "$(cat "$work/precious")" = precious ] || fail "a foreign file was touched"
expect 1 "$tree" --database "$work/none/x.db" --report "$work/x.json"
expect 2 "$work/none"
expect 2 "$tree" --concurrency 0
expect 2 "$tree" --concurrency
expect 2 "$tree" --unknown
expect 2

echo "kill test: $rounds rounds, $kills kills, every report the same"
