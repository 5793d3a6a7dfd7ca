# fakesshd: two commands are all a newcomer needs, `make demo` and `make test`.
# CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR and BUILD are honoured; DEVELOPER=1 turns warnings into errors.

PREFIX  ?= /usr/local
BUILD   ?= build
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
ifdef DEVELOPER
WARN    += -Werror
endif

# libev has no pkg-config file in Debian: -lev is proved by tools/need-packages before the first compile.
PKGS       = libssh lua5.4 jansson libcrypto
# libssh's message getters for passwords and keys are marked deprecated; the queue that they belong to
# is the only public way to leave a request unanswered.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null) -Wno-deprecated-declarations
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lev -lpthread -lm
# The tool's own: leases over HTTP.
TOOL_LIBS   := $(shell pkg-config --libs libmicrohttpd 2>/dev/null)
# Of the bundled client alone.
CLIENT_LIBS := $(shell pkg-config --libs libcares libmicrohttpd 2>/dev/null)
# Of its library.
LIB_LIBS    := $(shell pkg-config --libs libssh libcrypto libcares 2>/dev/null) -lev -lm
CHECK_LIBS := $(shell pkg-config --libs check 2>/dev/null)

VERSION  = 0.1.0
CPPFLAGS_ALL = -std=c11 -D_GNU_SOURCE -DFAKESSHD_VERSION='"$(VERSION)"' \
               -DFAKESSHD_DATADIR='"$(PREFIX)/share/fakesshd"' $(CPPFLAGS)
CFLAGS_ALL   = $(CPPFLAGS_ALL) $(WARN) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP

TOOL_SRC    = $(wildcard fakesshd/*/*.c fakesshd/*/*/*.c)
LIB_SRC     = $(wildcard client-under-test/lib/*.c)
CLIENT_SRC  = $(LIB_SRC) $(wildcard client-under-test/cli/*.c client-under-test/service/*.c)
THREADS_SRC = $(wildcard client-under-test/threads/*.c)
WRONG_SRC   = $(wildcard client-under-test/wrong/*.c) $(THREADS_SRC)
TOOL_TEST   = $(wildcard tests/*.c)
CLIENT_TEST = $(wildcard tests/client/*.c)

objs = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
TOOL_OBJ   = $(call objs,$(TOOL_SRC)) $(BUILD)/obj/fakesshd/server/prelude.o $(BUILD)/obj/fakesshd/judge/report/page.o
CLIENT_OBJ = $(call objs,$(CLIENT_SRC))
BINS       = $(BUILD)/bin/fakesshd $(if $(CLIENT_SRC),$(BUILD)/bin/sshexec) \
             $(if $(WRONG_SRC),$(BUILD)/bin/wrong)
FUZZERS    = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/bin/fuzz-%,$(wildcard tests/fuzz/fuzz_*.c))
CHECKS     = $(BUILD)/bin/check-fakesshd $(if $(CLIENT_TEST),$(BUILD)/bin/check-sshexec)

.DEFAULT_GOAL := all
.PHONY: all binaries
all: packages-build ## build fakesshd, sshexec and the clients that are wrong on purpose
	@$(MAKE) --no-print-directory binaries
# A make of its own, because the flags above are read from packages that may just have been installed.
binaries: $(BINS) library

include make/targets.mk

$(BUILD)/bin/fakesshd: $(TOOL_OBJ)
	$(link) $(TOOL_LIBS)
$(BUILD)/bin/sshexec: $(CLIENT_OBJ)
	$(link) $(CLIENT_LIBS)
$(BUILD)/bin/wrong: $(call objs,$(WRONG_SRC))
	$(link)
$(BUILD)/bin/check-fakesshd: $(filter-out %/cli/main.o,$(TOOL_OBJ)) $(call objs,$(TOOL_TEST))
	$(link) $(TOOL_LIBS) $(CHECK_LIBS)
$(BUILD)/bin/check-sshexec: $(filter-out %/cli/main.o,$(CLIENT_OBJ)) $(call objs,$(CLIENT_TEST))
	$(link) $(CLIENT_LIBS) $(CHECK_LIBS)

$(filter-out %/fuzz-task,$(FUZZERS)): $(BUILD)/bin/fuzz-%: $(filter-out %/cli/main.o,$(TOOL_OBJ)) \
    $(BUILD)/obj/tests/fuzz/fuzz_%.o
	$(link) $(TOOL_LIBS) -fsanitize=fuzzer
$(BUILD)/bin/fuzz-task: $(filter-out %/cli/main.o,$(CLIENT_OBJ)) $(BUILD)/obj/tests/fuzz/fuzz_task.o
	$(link) $(CLIENT_LIBS) -fsanitize=fuzzer

# ---- libsshexec ----
# One object with nothing but sshexec_* to be seen, of which both libraries are made.

LIB     = $(BUILD)/lib
SONAME  = libsshexec.so.0
LIB_OBJ = $(patsubst %.c,$(BUILD)/pic/%.o,$(LIB_SRC))

.PHONY: library
library: $(LIB)/libsshexec.a $(LIB)/$(SONAME)
$(LIB)/sshexec.o: $(LIB_OBJ)
	@mkdir -p $(@D)
	$(LD) -r -o $@ $^
	objcopy --wildcard --keep-global-symbol='sshexec_*' $@
$(LIB)/libsshexec.a: $(LIB)/sshexec.o
	rm -f $@
	$(AR) rcs $@ $<
$(LIB)/$(SONAME): $(LIB)/sshexec.o client-under-test/lib/sshexec.map
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--no-undefined \
	    -Wl,--version-script=client-under-test/lib/sshexec.map -o $@ $< $(LIB_LIBS)
	ln -sf $(SONAME) $(LIB)/libsshexec.so
$(BUILD)/pic/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -fPIC -Iclient-under-test -c -o $@ $<

define link
@mkdir -p $(@D)
$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(PKG_LIBS)
endef

$(BUILD)/obj/fakesshd/%.o: fakesshd/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Ifakesshd -c -o $@ $<
$(BUILD)/obj/client-under-test/%.o: client-under-test/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Iclient-under-test -c -o $@ $<
$(BUILD)/obj/tests/client/%.o: tests/client/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Iclient-under-test -c -o $@ $<
$(BUILD)/obj/tests/fuzz/fuzz_task.o: tests/fuzz/fuzz_task.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Iclient-under-test -c -o $@ $<
$(BUILD)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -Ifakesshd -c -o $@ $<

# The verbs that are written in Lua travel inside the executable: one chunk, each file a function.
PRELUDE = $(patsubst %,fakesshd/server/prelude/%.lua,lib wire ssh messages channel subsystem sftp netconf \
                                                      handles)
$(BUILD)/obj/fakesshd/server/prelude.lua: $(PRELUDE)
	@mkdir -p $(@D)
	@{ printf 'local core, conn_meta, channel_meta = ...\nlocal lib, conn, channel = {}, {}, {}\n'; \
	   for file in $^; do printf ';(function(...)\n'; cat $$file; \
	       printf 'end)(core, lib, conn, channel, conn_meta, channel_meta)\n'; done; } > $@
$(BUILD)/obj/fakesshd/server/prelude.c: $(BUILD)/obj/fakesshd/server/prelude.lua
	@{ printf '#include "server/prelude.h"\n\nconst char prelude_source[] = {\n'; \
	   od -An -v -tu1 $< | sed 's/\([0-9][0-9]*\) */\1,/g'; printf '0};\n'; } > $@
