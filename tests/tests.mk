# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tests' part of the Makefile: the glibc build with sanitizers, the unit test programs, the layers of `make check`.
#
# tests/unit/test_NAME.c is one program. Every other tests/unit/*.c is a helper that all of them may use.
# A function __wrap_NAME in a helper, or in the test itself, replaces NAME where our code calls it (ld --wrap).

T         := build/test
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
HELP_SRC  := $(filter-out $(UNIT_SRC),$(sort $(wildcard tests/unit/*.c)))
UNIT      := $(UNIT_SRC:tests/unit/%.c=$(T)/unit/%)
# Not our allocator: the sanitizers' one finds what a test does wrong with memory.
T_OBJ     := $(patsubst early/%.c,$(T)/obj/%.o,$(filter-out early/alloc.c,$(SRC)))
T_LIB     := $(filter-out $(T)/obj/main.o,$(T_OBJ))
T_HELP    := $(HELP_SRC:tests/unit/%.c=$(T)/obj/unit/%.o)
T_KMOD    := $(KMOD_C:%.c=$(T)/obj/kmod/%.o)

.PHONY: unit-programs
unit-programs: $(UNIT) $(T)/vfio-early
.SECONDARY: $(T_OBJ) $(T_HELP) $(T_KMOD) $(UNIT_SRC:tests/unit/%.c=$(T)/obj/unit/%.o)

# The whole program with sanitizers, for tests that run it from outside.
$(T)/vfio-early: $(T_OBJ) $(T_KMOD)
	@echo "  LINK    $@"
	$(V)$(TEST_CC) $(SAN) -o $@ $^

$(T)/libearly.a: $(T_LIB) $(T_HELP) $(T_KMOD)
	$(V)rm -f $@ && ar crs $@ $^

$(T)/unit/%: $(T)/obj/unit/%.o $(T)/libearly.a
	@echo "  LINK    $@"
	@mkdir -p $(@D)
	$(V)$(TEST_CC) $(SAN) -o $@ $< $(T)/libearly.a \
		$$(sed -n 's/^[^*]*\<__wrap_\([a-z0-9_]*\)(.*/-Wl,--wrap=\1/p' tests/unit/$*.c $(HELP_SRC) | sort -u) -lcmocka

$(T)/obj/unit/%.o: tests/unit/%.c Makefile tests/tests.mk $(KMOD_H) $(T)/flags | test-tools
	@echo "  CC      $@"
	@mkdir -p $(@D)
	$(V)$(TEST_CC) -std=gnu11 $(CPP) -Itests/unit $(WARN) -Wno-missing-prototypes $(SAN) -MMD -MP -c -o $@ $<

$(T)/obj/%.o: early/%.c Makefile tests/tests.mk $(KMOD_H) $(T)/flags | test-tools
	@echo "  CC      $@"
	@mkdir -p $(@D)
	$(V)$(TEST_CC) -std=gnu11 $(CPP) $(WARN) $(SAN) -MMD -MP -c -o $@ $<

$(T)/obj/kmod/%.o: $(KMOD_H) early/kmod/config.h $(T)/flags | test-tools
	@mkdir -p $(@D)
	$(V)$(TEST_CC) $(KMOD_CC) $(KMOD_CPP) -O1 -g -c -o $@ $(KMOD)/$*.c

-include $(wildcard $(T)/obj/*.d $(T)/obj/operator/*.d $(T)/obj/unit/*.d)

$(T)/flags: always
	@mkdir -p $(@D)
	@echo '$(TEST_CC) $(KMOD)' | cmp -s - $@ || echo '$(TEST_CC) $(KMOD)' >$@

.PHONY: test-tools
test-tools:
	@early/toolchain/tools.sh $(TEST_CC) xz

# What our code is compiled with, for the linters: one place for the flags.
.PHONY: print-flags
print-flags: $(KMOD_H)
	@$(info -std=gnu11 $(CPP) $(WARN)):

# ---- layers --------------------------------------------------------------------------------------------------
QUICK := unit golden fuzz binary budget hooks lint
LAYERS := $(QUICK) packages module boot

.PHONY: check check-quick check-full $(LAYERS)
check: deps
	@tests/check $(LAYERS)
check-quick: deps
	@tests/check $(QUICK)
check-full: deps
	@tests/check --full $(LAYERS)
$(LAYERS): deps
	@tests/check $@

# Figures, not verdicts: what it costs beside the other ways to do it.
.PHONY: bench
bench: all
	@tests/deps.sh bench
	@tests/bench/run
