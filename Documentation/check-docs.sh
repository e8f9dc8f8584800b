#!/usr/bin/env bash
# Extracts the symbol graphs of the libraries into .build/symbolgraphs, and fails if a public symbol has no documentation.
set -euo pipefail
cd "$(dirname "$0")/.."

modules="QueueBackoff QueueCompletion QueueModel QueueStorage QueueDispatch QueueTesting QueueConformance Millrace"
out=.build/symbolgraphs
swift=${SWIFT:-swift}

mkdir -p "$out"
rm -f "$out"/*.json
for module in $modules; do "$swift" build --target "$module" >/dev/null; done
bin=$("$swift" build --show-bin-path)
target=$("$swift" -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
runtime=$(dirname "$(dirname "$(command -v "$(command -v "$swift")")")")
testing=$(find "$(readlink -f "$runtime")/lib/swift" -maxdepth 3 -type d -name Testing.swiftmodule -print -quit)
for module in $modules; do
    "$swift" symbolgraph-extract -module-name "$module" -target "$target" -I "$bin/Modules" \
        ${testing:+-I "$(dirname "$testing")"} -Xcc -fmodule-map-file=Sources/CSQLite/module.modulemap \
        -minimum-access-level public -skip-inherited-docs -skip-synthesized-members -output-dir "$out"
done
python3 - "$out" <<'PYTHON'
import glob, json, sys

count, bare = 0, []
for path in sorted(glob.glob(sys.argv[1] + "/*.symbols.json")):
    if "@" in path:
        continue
    for symbol in json.load(open(path))["symbols"]:
        # What the compiler makes (the members of a synthesised conformance) stands in no file.
        if "location" not in symbol:
            continue
        count += 1
        if not symbol.get("docComment"):
            bare.append(".".join(symbol["pathComponents"]))
for name in bare:
    print("undocumented:", name)
print(f"docs: {count} public symbols, {len(bare)} undocumented")
sys.exit(1 if bare else 0)
PYTHON
