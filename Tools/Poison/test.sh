#!/usr/bin/env bash
# A job that kills its worker is found and set apart: it crashes twice beside others, becomes a suspect, crashes three times alone among
# suspects, and is a dead letter (rule L4). Those that merely ran beside it complete.
#
#     Tools/Poison/test.sh path/to/poison
set -euo pipefail
poison=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kills=0
while true; do
    code=0
    # Its own shell, which tells of the kill, tells nobody.
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
