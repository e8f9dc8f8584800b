#!/usr/bin/env bash
# Runs the command that is given, which runs the store suite, and says in the last line how many checks ran on how many stores, and how many
# of them failed. Fails if any did, or if there were none.
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" >"$log" 2>&1
status=$?
# The start of each of a thousand cases says nothing.
grep -v '^◇' "$log"

suite='Test "conforms( in [a-z ]+)?"'
ran=$(grep -oE "[✔✘] $suite with [0-9]+ test cases" "$log")
stores=$(grep -c . <<<"$ran")
checks=$(grep -oE '[0-9]+ test' <<<"$ran" | grep -oE '[0-9]+' | sort -n | head -1)
failed=$(grep -oE "✘ $suite recorded an issue with [0-9]+ argument.* at [A-Za-z]+\.swift" "$log" | sed 's/ at [A-Za-z]*\.swift$//' | sort -u | grep -c .)
echo "conformance: ${checks:-0} checks on $stores stores, $failed failed"
[ "$status" = 0 ] && [ "$failed" = 0 ] && [ "$stores" -ge 3 ]
