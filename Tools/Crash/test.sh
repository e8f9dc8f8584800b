#!/usr/bin/env bash
# The kill loops are worth what they find: each of some stores that are wrong on purpose has to be found out, as what it does.
#
#     Tools/Crash/test.sh path/to/crash
set -euo pipefail
crash=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

# A store that is right needs no more kills than these to be called so.
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
