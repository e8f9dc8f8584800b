# The commands of the README. `make demo` and `make test` install what they need where they can.

SWIFT ?= swift
# The directory that the demo indexes.
DIR ?= /usr/include
# Warnings are errors, and a target may import only what Package.swift says it depends on.
STRICT = -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error
SOURCES = Package.swift Documentation/check-docs.swift Sources Tests Tools Examples Benchmarks/Package.swift Benchmarks/Sources
BENCH = $$($(SWIFT) build -c release --package-path Benchmarks --show-bin-path)/millrace-bench
# The document that `make bench-doc` brings up to date.
DOC ?= Documentation/Performance.md

# How many random histories are simulated, from which seed on, and on which store (memory or sqlite).
SEEDS ?= 10000
FROM ?= 1
STORE ?= memory
SANITIZER ?= thread

# How many kills, how many processes for how long, how long a soak, and what decides on the details.
KILLS ?= 200
SEED ?= 1
PROCESSES ?= 8
HOURS ?= 0.006
CRASH = $$($(SWIFT) build -c release --show-bin-path)/crash
# How many hostile cases are tried, from the seed on.
ROUNDS ?= 10000

# Of the calls and changes at which something goes wrong each EVERYth is taken, with CUTS power cuts of each kind.
EVERY ?= 1
CUTS ?= 4

.PHONY: demo demo-pipeline test simulate faults fuzz crash crash-build processes soak sanitize conformance fixture lint format bench bench-build bench-compare bench-doc docs requirements clean

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
	Tools/Simulate/test.sh "$$($(SWIFT) build --show-bin-path)/simulate"
	Tools/Faults/Command/test.sh "$$($(SWIFT) build --show-bin-path)/faults"
	Tools/Fuzz/test.sh "$$($(SWIFT) build --show-bin-path)/fuzz"
	Tools/Poison/test.sh "$$($(SWIFT) build --show-bin-path)/poison"
	$(MAKE) --no-print-directory simulate
	$(MAKE) --no-print-directory crash-build
	Tools/Crash/test.sh "$(CRASH)"
	$(MAKE) --no-print-directory crash
	$(MAKE) --no-print-directory processes
	$(MAKE) --no-print-directory soak

simulate: requirements ## SEEDS=n FROM=seed STORE=memory|sqlite: random histories of whole queues
	$(SWIFT) build -c release --product simulate
	$$($(SWIFT) build -c release --show-bin-path)/simulate --seeds $(SEEDS) --from $(FROM) --store $(STORE)

sanitize: requirements ## SANITIZER=thread|address FILTER=regex: the tests under a sanitizer, built apart
	Tools/Sanitize/run.sh $(SANITIZER)

crash: crash-build ## KILLS=n SEED=s: kill workers at any instant and at points, and hold their logs against the file
	$(CRASH) kills --kills $(KILLS) --seed $(SEED)

processes: crash-build ## PROCESSES=n SECONDS=s SEED=s: many on one file, stopped and killed
	$(CRASH) processes --workers $(PROCESSES) --seconds $(or $(SECONDS),12) --seed $(SEED)

soak: crash-build ## HOURS=h SEED=s: a steady load, whose memory, file, log and times must stay as they are
	$(CRASH) soak --hours $(HOURS) --seed $(SEED)

crash-build: requirements
	$(SWIFT) build -c release --product crash

faults: requirements ## EVERY=n CUTS=n: each call on the file fails, and the power is cut after each change
	$(SWIFT) build -c release --product faults
	$$($(SWIFT) build -c release --show-bin-path)/faults all --every $(EVERY) --seeds $(CUTS)

fuzz: requirements ## ROUNDS=n SEED=s: files, rows, texts and calls that nobody means well with
	$(SWIFT) build --product fuzz
	$$($(SWIFT) build --show-bin-path)/fuzz --rounds $(ROUNDS) --seed $(SEED)

conformance: requirements ## the store suite alone, on every store
	$(SWIFT) build --build-tests $(STRICT)
	Tests/conformance.sh $(SWIFT) test --skip-build $(STRICT) --filter ConformanceTests

fixture: requirements ## write the file of the present schema version that later releases are tested with
	$(SWIFT) build --build-tests
	MILLRACE_MAKE_FIXTURE=1 $(SWIFT) test --skip-build --filter QueueStorageTests.FixtureTests/write

lint: ## formatting and documentation of every public declaration
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

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
	rm -rf .build Benchmarks/.build
