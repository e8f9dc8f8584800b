# The commands of the README. `make demo` and `make test` install what they need where they can.

SWIFT ?= swift
# The directory that the demo indexes.
DIR ?= /usr/include
# Warnings are errors, and a target may import only what Package.swift says it depends on.
STRICT = -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error
SOURCES = Package.swift Documentation/check-docs.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources \
	Tools/Package.swift Tools/Simulate Tools/Faults Tools/Crash Tools/Fuzz Tools/Poison Tools/House
BENCH = $$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)/millrace-bench
# The document that `make bench-doc` brings up to date.
DOC ?= Documentation/Performance.md

# The number of simulated histories, the first seed, and the store (memory or sqlite).
SEEDS ?= 10000
FROM ?= 1
STORE ?= memory
SANITIZER ?= thread

# The number of kills and of processes, the length of a soak, and the seed of their details.
KILLS ?= 200
SEED ?= 1
PROCESSES ?= 8
HOURS ?= 0.006
# The tools are a package of their own, built once, in release; so are their tests.
TOOLS = --package-path Tools -c release
TOOLS_BIN = $$($(SWIFT) build $(TOOLS) --show-bin-path)
# The number of hostile cases, from the seed on.
ROUNDS ?= 10000

# Every EVERYth call and change fails in turn, with CUTS power cuts of each kind.
EVERY ?= 1
CUTS ?= 4

.PHONY: demo demo-pipeline test house simulate faults fuzz crash processes soak sanitize conformance fixture lint format bench bench-build bench-compare bench-doc docs requirements tools clean

demo: requirements ## index DIR with a queue that can be killed at any moment
	$(SWIFT) build -c release --product file-index
	$$($(SWIFT) build -c release --show-bin-path)/file-index "$(DIR)" --database file-index.db --report file-index.json

demo-pipeline: requirements ## work DIR off in stages, with weights, rates and a check of the result
	$(SWIFT) build -c release --product pipeline
	$$($(SWIFT) build -c release --show-bin-path)/pipeline "$(DIR)" --explain --verify

test: requirements ## build everything strictly, run all tests, and kill the demos
	$(SWIFT) build --build-tests $(STRICT)
	$(SWIFT) test --skip-build $(STRICT) --parallel --skip JournalStoreTests
	$(SWIFT) test --skip-build $(STRICT) --filter JournalStoreTests
	Examples/FileIndex/test-kill.sh "$$($(SWIFT) build --show-bin-path)/file-index"
	Examples/Pipeline/test.sh "$$($(SWIFT) build --show-bin-path)/pipeline"
	Examples/CustomExecutor/test.sh "$$($(SWIFT) build --show-bin-path)/run-lines"
	Examples/CustomStore/test.sh "$$($(SWIFT) build --show-bin-path)/checksums"
	$(SWIFT) build $(TOOLS) --build-tests $(STRICT)
	$(SWIFT) test $(TOOLS) --skip-build $(STRICT) --parallel
	Tools/Simulate/test.sh "$(TOOLS_BIN)/simulate"
	Tools/Faults/Command/test.sh "$(TOOLS_BIN)/faults"
	Tools/Fuzz/test.sh "$(TOOLS_BIN)/fuzz"
	Tools/Poison/test.sh "$(TOOLS_BIN)/poison"
	Tools/Crash/test.sh "$(TOOLS_BIN)/crash"
	$(MAKE) --no-print-directory simulate
	$(MAKE) --no-print-directory crash
	$(MAKE) --no-print-directory processes
	$(MAKE) --no-print-directory soak

house: ## count what the house rules limit
	$(SWIFT) build $(TOOLS) $(STRICT) --product house
	$(TOOLS_BIN)/house

# With the tests, as `make test` builds them: other flags would build everything again.
tools: requirements
	$(SWIFT) build $(TOOLS) --build-tests $(STRICT)

simulate: tools ## SEEDS=n FROM=seed STORE=memory|sqlite: random histories of whole queues
	$(TOOLS_BIN)/simulate --seeds $(SEEDS) --from $(FROM) --store $(STORE)

sanitize: requirements ## SANITIZER=thread|address FILTER=regex: the tests under a sanitizer, built apart
	Tools/Sanitize/run.sh $(SANITIZER)

crash: tools ## KILLS=n SEED=s: kill workers at random instants and at chosen points, and compare their logs with the file
	$(TOOLS_BIN)/crash kills --kills $(KILLS) --seed $(SEED)

processes: tools ## PROCESSES=n SECONDS=s SEED=s: many processes on one file, stopped and killed
	$(TOOLS_BIN)/crash processes --workers $(PROCESSES) --seconds $(or $(SECONDS),12) --seed $(SEED)

soak: tools ## HOURS=h SEED=s: a steady load, under which memory, file, log and latencies must not grow
	$(TOOLS_BIN)/crash soak --hours $(HOURS) --seed $(SEED)

faults: tools ## EVERY=n CUTS=n: each call on the file fails, and the power is cut after each change
	$(TOOLS_BIN)/faults all --every $(EVERY) --seeds $(CUTS)

fuzz: tools ## ROUNDS=n SEED=s: hostile files, rows, strings and calls
	$(TOOLS_BIN)/fuzz --rounds $(ROUNDS) --seed $(SEED)

conformance: requirements ## the store suite alone, on every store
	$(SWIFT) build --build-tests $(STRICT)
	Tests/conformance.sh $(SWIFT) test --skip-build $(STRICT) --filter ConformanceTests

fixture: requirements ## write the file of the present schema version that later releases are tested with
	$(SWIFT) build --build-tests
	MILLRACE_MAKE_FIXTURE=1 $(SWIFT) test --skip-build --filter QueueStorageTests.FixtureTests/write

lint: ## formatting and documentation of every public declaration
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	! LC_ALL=C.UTF-8 grep -rnE --include="*.swift" "^.{121,}" Sources

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

bench: bench-build ## FILTER=regex JSON=file QUICK=1 LIST=1 CPUS=n SECONDS=s
	COMMIT="$$(git describe --always --dirty 2>/dev/null)" $(BENCH)

bench-compare: bench-build ## A=one.json B=other.json
	$(BENCH) compare "$(A)" "$(B)"

bench-doc: bench-build ## A=both.json B=one.json: the measured parts of DOC and the plots beside it
	$(BENCH) document "$(A)" "$(B)" --to "$(DOC)"

bench-build: requirements
	$(SWIFT) build -c release --package-path Benchmarks

docs: requirements ## the symbol graphs of all libraries, with every undocumented public symbol named
	Documentation/check-docs.sh

requirements:
	@pkg-config --exists sqlite3 2>/dev/null || $(MAKE) --no-print-directory install-sqlite

.PHONY: install-sqlite
install-sqlite:
	@if command -v apt-get >/dev/null; then \
		sudo=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
		$$sudo apt-get update -qq && $$sudo apt-get install -qq -y libsqlite3-dev pkg-config; \
	elif command -v brew >/dev/null; then brew install sqlite pkg-config; \
	else echo "Install SQLite's headers (libsqlite3-dev) and pkg-config, then try again." >&2; exit 1; fi

clean:
	rm -rf .build Benchmarks/.build Tools/.build
