# lvs-director: what one types here. `make help` lists it.

# everything that is built, tested or shown needs Rust, git, make and a C compiler; the
# laboratory fetches the rest from Debian's packages, once
CARGO ?= cargo
PREFIX ?= /usr/local
LAB := tests/lab/guest
BUILT := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help build demo test lab servers differential launchers bench lint advisories fuzz install install-ldirectord install-piranha install-vqalive install-ocf install-heartbeat

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 26

build: ## the program, as one installs it
	$(CARGO) build --release

demo: ## a tour of half a minute: a site, its director, a failure, on a real kernel
	@$(LAB)/setup >/dev/null
	$(CARGO) build
	@$(LAB)/boot bash "/host$(realpath .)/tests/lab/demo/tour" "/host$$(realpath $(BUILT)/debug/lvs-director)"

test: ## all tests, those on a real kernel and beside real servers included
	@$(LAB)/setup >/dev/null
	@$(LAB)/setup servers >/dev/null
	@$(LAB)/setup launchers >/dev/null
	LVS_LAB=required $(CARGO) test --no-fail-fast

lab: ## only the tests on a real kernel
	@$(LAB)/setup >/dev/null
	LVS_LAB=required $(CARGO) test --test lab

servers: ## only the tests beside ldirectord on the servers that people run
	@$(LAB)/setup servers >/dev/null
	LVS_LAB=required $(CARGO) test --test servers -- --nocapture

differential: ## only the tests that play the same files to ldirectord and to ours
	@$(LAB)/setup >/dev/null
	LVS_LAB=required $(CARGO) test --test differential -- --nocapture

launchers: ## only the tests under heartbeat, Pacemaker and systemd, those of ldirectord itself included
	@$(LAB)/setup launchers >/dev/null
	LVS_LAB=required $(CARGO) test --test launchers -- --nocapture --include-ignored

bench: ## speed beside ipvsadm, keepalived and ldirectord, on a real kernel
	@$(LAB)/setup >/dev/null
	$(CARGO) bench --bench peers

lint: ## format, lints, licences and origins of what we depend on
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTFLAGS='--cfg fuzzing' $(CARGO) check -p lvs-checkers --target-dir $(BUILT)/fuzzing
	if $(CARGO) deny --version >/dev/null 2>&1; then \
	  $(CARGO) deny check licenses bans sources && $(CARGO) deny --all-features check licenses sources; \
	fi

advisories: ## known defects of what we depend on; needs their database, from the network
	$(CARGO) deny check advisories

FUZZ = $(patsubst fuzz/targets/%.rs,%,$(wildcard fuzz/targets/*.rs))
TIME ?= 60

fuzz: ## what a server or a peer may say, made up: TIME seconds for each kind; needs cargo-fuzz, nightly
	cd fuzz && for target in $(FUZZ); do \
		mkdir -p target/corpus/$$target && \
		$(CARGO) +nightly fuzz run --fuzz-dir . -O $$target target/corpus/$$target corpus/$$target -- \
			-max_len=4096 -rss_limit_mb=1024 -timeout=10 -max_total_time=$(TIME) || exit; \
	done

install: build ## the program, its manual and the examples under PREFIX (DESTDIR is heeded)
	install -D -m 755 $(BUILT)/release/lvs-director $(DESTDIR)$(PREFIX)/sbin/lvs-director
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 $(wildcard man/*.8)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(wildcard man/*.5)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/lvs-director $(wildcard *.cf.example *.conf.example)

install-ldirectord: install ## the same in ldirectord's place: its name, and its unit for systemd
	ln -sfn lvs-director $(DESTDIR)$(PREFIX)/sbin/ldirectord
	install -D -m 644 packaging/systemd/ldirectord.service $(DESTDIR)$(PREFIX)/lib/systemd/system/ldirectord.service
	sed -i 's|/usr/sbin/|$(PREFIX)/sbin/|' $(DESTDIR)$(PREFIX)/lib/systemd/system/ldirectord.service

install-piranha: install ## the same in piranha's place: the names of its programs, and pulse's unit
	for name in pulse lvsd nanny fos send_arp; do \
		ln -sfn lvs-director $(DESTDIR)$(PREFIX)/sbin/$$name || exit; \
	done
	install -D -m 644 packaging/systemd/pulse.service $(DESTDIR)$(PREFIX)/lib/systemd/system/pulse.service
	sed -i 's|/usr/sbin/|$(PREFIX)/sbin/|' $(DESTDIR)$(PREFIX)/lib/systemd/system/pulse.service

install-vqalive: install ## the same in vqalive's place: its name
	ln -sfn lvs-director $(DESTDIR)$(PREFIX)/sbin/vqalive

install-ocf: install ## the same, and the agent ocf:lvs:lvs-director for Pacemaker
	install -D -m 755 packaging/ocf/lvs-director $(DESTDIR)/usr/lib/ocf/resource.d/lvs/lvs-director
	sed -i 's|/usr/sbin/|$(PREFIX)/sbin/|' $(DESTDIR)/usr/lib/ocf/resource.d/lvs/lvs-director

install-heartbeat: install ## the same, and the resource script lvs-director for heartbeat
	install -D -m 755 packaging/heartbeat/lvs-director $(DESTDIR)/etc/ha.d/resource.d/lvs-director
	sed -i 's|/usr/sbin/|$(PREFIX)/sbin/|' $(DESTDIR)/etc/ha.d/resource.d/lvs-director
