#!/usr/bin/env bash
# The tests of the libraries and of the tools under a sanitizer: `Tools/Sanitize/run.sh thread` or `address`. FILTER=regex
# chooses tests.
#
# The last line counts: `sanitize thread: 1061 tests, 0 reports`. The exit code is 1 if a test failed or anything was
# reported.
set -uo pipefail
cd "$(dirname "$0")/../.."

sanitizer=${1:?thread or address}
swift=${SWIFT:-swift}
build=".build/sanitize-$sanitizer"

# From scratch: an object that an incremental build did not rebuild may use another layout of a type, which would be
# reported.
rm -rf "$build"
mkdir -p "$build"

preload=""
if [ "$sanitizer" = thread ]; then
    # The file says what ThreadSanitizer would report as races without it.
    clang -shared -fPIC -O1 -Wl,--unresolved-symbols=ignore-all \
        -o "$build/happens-before.so" Tools/Sanitize/happens-before.c || exit 1
    preload="$PWD/$build/happens-before.so"
fi
# Suppressed: Swift's key paths copy a value onto itself, which AddressSanitizer reports as an overlap; Foundation's
# `Process`, with which tests start programs, copies whole directory entries, although the last one is shorter.
printf 'interceptor_via_fun:%s\n' '*KeyPath*' '*findMaximumOpenFromProcSelfFD*' > "$build/address.suppressions"

count=0
reports=0
failed=0

# Builds the tests of the package in directory $1, whose bundle is $2, in folder $3 of the build, and runs them.
run() {
    local scratch="$build/$3" log="$build/$3.log" status tests
    "$swift" build --package-path "$1" --build-tests --sanitize="$sanitizer" --scratch-path "$scratch" || exit 1
    tests=("$scratch/debug/$2.xctest" --testing-library swift-testing)
    [ -n "${FILTER:-}" ] && tests+=(--filter "$FILTER")
    # Leaks are not checked: at the end only caches of the runtime remain, and executors that tests leave behind on
    # purpose. The soak finds what grows.
    NO_COLOR=1 LD_PRELOAD="$preload" TSAN_OPTIONS="history_size=4" \
        ASAN_OPTIONS="detect_leaks=0:suppressions=$PWD/$build/address.suppressions" \
        "${tests[@]}" 2>&1 | tee "$log" | grep -E --line-buffered '^(✘|WARNING: ThreadSanitizer|==[0-9]+==ERROR)'
    status=${PIPESTATUS[0]}
    # No test of a package may match the filter.
    [ "$status" = 69 ] && [ -n "${FILTER:-}" ] && status=0
    local found ran
    found=$(grep -cE '^(WARNING: ThreadSanitizer|==[0-9]+==ERROR: AddressSanitizer)' "$log")
    ran=$(grep -oE 'Test run with [0-9]+ tests' "$log" | grep -oE '[0-9]+' | tail -1)
    if [ "$found" != 0 ] || [ "$status" != 0 ]; then
        echo "The whole output is in $log." >&2
        failed=1
    fi
    count=$((count + ${ran:-0}))
    reports=$((reports + found))
}
run . MillracePackageTests libraries
run Tools MillraceToolsPackageTests tools

echo "sanitize $sanitizer: $count tests, $reports reports"
exit "$failed"
