#!/usr/bin/env bash
# Kills a process in the middle of SQLite's calls, and checks that its file has the jobs that it reported as stored.
#
#     Tools/Faults/Command/test.sh path/to/faults
set -euo pipefail
faults=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

kills=0
# While it creates the schema, commits, syncs, makes a checkpoint, and ends.
for point in "write --file database --call 1" "write --file log --call 3" "write --file log --call 20" "write --file log --call 61" \
    "sync --file log --call 9" "write --file database --call 4" "sync --file database --call 2" "shmLock --call 100"; do
    for moment in before midway after; do
        rm -f "$directory"/*
        # shellcheck disable=SC2086
        code=0; { "$faults" kill --operation $point --moment $moment "$directory" > "$directory/said"; } 2>/dev/null || code=$?
        if [ "$code" -ne 137 ]; then
            echo "killed at $point $moment: exit code $code" >&2
            exit 1
        fi
        "$faults" check "$directory" > "$directory/found"
        if ! comm -23 <(grep -v open "$directory/said" | sort) <(sort "$directory/found") | diff /dev/null -; then
            echo "killed at $point $moment: the file lacks jobs that were stored" >&2
            exit 1
        fi
        kills=$((kills + 1))
    done
done
echo "faults: $kills kills, 0 lost"
