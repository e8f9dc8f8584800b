#!/usr/bin/env bash
# Works off a real directory and compares with what find, wc and awk count; then a tree with large files, in which a job is set aside for
# an urgent one and the program is killed in the middle. Usage: test.sh PIPELINE [DIRECTORY]
set -euo pipefail

program=$1
directory=${2:-$(cd "$(dirname "$0")/../../Sources" && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

fail() {
    echo "pipeline test: $*" >&2
    exit 1
}

# Runs the program with the arguments after the first, which is the exit code that it should have; keeps its output in $work/log.
expect() {
    local expected=$1 code=0
    shift
    "$program" "$@" >"$work/log" 2>&1 || code=$?
    [ "$code" = "$expected" ] || { cat "$work/log" >&2; fail "exit code $code instead of $expected: $*"; }
}

# A figure of the total in a report or a section.
figure() {
    sed -n '/"total" : {/,/}/p' "$1" | sed -n "s/.*\"$2\" : \([0-9]*\).*/\1/p"
}

# Compares the totals of a report with what other programs count.
compare() {
    local tree=$1 report=$2
    [ "$(figure "$report" files)" = "$(find "$tree" -type f | wc -l | tr -d ' ')" ] || fail "files of $tree"
    [ "$(figure "$report" bytes)" = "$(find "$tree" -type f -exec cat {} + | wc -c | tr -d ' ')" ] || fail "bytes of $tree"
    [ "$(figure "$report" lines)" = "$(find "$tree" -type f -exec cat {} + | wc -l | tr -d ' ')" ] || fail "lines of $tree"
    # Not wc -w: some take what they can't print for no word.
    [ "$(figure "$report" words)" = "$(find "$tree" -type f -exec awk '{ gsub(/[\r\f\v]/, " "); n += NF } END { print n + 0 }' {} + |
        awk '{ n += $1 } END { print n + 0 }')" ] || fail "words of $tree"
}

# A real directory.
expect 0 "$directory" --database "$work/real.db" --report "$work/real.json" --sections "$work/real" --verify
grep -q '^verified: ' "$work/log" || fail "the report was not verified"
compare "$directory" "$work/real.json"
[ "$(find "$work/real" -name index.json | wc -l)" = "$(find "$directory" -type d | wc -l)" ] || fail "a section is missing"
[ "$(figure "$work/real/index.json" lines)" = "$(figure "$work/real.json" lines)" ] || fail "the root's section"

# A tree in which jobs take their time: with two slots, two large files hold them.
tree=$work/tree
mkdir -p "$tree/a/deep" "$tree/b" "$tree/empty"
for number in 1 2 3; do awk -v n="$number" 'BEGIN { for (i = 0; i < 60000; i++) print "line", i, "of file", n }' >"$tree/a/$number.log"; done
cp "$tree/a/1.log" "$tree/b/a copy"
for number in $(seq 200); do echo "file $number" >"$tree/a/deep/$number.txt"; done
slow=(--large 1000000 --concurrency 2 --weight a=3)
expect 0 "$tree" --database "$work/once.db" --report "$work/once.json" --sections "$work/once" "${slow[@]}" --verify
compare "$tree" "$work/once.json"
grep -q '^large files: 4, sets of duplicates: 1$' "$work/log" || fail "the duplicate was not found"
kinds=$(grep '^jobs by kind: ' "$work/log")

killed=(--database "$work/killed.db" --report "$work/killed.json" --sections "$work/killed" "${slow[@]}")
"$program" "$tree" "${killed[@]}" --bandwidth 500000 --explain >"$work/killed.log" 2>&1 &
child=$!
until grep -q ' % ' "$work/killed.log"; do
    kill -0 "$child" || { cat "$work/killed.log" >&2; fail "it ended before anything was seen of it"; }
    sleep 0.05
done
grep -q 'worker: 2 of 2 running' "$work/killed.log" || sleep 1.5
grep -q 'worker: 2 of 2 running' "$work/killed.log" || fail "it does not say why jobs wait"
expect 0 "$tree" --database "$work/killed.db" --urgent "$tree/a/deep/7.txt"
grep -q "^1 2 7 $tree/a/deep/7.txt" "$work/log" || { cat "$work/log" >&2; fail "the urgent file was not counted"; }
until grep -q 'is set aside for a more urgent job' "$work/killed.log"; do
    kill -0 "$child" || fail "no job was set aside"
    sleep 0.05
done
kill -9 "$child"
wait "$child" 2>/dev/null || true
[ ! -e "$work/killed.json" ] || fail "the report is there before the end"

# It goes on, and does every job once.
expect 0 "$tree" "${killed[@]}" --verify
grep -q '^going on with ' "$work/log" || fail "it does not go on"
cmp "$work/once.json" "$work/killed.json" || fail "the reports differ"
# A kill may leave the file that an atomic write had begun.
diff -r -x ".dat.nosync*" "$work/once" "$work/killed" || fail "the sections differ"
grep -qF "$kinds, 1 urgent" "$work/log" || { cat "$work/log" >&2; fail "not the same jobs as at one go: $kinds"; }

# Finished, it gives the report again; with --fresh it begins anew; asked to end, it goes on next time.
expect 0 "$tree" "${killed[@]}"
grep -q 'was worked off before' "$work/log" || fail "a second run does not say that there is nothing to do"
"$program" "$tree" "${killed[@]}" --fresh --bandwidth 500000 >"$work/log" 2>&1 &
child=$!
until grep -q ' running, ' "$work/log"; do
    kill -0 "$child" || fail "it ended before it was asked to"
    sleep 0.05
done
# The second signal does not wait for jobs to end.
kill -TERM "$child"
sleep 0.2
kill -TERM "$child" 2>/dev/null || true
code=0
wait "$child" || code=$?
[ "$code" = 130 ] || { cat "$work/log" >&2; fail "exit code $code after SIGTERM"; }
expect 0 "$tree" "${killed[@]}" --rate 100
cmp "$work/once.json" "$work/killed.json" || fail "the report after an interruption differs"

# Mistakes are told, and nothing is touched.
printf 'precious' >"$work/precious"
expect 1 "$tree" --database "$work/precious" --fresh
[ "$(cat "$work/precious")" = precious ] || fail "a foreign file was touched"
expect 2 "$tree/a" "${killed[@]}"
expect 2 "$work/none"
expect 2 "$tree" --weight a
expect 2 "$tree" --weight a=0
expect 2 "$tree" --rate 0
expect 2 "$tree" --unknown
expect 2

echo "pipeline test: every report the same, and as find, wc and awk count"
