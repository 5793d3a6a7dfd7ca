# The targets that are not compilation: install, test, demo, format, lint.

BUILD_PACKAGES = gcc make pkg-config libc6-dev libssh-dev libev-dev liblua5.4-dev libjansson-dev libssl-dev \
                 libc-ares-dev libmicrohttpd-dev
DEMO_PACKAGES  = openssh-client elfutils
TEST_PACKAGES  = check openssh-client dropbear-bin putty-tools curl g++ python3 \
                 python3-paramiko python3-asyncssh python3-pytest \
                 golang-go golang-golang-x-crypto-dev \
                 libssh2-1-dev \
                 default-jdk-headless libjsch-java \
                 erlang-base erlang-ssh \
                 nodejs npm \
                 ruby ruby-net-ssh ruby-ed25519 ruby-bcrypt-pbkdf \
                 libnet-ssh2-perl php-cli php-ssh2 \
                 clang libclang-rt-dev prometheus chromium chromium-driver libxml2-utils perl systemd strace elfutils \
                 shellcheck yamllint parallel slurmctld slurmd slurm-client
LINT_PACKAGES  = clang-format clang-tidy lua-check mandoc

.PHONY: packages-build packages-demo packages-test packages-lint
packages-build:
	@tools/need-packages $(BUILD_PACKAGES)
packages-demo:
	@tools/need-packages $(BUILD_PACKAGES) $(DEMO_PACKAGES)
packages-test:
	@tools/need-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
packages-lint:
	@tools/need-packages $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)

# Compilers are run side by side, unless a -j of the caller's says how.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
SUBMAKE = +@$(MAKE) --no-print-directory -s $(JOBS)

ASAN = BUILD=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined'

.PHONY: demo
demo: packages-demo ## show verdicts on the bundled client, on OpenSSH's ssh, and on one that hangs
	$(SUBMAKE) binaries
	@tools/demo $(BUILD)/bin

.PHONY: test
test: packages-test ## every test: units, command line, catalogue, wrong clients, sanitizers, fuzzers for seconds
	$(SUBMAKE) binaries $(CHECKS) $(BUILD)/bin/man-tables $(CLIENT_BINS)
	$(SUBMAKE) npm-packages
	$(SUBMAKE) asan
	$(SUBMAKE) fuzzers
	@tests/all

.PHONY: check-fast
check-fast: packages-test ## the unit suites and the catalogue's lint and index: for the desk
	@$(MAKE) --no-print-directory binaries $(CHECKS)
	$(BUILD)/bin/fakesshd lint
	@$(BUILD)/bin/fakesshd list --markdown | cmp -s - $(INDEX) || { echo '$(INDEX) is old: run make index'; exit 1; }
	$(BUILD)/bin/check-fakesshd
	$(BUILD)/bin/check-sshexec

.PHONY: check-cli
check-cli: packages-test ## the command-line tests; WORDS='...' picks some by name
	$(SUBMAKE) binaries $(BUILD)/bin/man-tables $(CLIENT_BINS)
	$(SUBMAKE) npm-packages
	@tests/cli/run --bin $(BUILD)/bin $(WORDS)

.PHONY: asan
asan: ## a build with AddressSanitizer and UndefinedBehaviorSanitizer, in build/asan
	$(SUBMAKE) $(ASAN) asan-binaries
.PHONY: asan-binaries
asan-binaries: $(BINS) $(CHECKS)

# ---- fuzzing ----

# libFuzzer is clang's, and counts which branches are taken in everything that is built for it.
FUZZ = BUILD=build/fuzz CC=clang CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined'

.PHONY: fuzz
fuzz: packages-test ## run every fuzz target in turn for TIME each (10s); WORDS='...' picks some by name
	$(SUBMAKE) fuzzers
	@tests/fuzz/run build/fuzz/bin $(or $(TIME),10s) $(WORDS)
.PHONY: fuzzers fuzz-binaries
fuzzers: ## the fuzz targets, in build/fuzz
	$(SUBMAKE) $(FUZZ) fuzz-binaries
fuzz-binaries: $(FUZZERS)

# ---- clients under test ----

.PHONY: clients
clients: packages-build ## install what the clients under test need, build those that are built, and list them
	$(SUBMAKE) binaries
	@tools/need-clients $(BUILD)/bin/fakesshd $(BUILD)
	+@$(MAKE) --no-print-directory -s -k $(CLIENT_BINS) || true
	@$(BUILD)/bin/fakesshd list --clients

# Not of Debian's, and so without a word in *_PACKAGES: what can't be had is said, and its clients are skipped.
.PHONY: npm-packages
npm-packages: $(BUILD)/bin/fakesshd ## npm's packages of the clients under test, in build/node_modules
	@tools/need-npm $(BUILD) $$($(BUILD)/bin/fakesshd list --clients --npm) || true

# ---- drivers around the libraries of others ----

