#!/usr/bin/env bash
# A short run of the fuzzer.
#
#     Tools/Fuzz/test.sh path/to/fuzz
set -euo pipefail
cd "$(dirname "$0")/../.."
# A valid file must give no findings; otherwise the rounds would prove nothing.
case=$(mktemp)
trap 'rm -f "$case"' EXIT
echo "file fixture queue" >"$case"
"$1" --case "$case"
"$1" --rounds "${ROUNDS:-250}" --seed "${SEED:-1}"
