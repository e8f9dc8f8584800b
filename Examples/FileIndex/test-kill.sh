#!/usr/bin/env bash
# Indexes a tree in one go, then again with `kill -9` at random instants until it gets through, and compares the reports byte for
# byte. Usage: test-kill.sh FILE-INDEX [ROUNDS]
set -euo pipefail

program=$1
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A tree with duplicates, empty files, names that are hard to quote, and a file that can't be read: a link to it is not followed.
tree=$work/tree
for directory in a a/b "a/b/with blank" c "c/ünïcode" "c/ünïcode/deep"; do
    mkdir -p "$tree/$directory"
    for number in $(seq 150); do
        printf 'file %s of %s, %s\n' "$number" "$directory" "$(seq -s ' ' $((number * 7)))" >"$tree/$directory/$number.txt"
    done
    cp "$tree/$directory/7.txt" "$tree/$directory/a copy's copy.txt"
    : >"$tree/$directory/empty"
done
ln -s /etc/hostname "$tree/c/link"

"$program" "$tree" --database "$work/once.db" --report "$work/once.json" >"$work/once.log"
kills=0
for round in $(seq "$rounds"); do
    database=$work/killed-$round.db
    report=$work/killed-$round.json
    while :; do
        "$program" "$tree" --database "$database" --report "$report" --concurrency 4 >"$work/killed.log" 2>&1 &
        child=$!
        # 20 to 120 ms: from before the file is made to near the end.
        sleep "0.$(printf '%03d' $((20 + RANDOM % 100)))"
        if kill -9 "$child" 2>/dev/null; then
            kills=$((kills + 1))
            wait "$child" 2>/dev/null || true
            [ "$kills" -lt $((round * 12)) ] && continue
            # Enough: this time it may finish.
            "$program" "$tree" --database "$database" --report "$report" >"$work/killed.log" 2>&1
        else
            wait "$child" || { cat "$work/killed.log"; exit 1; }
        fi
        break
    done
    cmp "$work/once.json" "$report" || { echo "round $round: the reports differ" >&2; exit 1; }
done
echo "kill test: $rounds rounds, $kills kills, every report the same"
