# `make help` lists the targets.

export CGO_ENABLED ?= 0
GO ?= go
# The race detector needs a C compiler; nothing else does. It watches everything but what has its memory to itself and would take four times as
# long: modernc.org/…, which is SQLite translated from C, the compiler and the reader in wazero, and flate. What our code shares with them is
# watched on our side. A package that uses sync.Map cannot be among them: its unwatched copy of the code of sync.Map could become that of the whole program.
# What go vet finds is left to make lint.
COMPILER = $(shell command -v gcc || command -v clang)
# Conversions of unsafe.Pointer are not checked, which would take a tenth of the time; nor does a test wait a second for races when it has ended.
WAZERO = github.com/tetratelabs/wazero/internal
UNWATCHED = modernc.org/... $(WAZERO)/engine/wazevo/ssa $(WAZERO)/engine/wazevo/frontend $(WAZERO)/engine/wazevo/backend/... $(WAZERO)/wasm/binary \
	$(WAZERO)/leb128 compress/flate
WATCHED = CGO_ENABLED=1 GORACE=atexit_sleep_ms=10 $(GO) test -race '-gcflags=all=-d=checkptr=0 -dwarf=false'
RACE = $(if $(COMPILER),$(WATCHED) $(UNWATCHED:%='-gcflags=%=-race=false -dwarf=false'),$(GO) test) -vet=off -timeout 30m
# All packages. Those that take longest come first, so that no processor waits for them in the end.
PACKAGES = ./internal/app ./internal/store ./internal/api ./cmd/openloop ./internal/sandbox ./...
# Where the tests look for PostgreSQL, see internal/store/pgtest.
POSTGRES = $(shell command -v postgres || ls -d /usr/lib/postgresql/*/bin 2>/dev/null)
NO_RACE = $(if $(COMPILER),,the race detector$(comma) which needs a C compiler)
NO_POSTGRES = $(if $(POSTGRES),,the tests on PostgreSQL$(comma) which is not installed)
NOT_RUN = $(NO_RACE)$(if $(and $(NO_RACE),$(NO_POSTGRES)),; )$(NO_POSTGRES)
comma = ,
# How many packages are tested at once: one more than there are processors, since some wait for clocks and databases.
AT_ONCE = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# What the build leaves out of the binary: the paths of this machine. Empty, the build uses what the linters have compiled.
TRIM ?= -trimpath
# A number of inputs, since a time can end in the middle of one, which go test reports as a failure.
FUZZTIME ?= 3000x
# How long bench-overload loads each server in each case.
MINUTES ?= 10

.DEFAULT_GOAL := help
.PHONY: help run ui ui-types ui-test ui-e2e ui-shots dev build image python test quick prove lint fmt vet fuzz bench bench-overload bench-logs bench-evaluations bench-ui e2e check release vulnerabilities chart clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and start the server; settings are environment variables
	bin/openloop serve

build: image ui ## build bin/openloop, a static binary with the web UI
	$(GO) build $(TRIM) -ldflags '-s -w' -o bin/openloop ./cmd/openloop

# Without npm the binary has no web UI, and says so.
ui: ## build the web UI into internal/ui/dist, unless npm is missing
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory internal/ui/dist/index.html; \
	else echo 'make: npm is not installed, so the server is built without its web UI' >&2; fi

internal/ui/dist/index.html: ui/node_modules/.installed ui/index.html ui/package.json ui/vite.config.ts $(shell find ui/scripts ui/src -type f)
	cd ui && npm run --silent build
	@touch $@

ui/node_modules/.installed: ui/package-lock.json ui/.npmrc
	cd ui && npm ci --silent
	@touch $@

ui-types: ui/node_modules/.installed ## write the types of the API that the web UI uses
	$(GO) run ./cmd/openloop openapi >ui/node_modules/.openapi.json
	cd ui && npx openapi-typescript node_modules/.openapi.json -o node_modules/.schema.d.ts >/dev/null
	@cd ui && cmp -s node_modules/.schema.d.ts src/api/schema.d.ts || cp node_modules/.schema.d.ts src/api/schema.d.ts

# The size and the licenses are those of the last build.
ui-test: ui ## check the web UI: format, lint, types, logic, size and licenses
	cd ui && npm run --silent lint && npm run --silent types && npm test --silent && npm run --silent size && npm run --silent notice -- --check

# CHROMIUM names another browser than /usr/bin/chromium; ONLY=shell is for a part.
ui-e2e: build ## run the web UI in Chromium against the built server
	cd ui && npm run --silent e2e -- $(ONLY)

ui-shots: build ## write the pictures of docs/ui
	cd ui && npx playwright test --project=shots

dev: ui/node_modules/.installed ## serve the web UI with hot reload on 5173, beside a server on 8080
	cd ui && npm run --silent dev

image: ## bring the Python image that the binary embeds, unless it is here or nothing can bring it
	-@$(GO) run ./internal/sandbox/fetch

python: ## build a faster Python image from source, in place of the one that image brings; see tools/python/build
	tools/python/build

test: image ## run all tests with the race detector, on SQLite and PostgreSQL
	@echo "$(RACE) -p $(AT_ONCE) -shuffle=on $(PACKAGES)"; $(RACE) -p $(AT_ONCE) -shuffle=on $(PACKAGES); status=$$?; \
	$(if $(NOT_RUN),echo 'Not run: $(NOT_RUN).'; )exit $$status

# What quick leaves out, beside the race detector and PostgreSQL: packages that build the program and start processes.
SLOW = /bench/|/cmd/openloop$$
quick: ## run go vet and the tests that are fast, in under a minute when built
	$(GO) vet ./...
	@status=0; PGTEST=off $(GO) test -vet=off $$($(GO) list ./... | grep -vE '$(SLOW)') || status=1; \
	echo 'Not run: the race detector; the tests on PostgreSQL; cmd/openloop and bench. make test runs all.'; exit $$status

# Its own test has a fault for each linter.
lint: ## run the linters, see tools/lint
	$(GO) build -C tools -o ../bin/lint ./lint
	$(GO) vet -vettool=bin/lint ./...
	$(GO) test -C tools -vet=off ./lint

# It starts the program and kills it, on SQLite and PostgreSQL. Each proof prints a line of figures. Some are about seconds, so the machine should do
# nothing else meanwhile.
prove: image ## prove what Evaluations promise in crashes and outages; about half an hour (ONLY=Crashes for some)
	@{ PROVE=1 $(GO) test -count=1 -v -timeout 2h -run '^TestProofOf$(ONLY)' ./cmd/openloop; \
	SANDBOX_RUNS=10000 $(GO) test -count=1 -v -timeout 1h -run '^TestMemoryDoesNotGrow$$' ./internal/sandbox; } 2>&1 | \
	awk '/^=== /{next} {print; fflush()} /^FAIL/{failed=1} END{exit failed}'

fmt: ## format all code
	gofmt -w .

vet: ## run go vet
	$(GO) vet ./...

# The flag of the compiler is what `go test -fuzz` gives it, for all packages: it makes inputs follow what is covered. Here that is our own
# code and the JSON that it stands on; what is covered of the standard library would cost five times the rest.
fuzz: ## run each fuzz target on FUZZTIME (3000x) inputs
	@FUZZTIME=$(FUZZTIME) $(GO) test -count=1 -vet=off -exec $(CURDIR)/tools/fuzz -gcflags='github.com/openloop-server/openloop/...=-d=libfuzzer' \
		-gcflags='github.com/go-json-experiment/...=-d=libfuzzer' $$(grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u)

bench: ## measure the server beside a plain proxy; about twenty minutes, see bench/README.md
	$(GO) run ./bench/cmd/openloop-bench

bench-overload: ## offer the server more than it can do; 50 minutes (MINUTES=0.5 for a look)
	$(GO) run ./bench/cmd/openloop-bench -only '^overload/' -targets proxy,openloop -rounds 1 -duration $(MINUTES)m

bench-logs: ## measure lists, rows and facets of a million Logs (LOGS=n for another number) on both databases
	$(GO) test -run '^$$' -bench BenchmarkLogs -benchtime 1x -timeout 60m ./bench/logs

bench-evaluations: build ## measure Runs, Evaluators and monitoring (SIZE=n cases) on both databases
	OPENLOOP=$(CURDIR)/bin/openloop $(GO) test -run '^$$' -bench BenchmarkEvaluations -benchtime 1x -timeout 60m ./bench/evaluations

bench-ui: build ## measure the screen of Logs (LOGS_DATA names a folder that bench-logs kept by REUSE)
	cd ui && OPENLOOP_BIN=$(CURDIR)/bin/openloop npx playwright test --project=perf

e2e: ## run the official SDKs against the built server, see e2e/README.md
	e2e/run

check: lint test e2e ## what a change must pass

# VERSION is that of the tag, without its v. Two runs of one commit make the same bytes, whatever the folder.
release: image ui ## write into dist what is published of VERSION: binaries, packages, image, checksums (docs/release.md)
	$(GO) run -C tools/release . -version $(VERSION)

vulnerabilities: ## look for known vulnerabilities in what the binary calls
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

chart: ## test the chart of deploy/chart by Helm's own packages, which take minutes to be compiled
	cd tools/chart && $(GO) mod tidy -diff && $(GO) test .

clean: ## remove what the targets made
	rm -rf bin dist .e2e .bench internal/sandbox/image/python.wasm*
