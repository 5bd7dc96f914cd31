# make check    what a reviewer would otherwise have to say: format, vet, lint, structure, golden files, go.mod
# make test     every module and every store; the root module a second time under the race detector
# make bench    rolebook's targets, and tables with other libraries, which takes minutes to compile and run; then the benchmarks of every module
# make bench-gate  a part of check: warm checks allocate nothing, and are within three times their targets
#
# A module is a folder with a go.mod, found here and never listed. PostgreSQL is tested where its server is installed; with
# CI=true a missing server is a failure (internal/integration/pg).

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Everything, with these exceptions:
#   -QF*     quick fixes: an editor's suggestions, not findings
CHECKS := all,-QF*

MODULES := $(patsubst %/go.mod,%,$(sort $(shell find . -name go.mod -not -path '*/.*/*' -not -path '*/testdata/*')))

# $(call each,command) runs the command in every module and fails if it failed in one.
each = @status=0; for module in $(MODULES); do \
	echo "$$module: $(strip $(1))"; (cd "$$module" && $(1)) || status=1; \
done; exit $$status

.PHONY: all check fmt vet lint structure tidy test plain cgofree race postgres bench

all: check test

check: fmt vet lint structure tidy bench-gate

fmt:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt would change:"; echo "$$files"; exit 1; }

vet:
	$(call each,go vet ./...)

lint:
	$(call each,go run $(STATICCHECK) -checks '$(CHECKS)' ./...)

# Not from the cache: these tests ask git and the go command, whose answers the cache does not know.
structure:
	go test -count=1 ./internal/structure

tidy:
	$(call each,go mod tidy -diff)

test: postgres plain cgofree race

# With time for the packages that play the whole suite on several databases, one after the other.
plain:
	$(call each,go test -timeout 40m ./...)

# Without cgo: what the SQLite package says then, and the whole suite on a SQLite that is written in Go.
cgofree:
	CGO_ENABLED=0 go test ./store/sqlite
	cd internal/integration && CGO_ENABLED=0 go vet ./cgofree && CGO_ENABLED=0 go test ./cgofree

# In short mode: the race detector finds in a few rounds what it finds in a thousand, and every test has just run in full.
race:
	go test -race -short ./...

# Only tells: whether its absence is a skip or a failure is decided in internal/integration/pg.
postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
	echo "No PostgreSQL server here: its tests are SKIPPED, or fail where CI is set. On Debian: apt-get install postgresql"

# Ratios in one run, in turns, by processor time: a busy machine changes little.
bench-gate:
	cd internal/bench && go run . -gate

bench:
	cd internal/bench && go run -tags peers . -all
	$(call each,go test -run '^$$' -bench . -benchmem ./...)
