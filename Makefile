# gridmap needs Go, Node 20 or later, and Debian's packages that `make deps`
# installs. `make demo` and `make test` install what is missing by themselves.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

COUNTY ?= lan
LISTEN ?= 127.0.0.1:8080
DATA   ?= .gridmap
BENCH  ?= .

web_sources := $(shell find api/web -path api/web/node_modules -prune -o -path api/web/dist -prune -o -type f -print)
# Packages whose goroutines share what they read; the race detector runs on these.
concurrent := ./api/... ./geo/atlas/... ./tiles/...
# Starts a throwaway cluster for the command behind it, and ends it after.
withdb := go run ./fixtures/gridtest/withdb

.PHONY: demo build web test race bench bench-tiles lint format deps deps-test clean

demo: deps build ## run everything on this machine with a made-up county
	exec bin/gridmap demo --county $(COUNTY) --listen $(LISTEN) --data $(DATA)

build: web ## make bin/gridmap, pages included
	CGO_ENABLED=1 go build -o bin/gridmap ./cmd/gridmap

web: api/web/dist/index.html

api/web/dist/index.html: api/web/node_modules/.package-lock.json $(web_sources)
	cd api/web && npm run build

api/web/node_modules/.package-lock.json: api/web/package-lock.json
	cd api/web && npm ci
	touch $@

test: deps-test format build ## every test: Go, TypeScript, browser
	go vet ./...
	cd api/web && npm test
	$(withdb) go test -timeout 12m ./...
	cd api/web && GRIDMAP_BIN=$(CURDIR)/bin/gridmap npm run test:browser

race: ## the race detector on what runs concurrently
	$(withdb) go test -race -short $(concurrent)

bench-tiles: deps ## what a tile costs, beside ST_AsMVT and the tile servers on PATH
	mkdir -p test-output
	go run ./fixtures/tilebench -svg test-output/tiles.svg $(TILEBENCH)

bench: deps ## the ratios that README states, in one run
	$(withdb) go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

format: # fails when gofmt would change a file
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "gofmt would change:"; echo "$$out"; exit 1; }

lint: format ## format, vet, and staticcheck, which go fetches
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

deps: ## install what the demo needs
	@.ci/install demo

deps-test: ## install what the tests need
	@.ci/install test

clean: ## remove what was built; the demo's data in $(DATA) stay
	rm -rf bin api/web/dist/* test-output
