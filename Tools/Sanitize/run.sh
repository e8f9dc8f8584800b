#!/usr/bin/env bash
# The test suite under a sanitizer: `Tools/Sanitize/run.sh thread` or `address`. FILTER=regex chooses tests.
#
# The last line says what was found: `sanitize thread: 1061 tests, 0 reports`. The exit code is 1 if a test failed or anything was reported.
set -uo pipefail
cd "$(dirname "$0")/../.."

sanitizer=${1:?thread or address}
swift=${SWIFT:-swift}
build=".build/sanitize-$sanitizer"
log="$build/log.txt"

# From scratch: an object that an incremental build did not rebuild may use another layout of a type, which would be reported.
rm -rf "$build"
"$swift" build --build-tests --sanitize="$sanitizer" --scratch-path "$build" || exit 1
tests=("$build/debug/MillracePackageTests.xctest" --testing-library swift-testing)
[ -n "${FILTER:-}" ] && tests+=(--filter "$FILTER")

preload=""
if [ "$sanitizer" = thread ]; then
    # The file says what ThreadSanitizer would report as races without it.
    clang -shared -fPIC -O1 -Wl,--unresolved-symbols=ignore-all \
        -o "$build/happens-before.so" Tools/Sanitize/happens-before.c || exit 1
    preload="$PWD/$build/happens-before.so"
fi
# Suppressed: Swift's key paths copy a value onto itself, which AddressSanitizer reports as an overlap; Foundation's `Process`,
# with which tests start programs, copies whole directory entries, although the last one is shorter.
printf 'interceptor_via_fun:%s\n' '*KeyPath*' '*findMaximumOpenFromProcSelfFD*' > "$build/address.suppressions"
# Leaks are not checked: at the end only caches of the runtime remain, and executors that tests leave behind on purpose. The soak
# finds what grows.
NO_COLOR=1 LD_PRELOAD="$preload" TSAN_OPTIONS="history_size=4" \
    ASAN_OPTIONS="detect_leaks=0:suppressions=$PWD/$build/address.suppressions" \
    "${tests[@]}" 2>&1 | tee "$log" | grep -E --line-buffered '^(✘|WARNING: ThreadSanitizer|==[0-9]+==ERROR)'
status=${PIPESTATUS[0]}

reports=$(grep -cE '^(WARNING: ThreadSanitizer|==[0-9]+==ERROR: AddressSanitizer)' "$log")
count=$(grep -oE 'Test run with [0-9]+ tests' "$log" | grep -oE '[0-9]+' | tail -1)
[ "$reports" = 0 ] && [ "$status" = 0 ] || echo "The whole output is in $log." >&2
echo "sanitize $sanitizer: ${count:-0} tests, $reports reports"
[ "$reports" = 0 ] && [ "$status" = 0 ]
