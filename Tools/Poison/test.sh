#!/usr/bin/env bash
# A job that kills its worker is isolated: after two crashes beside others it becomes a suspect, and after three more crashes
# alone it is a dead letter (rule L4). The jobs that ran beside it complete.
#
#     Tools/Poison/test.sh path/to/poison
set -euo pipefail
poison=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kills=0
while true; do
    code=0
    # In a subshell, so that the message about the kill is dropped.
    output=$("$poison" "$work/queue.db" 2>/dev/null) || code=$?
    [ "$code" = 137 ] || break
    kills=$((kills + 1))
    if [ "$kills" -gt 5 ]; then
        echo "poison: $kills kills and no end" >&2
        exit 1
    fi
done
if [ "$code" != 0 ] || [ "$output" != "killer deadLettered 5, others 40 of 40 completed" ] || [ "$kills" != 5 ]; then
    echo "poison: $kills kills, exit code $code: $output" >&2
    exit 1
fi
echo "poison: $kills kills, $output"
