#!/usr/bin/env bash
# Two processes, whose hashes differ, must write the same logs for the same seeds, on both stores.
#
#     Tools/Simulate/test.sh path/to/simulate
set -euo pipefail
simulate=$1

for store in memory sqlite; do
    first=$("$simulate" --seeds 100 --store "$store" --digest)
    second=$("$simulate" --seeds 100 --store "$store" --digest)
    if [ "$first" != "$second" ]; then
        echo "the logs of two processes differ on $store:" >&2
        echo "$first" >&2
        echo "$second" >&2
        exit 1
    fi
    echo "$store: $first"
done
