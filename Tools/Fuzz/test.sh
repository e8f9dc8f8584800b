#!/usr/bin/env bash
# A short run of the fuzzer, with seeds of its own and those of earlier finds that only a process of their own shows.
#
#     Tools/Fuzz/test.sh path/to/fuzz
set -euo pipefail
cd "$(dirname "$0")/../.."
# A sound file gives no findings: else nothing below would mean anything.
case=$(mktemp)
trap 'rm -f "$case"' EXIT
echo "file fixture queue" >"$case"
"$1" --case "$case"
"$1" --rounds "${ROUNDS:-250}" --seed "${SEED:-1}"