JSCH_JAR    = /usr/share/java/jsch.jar
CLIENT_BINS = $(BUILD)/bin/libssh-client $(BUILD)/bin/libssh2-client $(BUILD)/java/JschClient.class $(BUILD)/bin/go-client
$(BUILD)/bin/libssh-client: $(call objs,client-under-test/libssh/main.c $(THREADS_SRC))
	$(link)
$(BUILD)/bin/libssh2-client: $(call objs,client-under-test/libssh2/main.c $(THREADS_SRC))
	$(link) $(shell pkg-config --libs libssh2 2>/dev/null)

$(BUILD)/java/JschClient.class: $(wildcard client-under-test/jsch/*.java)
	@mkdir -p $(@D)
	javac -Xlint:all -cp $(JSCH_JAR) -d $(@D) $^

# ---- the Go client of the story ----

GO_SRC = $(wildcard client-under-test/go/*.go)
# Debian's package holds the sources of x/crypto, for a GOPATH of its own; its version is the package's.
$(BUILD)/bin/go-client: $(GO_SRC)
	@mkdir -p $(@D)
	GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE=$(abspath $(BUILD))/go-cache CGO_ENABLED=0 \
	    go build -ldflags "-X main.cryptoVersion=$$(dpkg-query -f '$${source:Upstream-Version}' -W golang-golang-x-crypto-dev)" \
	    -o $@ $(GO_SRC)

.PHONY: story
story: packages-test ## the story: Go's ssh.Dial against silent hosts, what its author saw, and the cure
	$(SUBMAKE) binaries $(BUILD)/bin/go-client
	@tools/story $(BUILD)/bin $(BUILD)/story

# ---- all clients by all ids ----

.PHONY: matrix
matrix: clients ## every client against the whole catalogue, into build/matrix; goes on where it was; OPTIONS='...'
	$(BUILD)/bin/fakesshd matrix --out $(BUILD)/matrix $(OPTIONS)

# ---- figures ----

$(BUILD)/bin/growth-sim: bench/growth_sim.c $(call objs,$(addprefix fakesshd/judge/,growth.c growth_plan.c growth_text.c))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Ifakesshd $(LDFLAGS) -o $@ $^ -lm

$(BUILD)/bin/bench-library: bench/peers/library.c $(call objs,$(LIB_SRC))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Iclient-under-test $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(CLIENT_LIBS)

.PHONY: bench-deadlines
bench-deadlines: packages-test binaries $(BUILD)/bin/bench-library ## how well clients keep a deadline, side by side; 15 minutes
	@bench/deadlines.py --bin $(BUILD)/bin

.PHONY: bench
bench: binaries ## what a connection costs the server, with each engine; a minute
	@bench/sessions.py --bin $(BUILD)/bin

.PHONY: bench-leases
bench-leases: binaries ## what a lease of a control costs, one by one and 200 at once; seconds
	@bench/leases.py --bin $(BUILD)/bin

.PHONY: bench-soak
bench-soak: binaries ## 200,000 tasks of sshexec against the whole catalogue, 500 at a time; 4 minutes
	@bench/soak.py --bin $(BUILD)/bin

.PHONY: bench-mutants
bench-mutants: binaries ## every client that is wrong on purpose against one variant of every scenario; SELECTORS='...' for fewer
	$(BUILD)/bin/fakesshd selftest --json $(BUILD)/mutants.json $(or $(SELECTORS),--all)

.PHONY: bench-stability
bench-stability: packages-test binaries $(BUILD)/bin/go-client ## is a sound client ever accused? the whole catalogue REPEAT=10 times, beside BUSY=0 busy loops; half an hour
	@bench/stability.py --bin $(BUILD)/bin --repeat $(or $(REPEAT),10) --busy $(or $(BUSY),0) --json $(BUILD)/stability.json $(SELECTORS)

.PHONY: bench-growth
bench-growth: $(BUILD)/bin/growth-sim ## how often the growth rule is wrong, by simulation: ci against its targets, and each plan; RUNS=20000
	@$< --targets $(or $(SERIES),100000)
	@$< $(or $(RUNS),2000)

# ---- installation ----

INSTALL_BIN   = $(DESTDIR)$(PREFIX)/bin
INSTALL_SHARE = $(DESTDIR)$(PREFIX)/share/fakesshd
INSTALL_MAN   = $(DESTDIR)$(PREFIX)/share/man
INSTALL_LIB   = $(DESTDIR)$(PREFIX)/lib
INSTALL_INC   = $(DESTDIR)$(PREFIX)/include
# Of the clients under test, those that are scripts.
ADAPTER_FOLDERS = erlang node perl php python ruby
MAN_PAGES     = $(wildcard man/*.[1-9])

# The clients that are wrong on purpose stay here: they are tests of the harness, not for use.
.PHONY: install
install: all ## install under PREFIX (/usr/local); DESTDIR is put before it
	install -d $(INSTALL_BIN) $(INSTALL_SHARE)/client-under-test
	install -m 755 $(BUILD)/bin/fakesshd $(BUILD)/bin/sshexec $(INSTALL_BIN)
	install -d $(INSTALL_LIB)/pkgconfig $(INSTALL_INC)
	install -m 644 client-under-test/lib/sshexec.h $(INSTALL_INC)
	install -m 644 $(LIB)/libsshexec.a $(INSTALL_LIB)
	install -m 755 $(LIB)/$(SONAME) $(INSTALL_LIB)
	ln -sf $(SONAME) $(INSTALL_LIB)/libsshexec.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' client-under-test/lib/sshexec.pc.in \
	    > $(INSTALL_LIB)/pkgconfig/sshexec.pc
	for folder in $(sort $(notdir $(patsubst %/,%,$(wildcard scenarios/*/)))); do \
	    install -d $(INSTALL_SHARE)/scenarios/$$folder && \
	    install -m 644 scenarios/$$folder/*.lua $(INSTALL_SHARE)/scenarios/$$folder || exit 1; \
	done
	install -m 644 $(wildcard client-under-test/*.lua client-under-test/*.expect) $(INSTALL_SHARE)/client-under-test
	install -m 755 $(wildcard client-under-test/*.py) $(INSTALL_SHARE)/client-under-test
	for folder in $(ADAPTER_FOLDERS); do \
	    install -d $(INSTALL_SHARE)/client-under-test/$$folder && \
	    install -m 755 client-under-test/$$folder/*.* $(INSTALL_SHARE)/client-under-test/$$folder || exit 1; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(BUILD)/bin/sshexec completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sshexec
	install -d $(INSTALL_LIB)/systemd/system
	sed -e 's|@PREFIX@|$(PREFIX)|' client-under-test/service/sshexec.service.in > $(INSTALL_LIB)/systemd/system/sshexec.service
	for page in $(MAN_PAGES); do \
	    install -d $(INSTALL_MAN)/man$${page##*.} && \
	    install -m 644 $$page $(INSTALL_MAN)/man$${page##*.} || exit 1; \
	done

.PHONY: uninstall
uninstall: ## remove what `make install` put there
	rm -f $(INSTALL_BIN)/fakesshd $(INSTALL_BIN)/sshexec
	rm -f $(INSTALL_INC)/sshexec.h $(INSTALL_LIB)/libsshexec.a $(INSTALL_LIB)/$(SONAME)
	rm -f $(INSTALL_LIB)/libsshexec.so $(INSTALL_LIB)/pkgconfig/sshexec.pc $(INSTALL_LIB)/systemd/system/sshexec.service
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sshexec
	rm -rf $(INSTALL_SHARE)
	rm -f $(foreach page,$(MAN_PAGES),$(INSTALL_MAN)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

# ---- documents ----

$(BUILD)/bin/man-tables: $(BUILD)/obj/tools/man-tables.o $(call objs,$(addprefix fakesshd/server/,crafted/message.c \
    crafted/payload.c buffer.c))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
$(BUILD)/obj/tools/%.o: tools/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Ifakesshd -c -o $@ $<

INDEX = scenarios/README.md

.PHONY: index
index: binaries ## write the catalogue's index, scenarios/README.md
	@$(BUILD)/bin/fakesshd list --markdown > $(BUILD)/index && { cmp -s $(BUILD)/index $(INDEX) || cp $(BUILD)/index $(INDEX); }

.PHONY: docs
docs: index $(BUILD)/bin/man-tables ## refresh the tables of manual pages and README from the code's lists
	@for page in $(MAN_PAGES); do \
	    $(BUILD)/bin/man-tables < $$page > $(BUILD)/page && \
	    { cmp -s $(BUILD)/page $$page || cp $(BUILD)/page $$page; } || exit 1; \
	done
	@tools/readme-tables $(BUILD)/bin/fakesshd < README.md > $(BUILD)/page && \
	    { cmp -s $(BUILD)/page README.md || cp $(BUILD)/page README.md; }

# ---- style ----

C_FILES   = $(shell find fakesshd client-under-test tests tools bench examples -name '*.[ch]')
LUA_FILES = $(shell find scenarios client-under-test tests fakesshd/server/prelude -name '*.lua')

.PHONY: format
format: ## lay out the C files with clang-format
	clang-format -i $(C_FILES)

.PHONY: lint
lint: packages-lint ## both compilers without warnings; clang-format, clang-tidy, luacheck, mandoc, shellcheck, yamllint, the catalogue
	$(SUBMAKE) BUILD=build/gcc CC=gcc DEVELOPER=1 asan-binaries
	$(SUBMAKE) BUILD=build/clang CC=clang DEVELOPER=1 asan-binaries
	$(SUBMAKE) lint-sources
.PHONY: lint-sources
lint-sources:
	clang-format --dry-run --Werror $(C_FILES)
	luacheck --quiet $(LUA_FILES)
	$(if $(MAN_PAGES),mandoc -Tlint -Wwarning $(MAN_PAGES))
	build/gcc/bin/fakesshd lint
	tools/lint-ci --bin build/gcc/bin
	shellcheck -x examples/*/*.sh
	@printf '%s\n' $(filter-out examples/%,$(filter %.c,$(C_FILES))) | xargs -P $$(nproc) -n 8 clang-tidy --quiet

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24
