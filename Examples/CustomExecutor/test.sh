#!/usr/bin/env bash
# Runs lines of all sorts; then many, with `kill -9` at random instants until all are done, and counts what ran.
# Usage: test.sh RUN-LINES [LINES]
set -euo pipefail

program=$1
count=${2:-120}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "run-lines test: $*" >&2
    exit 1
}

# Runs the program with the arguments after the first, which is the exit code that it should have; keeps its output in log.
expect() {
    local expected=$1 code=0
    shift
    "$program" "$@" >log 2>&1 || code=$?
    [ "$code" = "$expected" ] || { cat log >&2; fail "exit code $code instead of $expected: $*"; }
}

# The rules of words, and the output files.
cat >lines <<'LINES'
# a comment, and an empty line

printf %s|  a  'b c'  "d \"e\" \n \\" f\ g '' $HOME * h'i j'k
@high sh -c 'echo out; echo err >&2'
'@is-no-program' x
no-such-program
sh -c 'exit 3'
LINES
printf 'printf %%s "no newline at the end"' >>lines
expect 1 --output out <lines
[ "$(cat out/000003.out)" = 'a|b c|d "e" \n \|f g||$HOME|*|hi jk|' ] || fail "the words are $(cat out/000003.out)"
[ "$(cat out/000004.out out/000004.err)" = "$(printf 'out\nerr')" ] || fail "output is not where it should be"
[ "$(cat out/000008.out)" = 'no newline at the end' ] || fail "the last line did not run"
grep -q '^line 5 failed, 1 attempt: .*notFound' log || { cat log >&2; fail "a missing program is not told"; }
grep -q '^line 7 failed, 1 attempt: .*code 3' log || { cat log >&2; fail "a failure is not told"; }
grep -q '^3 succeeded, 3 failed, 0 left$' log || { cat log >&2; fail "the summary is wrong"; }
# Failures are kept, and nothing runs twice.
expect 2 <lines
expect 1 --resume
grep -q '^3 succeeded, 3 failed, 0 left$' log || { cat log >&2; fail "a second summary differs"; }
rm run-lines.db*

# A mistake in any line, and nothing runs.
for bad in "touch x ' y" 'touch x " y' 'touch x \' '@urgent touch x' '@high' '@300 touch x' $'touch \xff'; do
    expect 2 <<<"touch x"$'\n'"$bad"
    grep -q '^run-lines: line 2: ' log || { cat log >&2; fail "the mistake in <$bad> is not told"; }
done
printf 'touch x\ntouch a\0b\n' >nul
expect 2 <nul
[ ! -e x ] && [ ! -e run-lines.db ] || fail "something ran in spite of a mistake"
expect 2 --resume
expect 2 --jobs 0 </dev/null
expect 2 --unknown </dev/null
expect 0 </dev/null
[ ! -e run-lines.db ] || fail "a complete run leaves its database"

# One at a time, they run by priority, and then in their order.
expect 0 --jobs 1 <<'LINES'
@idle sh -c 'echo 6 >>order'
sh -c 'echo 3 >>order'
@background sh -c 'echo 5 >>order'
@127 sh -c 'echo 2 >>order'
@normal sh -c 'echo 4 >>order'
@high sh -c 'echo 1 >>order'
LINES
[ "$(tr -d '\n' <order)" = 123456 ] || fail "the order is $(tr -d '\n' <order)"

# A line that fails twice and then succeeds; one that takes too long.
expect 0 --retries 2 --delay 0 <<<"sh -c 'echo >>tries; test \$(wc -l <tries) -eq 3'"
[ "$(wc -l <tries)" -eq 3 ] || fail "there were $(wc -l <tries) tries"
expect 1 --timeout 1 <<<"sleep 1000"
grep -q 'timed out' log || { cat log >&2; fail "a line that takes too long is not told"; }
rm run-lines.db*

# Killed at any instant, it goes on, and runs no line again that had ended.
for ((number = 1; number <= count; number++)); do
    echo "sh -c 'echo \"\$1\" >>begun; echo \"output of \$1\"; sleep 0.0$((RANDOM % 5)); echo \"\$1\" >>ended' line $number"
done >many
: >begun
kills=0
arguments=(--jobs 4)
input=many
while true; do
    "$program" "${arguments[@]}" <"$input" >log 2>&1 &
    child=$!
    sleep "0.$(printf '%03d' $((100 + RANDOM % 400)))"
    if kill -9 "$child" 2>/dev/null; then kills=$((kills + 1)); fi
    code=0
    wait "$child" 2>/dev/null || code=$?
    [ "$code" = 0 ] && break
    [ "$code" = 137 ] || { cat log >&2; fail "exit code $code after a kill"; }
    # Killed before there was a database, it begins anew.
    if [ -s run-lines.db ]; then arguments=(--resume --jobs 4) input=/dev/null; else rm -f run-lines.db*; fi
    [ "$kills" -lt 40 ] || { expect 0 --resume --jobs 8; break; }
done
# Programs that were running at a kill go on by themselves.
for ((wait = 0; wait < 100; wait++)); do
    [ "$(wc -l <begun)" = "$(wc -l <ended)" ] && break
    sleep 0.1
done
[ "$(sort -un ended | wc -l)" -eq "$count" ] || fail "$(sort -un ended | wc -l) of $count lines have run"
again=$(($(wc -l <begun) - count))
[ "$again" -le $((kills * 4)) ] || fail "$again lines ran again after $kills kills, more than could have been running"
for number in 1 "$count"; do
    [ "$(cat "run-lines.out/$(printf '%06d' "$number").out")" = "output of $number" ] || fail "the output of line $number"
done

# Asked to end, it lets the running lines end, and the rest is left.
for ((number = 1; number <= 400; number++)); do echo "sleep 0.05"; done >slow
"$program" --jobs 2 --output slow.out <slow >log 2>&1 &
child=$!
until [ -e slow.out/000003.out ]; do
    kill -0 "$child" 2>/dev/null || break
    sleep 0.01
done
kill -TERM "$child" 2>/dev/null || true
code=0
wait "$child" || code=$?
[ "$code" = 130 ] || { cat log >&2; fail "exit code $code after SIGTERM"; }
grep -q ' 0 failed, ' log || { cat log >&2; fail "a line failed by the interruption"; }
expect 0 --resume --jobs 50 --output slow.out
grep -q '^400 succeeded, 0 failed, 0 left$' log || { cat log >&2; fail "not all lines ran after the interruption"; }

echo "run-lines test: $count lines, $kills kills, $again run again, all as promised"