$(BUILD)/obj/fakesshd/server/prelude.o: $(BUILD)/obj/fakesshd/server/prelude.c fakesshd/server/prelude.h
	$(CC) $(CFLAGS_ALL) -Ifakesshd -c -o $@ $<

# So does the page of results: template, style, and a program of which each file is a part.
PAGE    = fakesshd/judge/report
PAGE_JS = $(patsubst %,$(PAGE)/%.js,model shapes grid filters charts detail overview main)
bytes = cat $(1) | od -An -v -tu1 | sed 's/\([0-9][0-9]*\) */\1,/g'
$(BUILD)/obj/$(PAGE)/page.c: $(PAGE)/page.html $(PAGE)/page.css $(PAGE_JS)
	@mkdir -p $(@D)
	@{ printf '#include "judge/report/page.h"\n\nconst unsigned char page_html[] = {\n'; $(call bytes,$(PAGE)/page.html); \
	   printf '0};\nconst unsigned char page_css[] = {\n'; $(call bytes,$(PAGE)/page.css); \
	   printf '0};\nconst unsigned char page_js[] = {\n'; \
	   { printf '"use strict";\n(() => {\n'; cat $(PAGE_JS); printf '})();\n'; } | $(call bytes,-); printf '0};\n'; } > $@
$(BUILD)/obj/$(PAGE)/page.o: $(BUILD)/obj/$(PAGE)/page.c $(PAGE)/page.h
	$(CC) $(CFLAGS_ALL) -Ifakesshd -c -o $@ $<

-include $(shell find $(BUILD)/obj $(BUILD)/pic -name '*.d' 2>/dev/null)
