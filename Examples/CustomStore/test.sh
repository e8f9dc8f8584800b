#!/usr/bin/env bash
# Takes checksums in one go; then with `kill -9` at random instants and torn journals until it gets through, and compares the output.
# Usage: test.sh CHECKSUMS [ROUNDS]
set -euo pipefail

program=$1
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "checksums test: $*" >&2
    exit 1
}

# Runs the program with the arguments after the first, which is the exit code that it should have; keeps what it prints.
expect() {
    local expected=$1 code=0
    shift
    "$program" "$@" >"$work/out" 2>"$work/log" || code=$?
    [ "$code" = "$expected" ] || { cat "$work/log" >&2; fail "exit code $code instead of $expected: $*"; }
}

tree=$work/tree
for directory in a "a/with blank" "b/ünïcode"; do
    mkdir -p "$tree/$directory"
    for ((number = 1; number <= 100; number++)); do
        printf 'file %s of %s\n' "$number" "$directory" >"$tree/$directory/$number.txt"
    done
done
printf foobar >"$tree/foobar"
: >"$tree/empty"
ln -s /etc/hostname "$tree/link"

expect 0 "$tree" "$work/once.journal"
cp "$work/out" "$work/once"
[ "$(wc -l <"$work/once")" -eq 302 ] || fail "there are $(wc -l <"$work/once") checksums, not 302"
# The test vector of FNV-1a, 128 bits.
grep -q '^343e1662793c64bf6f0d3597ba446f18  foobar$' "$work/once" || fail "the checksum of 'foobar' is wrong"

# Killed at any instant, it goes on; and a journal that has lost its end goes on from what is whole.
kills=0 torn=0
for round in $(seq "$rounds"); do
    journal=$work/killed-$round.journal
    for ((attempt = 0; attempt < 12; attempt++)); do
        "$program" "$tree" "$journal" >/dev/null 2>"$work/log" &
        child=$!
        sleep "0.$(printf '%03d' $((10 + RANDOM % (RANDOM % 190 + 1))))"
        if kill -9 "$child" 2>/dev/null; then kills=$((kills + 1)); fi
        wait "$child" 2>/dev/null && break
        if [ -s "$journal" ] && [ $((RANDOM % 2)) = 0 ]; then
            size=$(($(wc -c <"$journal")))
            head -c $((size > 300 ? size - RANDOM % 300 : 0)) "$journal" >"$work/torn"
            mv "$work/torn" "$journal"
            torn=$((torn + 1))
        fi
    done
    expect 0 "$tree" "$journal"
    cmp "$work/once" "$work/out" || fail "round $round: the checksums differ"
done

# Complete, it prints the same again, out of the journal.
rm "$tree/foobar"
expect 0 "$tree" "$work/once.journal"
cmp "$work/once" "$work/out" || fail "a second run differs"

# Mistakes are told, and nothing is touched.
printf 'precious' >"$work/precious"
expect 1 "$tree" "$work/precious"
[ "$(cat "$work/precious")" = precious ] || fail "a foreign file was touched"
awk 'NR == 3 { $0 = $0 " " } { print }' "$work/killed-1.journal" >"$work/damaged.journal"
cp "$work/damaged.journal" "$work/as-it-was"
expect 1 "$tree" "$work/damaged.journal"
grep -q 'damaged at byte' "$work/log" || { cat "$work/log" >&2; fail "damage is not told"; }
cmp "$work/damaged.journal" "$work/as-it-was" || fail "a damaged journal was touched"
expect 2 "$tree/a" "$work/killed-1.journal"
expect 2

echo "checksums test: $rounds rounds, $kills kills, $torn torn journals, all checksums the same"
