#!/usr/bin/env bash
# Extracts the symbol graphs of the libraries into .build/symbolgraphs, and fails if a public symbol has no documentation.
set -euo pipefail
cd "$(dirname "$0")/.."

# All libraries but those in C.
modules=$(cd Sources && for module in *; do [ -f "$module/module.modulemap" ] || [ -d "$module/include" ] || echo "$module"; done)
out=.build/symbolgraphs
swift=${SWIFT:-swift}

mkdir -p "$out"
rm -f "$out"/*.json
for module in $modules; do "$swift" build --target "$module" >/dev/null; done
bin=$("$swift" build --show-bin-path)
target=$("$swift" -print-target-info | sed -n 's/.*"triple": *"\([^"]*\)".*/\1/p' | head -n 1)
runtime=$(dirname "$(dirname "$(command -v "$(command -v "$swift")")")")
testing=$(find "$(readlink -f "$runtime")/lib/swift" -maxdepth 3 -type d -name Testing.swiftmodule -print -quit)
for module in $modules; do
    "$swift" symbolgraph-extract -module-name "$module" -target "$target" -I "$bin/Modules" \
        ${testing:+-I "$(dirname "$testing")"} -Xcc -fmodule-map-file=Sources/CMillraceSQLite/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CProcess/include/module.modulemap \
        -minimum-access-level public -skip-inherited-docs -skip-synthesized-members -output-dir "$out"
done
"$swift" Documentation/check-docs.swift "$out"
