# The targets that are not compilation: install, test, demo, format, lint.

BUILD_PACKAGES = gcc make pkg-config libssh-dev libev-dev liblua5.4-dev libjansson-dev libssl-dev
TEST_PACKAGES  = check openssh-client dropbear-bin python3
LINT_PACKAGES  = clang clang-format clang-tidy lua-check mandoc

.PHONY: packages-build packages-test packages-lint
packages-build:
	@tools/need-packages $(BUILD_PACKAGES)
packages-test:
	@tools/need-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
packages-lint:
	@tools/need-packages $(LINT_PACKAGES)

.PHONY: check-fast
check-fast: packages-test ## the unit suites: under a minute, for the desk
	@$(MAKE) --no-print-directory binaries $(CHECKS)
	$(BUILD)/bin/check-fakesshd
	$(BUILD)/bin/check-sshexec

.PHONY: format
format: ## lay out the C files with clang-format
	clang-format -i $(shell git ls-files '*.c' '*.h')

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24
