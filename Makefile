# Copyright (C) The Ergon contributors.
# SPDX-License-Identifier: Apache-2.0

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Every step may use the whole machine, and cargo would only wait for itself.
.NOTPARALLEL:

# In a recipe: the environment that scripts/setup wrote.
env = . "$$(scripts/setup --env)"
step = @printf '\n==> %s  [%(%H:%M:%S)T]\n' '$(1)' -1
# A machine that checks must not resolve dependencies anew.
locked := $(if $(CI),--locked)

# Crates that the runtime is made of: tested in the dev profile, without building the Wasm runtime.
on_chain := ergon-core ergon-economics ergon-engine-interface ergon-exact ergon-runtime \
	pallet-audits pallet-disputes pallet-jobs pallet-models pallet-power pallet-providers \
	pallet-rewards pallet-sprints
# Crates that run beside it: built and tested in release, with the same features everywhere, so that
# the demo, the tests and the benchmarks share one build.
off_chain := ergon-attacks ergon-benchmarks ergon-demo-model ergon-economics-simulation \
	ergon-engine ergon-node
pallets := audits disputes jobs models power providers rewards sprints
# Networks that every change is tried on, and the others, of which two take longest.
networks_first := newcomers accidents attacks
networks_longest := outages seats
networks_rest := $(networks_longest) $(filter-out $(networks_longest) $(networks_first),$\
	$(basename $(notdir $(wildcard zombienet/tests/*.rs))))
# Workspaces of their own.
apart := benchmarks/peers node/engine/fuzz zombienet
features := --features ergon-node/fast-runtime,ergon-engine/adversary,ergon-engine/emulation
# Without this a release refuses to contain the engine that cheats. `make install` goes without.
for_tests := ERGON_ADVERSARY=tests
# Tests of the chain look into its state after every block, and run each benchmark once.
chain_features := --features ergon-runtime/fast-runtime,ergon-runtime/runtime-benchmarks,$\
	ergon-runtime/try-runtime

packages = $(addprefix -p ,$(1))
# The engine for graphics cards, built apart: its features are nobody else's.
cuda = CUDA_HOME=$$(scripts/setup-cuda) && export CUDA_HOME
for_cards := -p ergon-engine --features cuda --target-dir "$$CARGO_TARGET_DIR/cuda"

.PHONY: help
help:
	@echo 'make demo     a local network, a question, its answer, a cheat that is caught'
	@echo 'make test     every test: pallets, runtime, engine, node, networks'
	@echo 'make test-network  all networks: also outages, splits and the like, which take long'
	@echo 'make install  node and engine to earn with, to ~/.local/bin'
	@echo 'make check    formatting, lints, documentation, licence headers, one cohort'
	@echo 'make bench    speed of the engine and cost of a job'
	@echo 'make bench-engine  the engine against llama.cpp, candle and ONNX Runtime'
	@echo 'make bench-economics  what each way to cheat earns, simulated'
	@echo 'make bench-attacks  every way to cheat, tried a thousand times: who is found out'
	@echo 'make bench-judge   the last step of a dispute, in the runtime'
	@echo 'make bench-power   elections and eras with up to 1,000 candidates'
	@echo 'make test-arm kernels on 64-bit Arm, under an emulator'
	@echo 'make cuda     the engine for graphics cards (test-cuda and bench-cuda need one)'
	@echo 'make audit    licences, sources and advisories of all dependencies'
	@echo 'make weights  benchmarks every call and hook, and writes pallets/*/src/weights.rs'
	@echo 'make setup    what each of them does first'

.PHONY: setup
setup:
	@scripts/setup

# --- The demo -------------------------------------------------------------------------------------

.PHONY: demo
demo: build demo-packages
	@$(env); exec zombienet/demo/with-lifeline node zombienet/demo/src/main.js </dev/null

.PHONY: build
build: setup
	$(call step,Building node and engine)
	@$(env); $(for_tests) cargo build --release $(locked) $(call packages,$(off_chain)) --bins $(features)

.PHONY: install
install: setup
	$(call step,Node and engine to earn with)
	@$(env); cargo build --release $(locked) -p ergon-node -p ergon-engine
	@$(env); install -D -t "$${PREFIX:-$$HOME/.local}/bin" \
		"$$CARGO_TARGET_DIR/release/ergon-node" "$$CARGO_TARGET_DIR/release/ergon-engine"

.PHONY: demo-packages
demo-packages: setup
	@$(env); zombienet/demo/install

# --- Checks ---------------------------------------------------------------------------------------

.PHONY: check
check: check-format check-headers check-cohort check-adversary check-lints check-cuda check-apart \
	check-docs

.PHONY: check-format
check-format: setup
	$(call step,Formatting)
	@$(env); cargo fmt --all --check
	@$(env); for folder in $(apart); do \
		cargo fmt --manifest-path "$$folder/Cargo.toml" --check; done
	@$(env); git ls-files -z '*.toml' | xargs -0 taplo fmt --check --colors never

.PHONY: check-headers
check-headers:
	$(call step,Licence headers)
	@.ci/headers

.PHONY: check-cohort
check-cohort:
	$(call step,One polkadot-sdk cohort)
	@.ci/one-cohort Cargo.lock sp-runtime frame-support

.PHONY: check-adversary
check-adversary: setup
	$(call step,No release contains the engine that cheats)
	@$(env); .ci/adversary

# All crates with all features in one profile: clippy shares the metadata of the dependencies with
# rustdoc, and build scripts with the tests.
.PHONY: check-lints
check-lints: setup
	$(call step,Lints)
	@$(env); SKIP_WASM_BUILD=1 cargo clippy $(locked) --workspace --all-targets \
		$(features) $(chain_features) -- -D warnings

# The kernels, with the real compiler, and what drives them.
.PHONY: check-cuda
check-cuda: setup
	$(call step,Lints of the engine for graphics cards)
	@$(env); $(cuda); cargo clippy $(locked) $(for_cards) --all-targets -- -D warnings

# No other check builds these workspaces, and what they use of the engine must still be there.
.PHONY: check-apart
check-apart: setup
	$(call step,Peers and fuzz targets)
	@$(env); for folder in benchmarks/peers node/engine/fuzz; do \
		cargo check --locked --manifest-path "$$folder/Cargo.toml" \
			--target-dir "$$CARGO_TARGET_DIR/$${folder##*/}"; done
	@python3 -B -m unittest discover -q -s benchmarks/peers

.PHONY: check-docs
check-docs: setup
	$(call step,Documentation)
	@$(env); SKIP_WASM_BUILD=1 RUSTDOCFLAGS='-D warnings' cargo doc $(locked) --workspace --no-deps \
		$(features) $(chain_features)

# --- Tests ----------------------------------------------------------------------------------------

.PHONY: test
test: test-chain test-engine test-network-first test-demo

.PHONY: test-chain
test-chain: setup
	$(call step,Tests of primitives, pallets and runtime)
	@$(env); SKIP_WASM_BUILD=1 cargo test $(locked) $(call packages,$(on_chain)) \
		$(chain_features)

.PHONY: test-engine
test-engine: setup
	$(call step,Tests of engine and node)
	@# Without MiniLM the tests of quality skip themselves; where a machine checks, nobody would see it.
	@$(env); ERGON_MINILM=$$(.ci/minilm || test -z "$${CI-}"); export ERGON_MINILM; \
		$(for_tests) cargo test --release $(locked) $(call packages,$(off_chain)) $(features)

# As many networks at a time as there are processors: most of the time their nodes wait. NETWORKS=outages is
# one of them.
.PHONY: test-network test-network-first
test-network: NETWORKS = $(networks_rest) $(networks_first)
test-network-first: NETWORKS = $(networks_first)
test-network test-network-first: build
	$(call step,Network tests)
	@# A person reads why a test failed, not where in the libraries the error was made.
	@$(env); export PATH="$$CARGO_TARGET_DIR/release:$$PATH" RUST_LIB_BACKTRACE=0; \
		run="cargo test $(locked) --manifest-path zombienet/Cargo.toml \
			--target-dir $$CARGO_TARGET_DIR/zombienet"; \
		$$run --no-run; \
		printf '%s\n' $(NETWORKS) | xargs -P "$$(nproc)" -I{} $$run --test {} -- --show-output

.PHONY: test-demo
test-demo: build demo-packages
	$(call step,The demo network seen from JavaScript)
	@$(env); exec zombienet/demo/with-lifeline \
		node --test --test-concurrency=1 zombienet/demo/test/*.test.js

# --- Figures --------------------------------------------------------------------------------------

.PHONY: bench
bench: build
	$(call step,Benchmarks)
	@$(env); "$$CARGO_TARGET_DIR/release/ergon-benchmarks"

.PHONY: bench-economics
bench-economics: build
	$(call step,What each way to cheat earns)
	@$(env); "$$CARGO_TARGET_DIR/release/ergon-economics-simulation" \
		--output benchmarks/results/economics.md

# Takes half an hour. ARGUMENTS='--tries 50' is what one may wait for.
.PHONY: bench-attacks
bench-attacks: build
	$(call step,Every way to cheat)
	@$(env); "$$CARGO_TARGET_DIR/release/ergon-attacks" \
		--output benchmarks/results/attacks.md $(ARGUMENTS)

.PHONY: bench-power
bench-power: build
	$(call step,Elections and eras)
	@$(env); "$$CARGO_TARGET_DIR/release/ergon-benchmarks" power | tee benchmarks/results/power.md

.PHONY: bench-judge
bench-judge: setup
	$(call step,The judge of disputes)
	@$(env); .ci/bench-judge benchmarks/results/judge.md

# Takes hours: every engine, every shape, five rounds. ARGUMENTS='--shapes smollm2-135m --rounds 1' is
# what one may wait for.
.PHONY: bench-engine
bench-engine: setup
	$(call step,The engine against its peers)
	@$(env); .ci/peers $(ARGUMENTS)

.PHONY: test-arm
test-arm: setup
	$(call step,Kernels on 64-bit Arm)
	@$(env); .ci/arm

.PHONY: cuda
cuda: setup
	$(call step,The engine for graphics cards)
	@$(env); $(cuda); cargo build --release $(locked) $(for_cards) --bin ergon-engine
	@$(env); install -D "$$CARGO_TARGET_DIR/cuda/release/ergon-engine" \
		"$$CARGO_TARGET_DIR/release/ergon-engine"

.PHONY: test-cuda
test-cuda: setup
	$(call step,A graphics card against the definition)
	@# One kernel after another against the golden vectors, then whole passes.
	@$(env); $(cuda); for tests in '--lib device::' '--test device'; do \
		cargo test --release $(locked) $(for_cards) $$tests -- --nocapture; done

.PHONY: bench-cuda
bench-cuda: cuda
	$(call step,Speed of a graphics card)
	@$(env); .ci/bench-cuda benchmarks/results/cuda.md

# Not part of any check: the tools take longer to build than everything else together.
.PHONY: audit
audit: setup
	$(call step,Licences, bans, sources and advisories)
	@$(env); .ci/tool cargo-deny 0.20.2
	@$(env); "$$ERGON_CACHE/tools/bin/cargo-deny" --all-features check licenses bans sources
	@$(env); "$$ERGON_CACHE/tools/bin/cargo-deny" --manifest-path zombienet/Cargo.toml \
		--config deny.toml check licenses sources
	@$(env); .ci/advisories

.PHONY: weights
weights: setup
	$(call step,Weights)
	@$(env); .ci/weights $(pallets)
