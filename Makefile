# `make help` lists the targets.

export CGO_ENABLED ?= 0
GO ?= go
# The race detector needs a C compiler; nothing else does.
COMPILER = $(shell command -v gcc || command -v clang)
RACE = $(if $(COMPILER),CGO_ENABLED=1 $(GO) test -race $(TRANSLATED:%=-gcflags=%=-race=false) -timeout 30m,$(GO) test)
# SQLite is C translated to Go. The race detector would look for races of C in it, and make it take five times as long.
TRANSLATED = modernc.org/sqlite/lib modernc.org/libc modernc.org/memory
# Where the tests look for PostgreSQL, see internal/store/pgtest.
POSTGRES = $(shell command -v postgres || ls -d /usr/lib/postgresql/*/bin 2>/dev/null)
NO_RACE = $(if $(COMPILER),,the race detector$(comma) which needs a C compiler)
NO_POSTGRES = $(if $(POSTGRES),,the tests on PostgreSQL$(comma) which is not installed)
NOT_RUN = $(NO_RACE)$(if $(and $(NO_RACE),$(NO_POSTGRES)),; )$(NO_POSTGRES)
comma = ,
LINT = $(GO) tool -modfile=tools/go.mod golangci-lint
# A number of inputs, since a time can end in the middle of one, which go test reports as a failure.
FUZZTIME ?= 3000x

.DEFAULT_GOAL := help
.PHONY: help run build test lint fmt vet fuzz bench bench-logs e2e check clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and start the server; settings are environment variables
	bin/openloop serve

build: ## build bin/openloop, a static binary
	$(GO) build -trimpath -ldflags '-s -w' -o bin/openloop ./cmd/openloop

test: ## run all tests with the race detector, on SQLite and PostgreSQL
	@echo '$(RACE) -shuffle=on ./...'; $(RACE) -shuffle=on ./...; status=$$?; \
	$(if $(NOT_RUN),echo 'Not run: $(NOT_RUN).'; )exit $$status

lint: ## run the linters (the first time builds them, which takes minutes)
	$(LINT) run ./...

fmt: ## format all code
	$(LINT) fmt ./...

vet: ## run go vet
	$(GO) vet ./...

fuzz: ## run each fuzz target on FUZZTIME (3000x) inputs
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	for folder in $$(grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		$(GO) test -c -fuzz Fuzz -o "$$scratch/fuzz.test" $$folder || exit 1; \
		for target in $$(grep -hoE '^func Fuzz[[:alnum:]]+' $$folder/*_test.go | sed 's/^func //'); do \
			echo "$$folder $$target"; \
			(cd $$folder && "$$scratch/fuzz.test" -test.run '^$$' -test.fuzz "^$$target\$$" -test.fuzztime $(FUZZTIME) \
				-test.fuzzminimizetime 10x -test.fuzzcachedir "$$scratch/cache") || exit 1; \
		done; \
	done

bench: ## measure the server beside a plain proxy; about ten minutes, see bench/README.md
	$(GO) run ./bench/cmd/openloop-bench

bench-logs: ## measure lists of a million Logs (LOGS=n for another number) on both databases
	$(GO) test -run '^$$' -bench BenchmarkLogs -benchtime 1x -timeout 60m ./bench/logs

e2e: ## run the official SDKs against the built server, see e2e/README.md
	e2e/run

check: vet lint test e2e ## what a change must pass

clean: ## remove what the targets made
	rm -rf bin .e2e .bench
