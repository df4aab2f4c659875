# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds, tests and installs vfio-early. This file knows compilers, flags and which files belong together.
# What a test does, where libkmod comes from and how an image is made is in the scripts it calls.
#
#   make                 build/vfio-early, initramfs/   make check         every test; ends with a count
#   make ARCH=aarch64    build/aarch64/vfio-early        make check-quick   the same without virtual machines
#   make deps            packages (Debian, root)         make check-full    the same and the slow extras
#   make install         files only; DESTDIR, PREFIX     make demo          two boots in a virtual machine, a table
#   make setup           that, the hooks and the images

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

VERSION := 0.1.0
PREFIX  := /usr/local
HOST    := $(shell uname -m)
ARCH    := $(HOST)
ifeq ($(filter $(ARCH),$(HOST) x86_64 aarch64),)
$(error ARCH=$(ARCH) is not known here: x86_64, aarch64 or nothing)
endif

# ---- compilers -----------------------------------------------------------------------------------------------
O := $(if $(filter $(HOST),$(ARCH)),build,build/$(ARCH))
ifeq ($(O),build)
MUSL_CC ?= musl-gcc
STRIP   ?= strip
else
MUSL_CC ?= $(ARCH)-linux-gnu-gcc -specs $(O)/sysroot/musl-gcc.specs
STRIP   ?= $(ARCH)-linux-gnu-strip
SYSROOT := $(O)/sysroot/musl-gcc.specs
endif
TEST_CC ?= gcc
CFLAGS  ?= -Os
V       := @

# The size an initramfs user pays. Only x86-64 has a limit: its pages are small, so the number means something.
SIZE_LIMIT_x86_64 := 143360
SIZE_LIMIT := $(SIZE_LIMIT_$(ARCH))

# ---- libkmod: the distribution's source, or KMOD_SRC=DIR -----------------------------------------------------
KMOD_VERSION := 34.2
KMOD     := $(if $(KMOD_SRC),$(abspath $(KMOD_SRC)),build/kmod-$(KMOD_VERSION))
KMOD_C   := $(patsubst %,libkmod/libkmod%.c,'' -builtin -config -elf -file -index -list -module -signature)
KMOD_C   := $(subst '',,$(KMOD_C)) $(patsubst %,shared/%.c,array hash strbuf util)
KMOD_H   := $(KMOD)/libkmod/libkmod.h
KMOD_CPP  = -I$(KMOD) -I$(KMOD)/libkmod -include early/kmod/config.h -Dfnmatch=alias_match
KMOD_CC   = -std=gnu11 -w -fvisibility=hidden

