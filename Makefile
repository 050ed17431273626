# `make` lists what there is to do.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo build install manual dist dist-test image-test release-check example browser screenshots test check stores vectors mutants disagreements documents site analysis judge bench bench-pages growth instructions instructions-keep bench-stores load large start recorder crashes client-bench tsan format lint clean

# What `make check` runs.
SUITE ?= .

# Where builds go.
BUILD ?= .build
# Everything is compiled once, in one folder: what is tested is what is released. A target that compiled with other flags
# would have all of it compiled anew, and so would the next one.
# How the tool is linked: relocations are packed where the loader knows them, from glibc 2.36 on.
LINK := static$(shell printf '2.36\n%s\n' "$$(getconf GNU_LIBC_VERSION 2> /dev/null | cut -d ' ' -f 2)" | sort -CV && echo -packed)
SWIFT_BUILD := swift build --scratch-path $(BUILD) -c release
SWIFT_FILES := Sources Tests Examples Package.swift Benchmarks/Sources Benchmarks/Package.swift

# Where `make install` installs, and where `make dist` puts what it makes.
PREFIX ?= /usr/local
DESTDIR ?=
DIST ?= $(BUILD)-dist
# What `make release-check` checks.
VERSION ?= 1.0.0
MANUAL = $(BUILD)/plugins/GenerateManual/outputs/reel-tool

# The judge's seed: fixed in `make test`, a new one in each `make judge`.
SEED ?= $(shell date +%s)
TERMS ?= 50000
MUTATIONS ?= 500000
# How many files `make disagreements` makes.
DAMAGED ?= 10000
# The size of the file that `make large` makes, in bytes of terms.
BYTES ?= 1000000000
# How many recordings the dashboard is measured with.
RECORDINGS ?= 10000
# How many recordings `make bench-stores` keeps in each store.
SUMMARIES ?= 100000

# How often each thing is measured, and a file for the table as Markdown.
ROUNDS ?= 30
MARKDOWN ?=
# Where the benchmarks, a package of their own, are built.
BENCHMARKS = $(BUILD)-benchmarks
COUNT_INSTRUCTIONS = Scripts/measure-instructions.py $(BENCHMARKS)/release/reel-paths Benchmarks/instructions.json \
	Samples/phoenix-replay-0.1/chat.etf.gz
# Where `make mutants` builds, in a copy of the sources.
MUTANTS = $(BUILD)-mutants
# The most events of `make growth`.
EVENTS ?= 10000000

# How many sessions are recorded at the same time, and for how long; how often the program that records is killed.
SESSIONS ?= 10000
SECONDS_RECORDED ?= 120
CRASHES ?= 200

JUDGE := Tests/Judge/judge.escript

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-17s %s\n", $$1, $$2 }'

setup: ## install what a build of the tool needs and is missing, through apt-get
	@Scripts/setup.sh

setup-tests: ## install what the tests need and is missing, through apt-get
	@Scripts/setup.sh tests browser

# For users, Swift's libraries are linked into it: to load them takes longer than what most commands do.
build: setup ## build the tool for release
	@REEL_LINK=$(LINK) $(SWIFT_BUILD) --product reel

demo: build ## build for release and show the tool on a real recording
	@Scripts/demo.sh $(BUILD)/release/reel

install: build manual ## install the tool, its completions and its manual under PREFIX
	@Scripts/install.sh $(REEL) $(MANUAL) "$(DESTDIR)" $(PREFIX)

manual: setup ## make the tool's manual pages, from what its commands say of themselves
	@swift package --scratch-path $(BUILD) -c release --allow-writing-to-package-directory generate-manual --multi-page \
	  --date "$$(git log -1 --format=%cs 2> /dev/null || date +%F)" > /dev/null

dist: setup ## make a tarball and a package for Debian, in DIST
	@Scripts/setup.sh dist
	@$(MAKE) --no-print-directory manual build
	@Scripts/dist.sh $(REEL) $(MANUAL) $(DIST)

