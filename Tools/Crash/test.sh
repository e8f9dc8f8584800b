#!/usr/bin/env bash
# Checks that the kill loops find faults: each of several deliberately wrong stores must be found, with the right finding.
#
#     Tools/Crash/test.sh path/to/crash
set -euo pipefail
crash=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

# So few kills must be enough to find a mistake.
expect() {
    local mistake=$1 finding=$2 code=0
    "$crash" kills --kills 60 --mistake "$mistake" >"$work/said" || code=$?
    if [ "$code" != 1 ] || ! grep -q "^$finding" "$work/said"; then
        tail -5 "$work/said" >&2
        echo "crash: $mistake was not found: exit code $code" >&2
        exit 1
    fi
    rm -rf "$work"/crash-*
}
expect acknowledgesTooEarly "lost: I1"
expect tellsOfEndsTooEarly "lost: I4"
expect handsOutTwice "doubled: I3"
expect forgetsGroupLimits "overLimit: I5"

code=0
"$crash" kills --kills nothing >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || { echo "crash: exit code $code for a number that is none" >&2; exit 1; }
echo "crash: 4 mistakes, all found"