# ---- our code ------------------------------------------------------------------------------------------------
SRC  := $(sort $(wildcard early/*.c early/operator/*.c))
CPP   = -D_GNU_SOURCE -DVFIO_EARLY_VERSION='"$(VERSION)"' -Iearly -isystem $(KMOD)/libkmod
WARN := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition -Wvla -Wwrite-strings \
	-Wformat=2 -Wno-format-nonliteral -Wpointer-arith -Wundef -Wcast-qual -Werror
# Static and at a fixed address: musl-gcc -static-pie makes a dynamic file without a word.
STATIC := -static -no-pie -fno-pie -flto -flto-partition=one -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -ffile-prefix-map='$(CURDIR)'=.
LINK   := -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,norelro -Wl,-z,noexecstack
SAN    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

# Two programs from the same sources: one with every command, and the one for images, with those that a boot needs.
# BOOT_ONLY is the switch between them; it leaves early/operator/ and its lines of the command table out.
.PHONY: all
all: $(O)/vfio-early $(O)/initramfs/vfio-early documents

KMOD_OBJ := $(KMOD_C:%.c=$(O)/obj/kmod/%.o)
OBJ      := $(SRC:early/%.c=$(O)/obj/%.o)
BOOT_OBJ := $(filter-out $(O)/obj/operator/% $(O)/obj/command_table.o,$(OBJ)) $(O)/obj/boot/command_table.o

$(O)/vfio-early $(O)/initramfs/vfio-early: %: %.debug
	$(V)$(STRIP) -s -R .comment -R .note.gnu.property -o $@ $<
	$(V)early/toolchain/size.sh $@ $(if $(findstring /initramfs/,$@),$(SIZE_LIMIT))

$(O)/vfio-early.debug: $(OBJ) $(KMOD_OBJ)
$(O)/initramfs/vfio-early.debug: $(BOOT_OBJ) $(KMOD_OBJ)
%/vfio-early.debug:
	@echo "  LINK    $@"
	@mkdir -p $(@D)
	$(V)$(MUSL_CC) $(CFLAGS) $(STATIC) $(LINK) -o $@ $(filter %.o,$^)

$(O)/obj/boot/%.o: early/%.c Makefile $(KMOD_H) $(O)/headers/.done $(O)/flags | $(SYSROOT)
	@mkdir -p $(@D)
	$(V)$(MUSL_CC) -std=gnu11 $(CPP) -DBOOT_ONLY -isystem $(O)/headers $(WARN) $(CFLAGS) $(STATIC) -MMD -MP -c -o $@ $<

$(O)/obj/%.o: early/%.c Makefile $(KMOD_H) $(O)/headers/.done $(O)/flags | $(SYSROOT)
	@echo "  CC      $@"
	@mkdir -p $(@D)
	$(V)$(MUSL_CC) -std=gnu11 $(CPP) -isystem $(O)/headers $(WARN) $(CFLAGS) $(STATIC) -MMD -MP -c -o $@ $<

$(O)/obj/kmod/%.o: $(KMOD_H) early/kmod/config.h Makefile $(O)/flags | $(SYSROOT) tools
	@mkdir -p $(@D)
	$(V)$(MUSL_CC) $(KMOD_CC) $(KMOD_CPP) $(CFLAGS) $(STATIC) -fno-stack-protector -c -o $@ $(KMOD)/$*.c

ifeq ($(KMOD_SRC),)
$(KMOD_H): early/kmod/fetch.sh | tools
	$(V)early/kmod/fetch.sh $(KMOD_VERSION) build
endif

$(O)/headers/.done: early/toolchain/headers.sh | $(SYSROOT) tools
	$(V)early/toolchain/headers.sh $(ARCH) $(O)

$(O)/sysroot/musl-gcc.specs: early/toolchain/cross.sh | tools
	$(V)early/toolchain/cross.sh $(ARCH) $(O)/sysroot

# Other tools, flags or another libkmod: everything is compiled again.
$(O)/flags: always
	@mkdir -p $(@D)
	@echo '$(MUSL_CC) $(CFLAGS) $(KMOD) $(VERSION)' | cmp -s - $@ || echo '$(MUSL_CC) $(CFLAGS) $(KMOD) $(VERSION)' >$@

# The man page and the completions, of the command table. The machine that builds runs words, so its compiler makes it.
HOST_CC ?= cc
DOCUMENTS := build/man/vfio-early.8 $(addprefix build/completions/,bash zsh fish)
.PHONY: documents
documents: $(DOCUMENTS)

build/document/words: early/document/words.c early/command_table.c $(wildcard early/*.h) Makefile
	@mkdir -p $(@D)
	$(V)$(HOST_CC) -std=gnu11 -D_GNU_SOURCE -DWORDS_ONLY -Iearly -o $@ $(filter %.c,$^)

build/document/words.txt: build/document/words
	$(V)$< >$@

build/man/vfio-early.8: early/document/man.awk build/document/words.txt early/vfio-early.8.in
	@mkdir -p $(@D)
	$(V)LC_ALL=C awk -f $^ >$@

build/completions/%: early/document/completion.awk build/document/words.txt installers/completions/%.in
	@mkdir -p $(@D)
	$(V)LC_ALL=C awk -v shell=$* -f $^ >$@

.PHONY: tools always
tools:
	@early/toolchain/tools.sh $(firstword $(MUSL_CC)) $(STRIP) xz

include tests/tests.mk
-include $(wildcard $(O)/obj/*.d $(O)/obj/operator/*.d $(O)/obj/boot/*.d)

# ---- packages ------------------------------------------------------------------------------------------------
.PHONY: deps deps-build deps-test
deps: deps-test
deps-build deps-test:
	@tests/deps.sh $(@:deps-%=%)

# ---- packages of a distribution, in build/packages ------------------------------------------------------------
.PHONY: deb arch rpm
deb arch rpm: $(KMOD_H)
	installers/packages/build.sh $@ $(VERSION) $(KMOD)

# ---- install -------------------------------------------------------------------------------------------------
# Copies files and nothing else: no image is rebuilt and no configuration is written.
.PHONY: install setup install-initramfs-tools uninstall
install: build/vfio-early build/initramfs/vfio-early documents
	$(V)installers/files.sh install "$(DESTDIR)" "$(PREFIX)"

setup install-initramfs-tools: install
	"$(DESTDIR)$(PREFIX)/sbin/vfio-early-setup" $(if $(DESTDIR),--root "$(DESTDIR)") install

uninstall:
	$(V)installers/files.sh uninstall "$(DESTDIR)" "$(PREFIX)"

# The kernel module kvmfr, by DKMS, for all kernels with headers or those of KVER=. Needs dkms and root.
.PHONY: install-module uninstall-module
install-module uninstall-module:
	$(V)module/install.sh $(@:%-module=%) $(KVER)

.PHONY: demo clean
demo: deps all
	tests/boot/demo

clean:
	rm -rf build