dist-test: dist ## install the package into a bare Debian, and use it there
	@Scripts/test-package.sh $(DIST)/*.deb

image-test: dist ## check the Dockerfile, and run its steps without Docker
	@Scripts/setup.sh dist image
	@Scripts/docker/lint.sh $(BUILD)
	@Scripts/docker/test.py $(DIST)

release-check: setup-tests build ## say what a release of VERSION still lacks
	@Scripts/setup.sh image site
	@BUILD=$(BUILD) Scripts/release-check.sh $(VERSION) $(REEL)

example: setup ## run the example: a shop that records itself, with its dashboard
	@$(SWIFT_BUILD) --product shop
	@$(BUILD)/release/shop --store $(BUILD)/example

test: ## build with warnings as errors, run all tests, ask a real BEAM, check the vectors with all readers
	@Scripts/setup.sh tests browser
	$(SWIFT_BUILD) --build-tests
	swift test --scratch-path $(BUILD) -c release --skip-build
	@$(MAKE) $(AT_ONCE) $(BROWSER_TESTS) $(JUDGE_SAMPLES) $(ATTACKS) $(VECTOR_CHECKS) $(CLIENT_TESTS) $(DOCUMENT_TESTS)

check: setup-tests ## build, and run the tests that SUITE names: a target, Target.Suite or Target.Suite/test
	$(SWIFT_BUILD) --build-tests
	swift test --scratch-path $(BUILD) -c release --skip-build --filter '^$(SUITE)'

stores: setup-tests ## test the stores at full size: 10,000 recordings, one of 200 MB, on files, SQLite and PostgreSQL
	$(SWIFT_BUILD) --build-tests
	REEL_TEST_SIZE=full swift test --scratch-path $(BUILD) -c release --skip-build --filter '^(ReelStore|StoreCrash)'

browser: ## drive the dashboard and the example in a real Chromium, with axe-core
	@Scripts/setup.sh tests browser
	$(SWIFT_BUILD) --product reel
	$(SWIFT_BUILD) --product shop
	Tests/Browser/run.sh $(REEL) $(BUILD)/release/shop $(BUILD)

screenshots: ## make the pictures of the README anew
	@Scripts/setup.sh tests browser
	$(SWIFT_BUILD) --product reel
	Tests/Browser/run.sh $(REEL) $(REEL) $(BUILD) screenshots

vectors: setup-tests build ## check the vectors, and this build and the readers beside the specification with them
	@$(MAKE) $(AT_ONCE) $(VECTOR_CHECKS)

# What follows needs a build that is there, and is one check each, so that several run at once.
AT_ONCE := --no-print-directory --jobs=$(shell nproc) --output-sync=target
REEL := $(BUILD)/release/reel
JUDGE_SAMPLES := judge-terms judge-mutations
VECTOR_CHECKS := $(addprefix vectors-,generator rules mutants otp gzip python javascript go elixir reel kaitai faulty) \
	$(addprefix vectors-small-,python javascript elixir) \
	reader-python reader-javascript reader-go reader-elixir
CLIENT_TESTS := client-elixir client-erlang
BROWSER_TESTS := browser-tests
DOCUMENT_TESTS := documents-commands
ATTACKS := attack-short differ-short
.PHONY: $(JUDGE_SAMPLES) $(ATTACKS) $(VECTOR_CHECKS) $(CLIENT_TESTS) $(BROWSER_TESTS) $(DOCUMENT_TESTS)

# A fixed sample of terms, and of damaged ones, beside a real BEAM.
judge-terms:
	$(JUDGE) terms --count 5000 --seed 1 --command "$(REEL) term transcode --lenient" --used
judge-mutations:
	$(JUDGE) mutations --count 20000 --seed 1 --command "$(REEL) term transcode --lenient" --used

# The worst of the hostile files. Other checks run beside it, so it may take more of the processor's time.
attack-short:
	python3 Tests/Attack/attack.py $(REEL) --short --seconds 20

# A fixed sample of changed recordings, which every way in has to read alike.
differ-short:
	python3 Tests/Attack/differ.py $(REEL) --count 100 --seed 2

# The vectors against what is no code of ours.
vectors-generator:
	python3 Vectors/generator/generate.py --check
vectors-rules:
	python3 Vectors/generator/rules.py
vectors-mutants:
	python3 Tests/Vectors/mutate.py --verify
vectors-otp:
	python3 Vectors/generator/generate.py --otp | Vectors/generator/otp_check.escript Vectors
vectors-gzip:
	python3 Vectors/generator/gzip_check.py --erl

# This build, and the readers beside the specification, against the vectors.
vectors-reel:
	$(REEL) vectors check
vectors-python:
	$(REEL) vectors check --reader 'python3 Spec/readers/python/answers.py'
vectors-javascript:
	$(REEL) vectors check --reader 'node Spec/readers/javascript/answers.js'
vectors-small-python:
	$(REEL) vectors check --level reader --reader 'python3 Spec/readers/small/reader.py'
vectors-small-javascript:
	$(REEL) vectors check --level reader --reader 'node Spec/readers/small/reader.mjs'
vectors-small-elixir:
	$(REEL) vectors check --level reader --reader 'elixir Spec/readers/small/reader.exs'
vectors-go:
	cd Spec/readers/go && go build -o $(abspath $(BUILD))/reel-go-answers ./cmd/answers
	$(REEL) vectors check --level diagnosing --reader $(abspath $(BUILD))/reel-go-answers
vectors-elixir:
	$(REEL) vectors check --reader 'elixir Spec/readers/elixir/answers.exs'
vectors-kaitai:
	python3 Spec/readers/kaitai/check.py
vectors-faulty:
	Tests/Vectors/faulty.sh $(REEL)

# Those readers' own tests.
reader-python:
	cd Spec/readers/python && python3 -m unittest -q
reader-javascript:
	cd Spec/readers/javascript && REEL=$(abspath $(REEL)) node --test
reader-go:
	cd Spec/readers/go && go vet ./... && go test ./...
reader-elixir:
	elixir Spec/readers/elixir/reel_test.exs

# The dashboard in a real Chromium, whether or not axe-core can be had.
browser-tests:
	AXE_OPTIONAL=1 Tests/Browser/run.sh $(REEL) $(BUILD)/release/shop $(BUILD)

# The clients of the port, with a real BEAM.
client-elixir:
	cd Clients/elixir && REEL=$(abspath $(REEL)) MIX_BUILD_PATH=$(abspath $(BUILD))/clients/elixir mix test
client-erlang:
	REEL=$(abspath $(REEL)) escript Clients/erlang/reel_recorder/test/reel_recorder_test.escript

# What the README and the pages beside it show.
DOCUMENTS := README.md $(wildcard Documentation/*.md)
documents-commands:
	Scripts/test-documents.py $(REEL) $(DOCUMENTS)

documents: setup-tests build ## run the commands and programs of the README and of Documentation, those in Swift too
	Scripts/test-documents.py $(REEL) --swift $(BUILD)-documents $(DOCUMENTS)

# The path of the site's first page, where it is served.
SITE ?= $(BUILD)-site
SITE_BASE ?= /
site: build ## make the documentation site, in SITE, and check its links
	@Scripts/setup.sh site
	@Scripts/site/make.sh $(SITE) $(BUILD) --base $(SITE_BASE)

# How many events `make analysis` records. The page shows the answers to a million.
ANALYZED ?= 1000000
analysis: setup-tests build ## record ANALYZED events, and ask them in SQL what Documentation/analysis.md asks
	@Scripts/setup.sh analysis
	@Scripts/analysis/run.sh $(REEL) $(BUILD) --events $(ANALYZED)

client-bench: setup-tests build ## measure what recording costs a view's process, beside ETS as PhoenixReplay uses it, and what pages cost end to end
	cd Clients/elixir && REEL=$(abspath $(REEL)) MIX_BUILD_PATH=$(abspath $(BUILD))/clients/bench mix run bench/view.exs
	cd Clients/elixir && REEL=$(abspath $(REEL)) MIX_BUILD_PATH=$(abspath $(BUILD))/clients/bench mix run bench/pages.exs

mutants: setup-tests ## make 120 mistakes in our readers, all in one build, and see that the vectors tell
	python3 Tests/Vectors/mutate.py --build $(MUTANTS)

disagreements: setup-tests build ## damage vectors at random, DAMAGED times, and see that all readers say the same of them
	Tests/Vectors/disagree.py $(REEL) --seed $(SEED) --count $(DAMAGED)

attack: build ## give every command every hostile file, and print what it takes, which is bounded
	python3 Tests/Attack/attack.py $(REEL) --table

differ: build ## change recordings for an hour, and see that every way in reads them alike
	python3 Tests/Attack/differ.py $(REEL) --seconds 3600 --keep $(BUILD)/differ

judge: setup-tests build ## compare TERMS random terms and MUTATIONS damaged ones with a real BEAM
	$(JUDGE) terms --count $(TERMS) --seed $(SEED) --command "$(BUILD)/release/reel term transcode --lenient" --used
	$(JUDGE) mutations --count $(MUTATIONS) --seed $(SEED) --command "$(BUILD)/release/reel term transcode --lenient" --used

bench: build ## measure everything that has a goal, beside zlib, a real BEAM and Python, ROUNDS times
	@Scripts/setup.sh tests bench
	@swift build --package-path Benchmarks --scratch-path $(BENCHMARKS) -c release
	@Scripts/bench-speed.sh $(BENCHMARKS) $(REEL) --rounds $(ROUNDS) $(if $(MARKDOWN),--markdown $(abspath $(MARKDOWN)))

bench-pages: build ## measure coming to a page among 10,000 changes, and scrubbing at 60 changes a second in a browser
	@Scripts/setup.sh tests browser
	@node Benchmarks/pages/seek.mjs $(REEL)
	@Tests/Browser/run.sh $(REEL) $(REEL) $(BUILD) measure_scrubbing

growth: ## measure time and memory against 10^2 to EVENTS events
	@Scripts/setup.sh tests
	@swift build --package-path Benchmarks --scratch-path $(BENCHMARKS) -c release
	@$(BENCHMARKS)/release/reel-benchmark growth $(BENCHMARKS)/release/reel-paths --events $(EVENTS) $(if $(MARKDOWN),--markdown $(MARKDOWN))

instructions: ## count the instructions of the main paths, and compare them with Benchmarks/instructions.json
	@Scripts/setup.sh tests instructions
	@swift build --package-path Benchmarks --scratch-path $(BENCHMARKS) -c release
	@$(COUNT_INSTRUCTIONS)

instructions-keep: ## count the instructions of the main paths, and keep them
	@Scripts/setup.sh tests instructions
	@swift build --package-path Benchmarks --scratch-path $(BENCHMARKS) -c release
	@$(COUNT_INSTRUCTIONS) --keep

bench-stores: ## measure the stores with SUMMARIES recordings, beside SQLite's and PostgreSQL's own inserts
	@Scripts/setup.sh tests
	@$(SWIFT_BUILD) --product store-benchmark
	@Scripts/bench-stores.sh $(BUILD)/release/store-benchmark $(SUMMARIES)

start: build ## measure how long the tool takes to start
	@Scripts/setup.sh start
	@Scripts/measure-start.sh $(BUILD)/release/reel

load: ## measure the dashboard under load, with RECORDINGS recordings
	@Scripts/setup.sh dashboard
	@$(SWIFT_BUILD) --product reel
	@$(SWIFT_BUILD) --product shop
	@Scripts/bench-dashboard.sh $(BUILD)/release/reel $(BUILD)/release/shop $(RECORDINGS)

recorder: setup-tests ## measure recording beside a real BEAM, ROUNDS times, and with SESSIONS sessions over SECONDS_RECORDED
	@$(SWIFT_BUILD) --product recorder-benchmark
	@$(BUILD)/release/recorder-benchmark insert Tests/RecorderBenchmark/beam/insert.escript $(ROUNDS)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  $(BUILD)/release/recorder-benchmark sessions "$$folder" $(SESSIONS) $(SECONDS_RECORDED)

crashes: setup-tests ## kill a program that records CRASHES times, and see that nothing is lost
	$(SWIFT_BUILD) --build-tests
	CRASHES=$(CRASHES) swift test --scratch-path $(BUILD) -c release --skip-build --filter '^RecorderCrashTests'

tsan: setup-tests ## run the recorder's tests under the thread sanitizer
	swift test --scratch-path $(BUILD)-tsan --sanitize=thread -Xswiftc -DTHREAD_SANITIZER --filter '^ReelRecorderTests'

large: setup-tests build ## measure time and memory on a recording of BYTES bytes
	@Scripts/measure-large.sh $(BUILD)/release/reel $(BYTES)

format: ## format the Swift files in place
	swift format --in-place -r $(SWIFT_FILES)

lint: ## check the format of the Swift files
	swift format lint --strict -r $(SWIFT_FILES)

clean: ## remove what has been built
	rm -rf $(BUILD) $(BENCHMARKS) $(MUTANTS)
