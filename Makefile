# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What a person runs.  The modules' own build is in Kbuild and build.mk, which
# the package carries; nothing of this file goes to a user's machine.
#
#   make demo   the whole road, from source to a booted kernel with our modules
#   make check  what has to pass
#
# KERNEL          kernel to build for or boot: a name that tools/kernel knows (6.1, backports)
# BASE            channel to build: stable, next, or the kernel release that nouveau is
#                 imported from (src/nouveau/channels)
# KERNEL_SOURCE   tarball or tree of that release, in place of Debian's package
# NGV_KEY         a secret key of yours that make repo and make release sign with
# KERNELS, COLUMNS  of make matrix; default: all
# NAME, EMAIL     who signs off what make upstream writes; default: git config
# SEEDS           how many seeds of the software GPU's delays check-model tries

KERNEL        ?= 6.1
BASE          ?= stable
KERNEL_SOURCE ?=
JOBS          ?= $(shell nproc)
SEEDS         ?= 1

# BASE may name several channels for make repo.  The tools get one, by its release.  For
# make base-report it names a release that is no base yet.
channels := $(BASE)
ifneq ($(MAKECMDGOALS),base-report)
override BASE := $(firstword $(BASE))
override BASE := $(or $(shell src/nouveau/channel release '$(BASE)'),$(error BASE=$(BASE) is no channel))
suffix := $(shell src/nouveau/channel suffix '$(BASE)')
endif

export BASE KERNEL_SOURCE

rpm-deps := apt-utils cpio createrepo-c curl gpg gpg-agent rpm rpm2cpio rpmlint

.PHONY: help demo check check-fast check-all check-vm deps import base-report tree modules deb rpm repo release upstream docs lint \
	check-deb check-rpm check-repo check-interrupt check-toolchains \
	bench bench-kernel bench-binds bench-build check-model check-display check-nvk check-mutants check-resv fuzz-gpuvm fuzz-model \
	vmbind-test vaspace nouveau-gpuvm matrix clean

help:
	@echo 'make demo [KERNEL=6.1|6.12]      build, install in a clean Debian 12, boot, test'
	@echo 'make check-fast                  what needs no kernel booted and no nouveau compiled; minutes'
	@echo 'make check                       what CI runs, under an hour; LIST=y names its tests'
	@echo 'make check-all                   everything: all kernels, chips, compilers, mutants; hours'
	@echo 'make check-vm KERNEL=...         boot tests on 5.10, 6.1, 6.12, backports or 6.1-debug'
	@echo 'make check-display KERNEL=...    pictures on the screen of the software GPU'
	@echo 'make check-model KERNEL=...      nouveau and vmbind-test on the software GPU'
	@echo 'make check-nvk KERNEL=...        Mesa NVK 25 and 26 on the software GPU'
	@echo 'make check-mutants KERNEL=...    drivers broken on purpose, each of which has to fail'
	@echo 'make check-resv                  the usages of fences mixed up on purpose, on 5.10'
	@echo 'make matrix KERNELS="5.10 6.1"   kernels x tests with times, and README'"'"'s table'
	@echo 'make check-toolchains            everything compiled by clang, and for arm64'
	@echo 'make vmbind-test, vaspace, nouveau-gpuvm  the tools of that name, below build/'
	@echo 'make fuzz-model SECONDS=600      the software GPU under random input'
	@echo 'make bench                       our GPUVM against those of 6.12 and 7.3'
	@echo 'make bench-kernel                the same workloads inside 6.12, against its drm_gpuvm'
	@echo 'make bench-binds                 what binds cost in 6.12, 7.3 and with ours, on the software GPU'
	@echo 'make fuzz-gpuvm SECONDS=1800     our GPUVM and those, under random requests'
	@echo 'make deb                         the package, in build/deb'
	@echo 'make rpm                         the RPMs, in build/rpm'
	@echo 'make repo                        signed repositories for apt and dnf, in build/repo;'
	@echo '                                 BASE=next adds the channel next to them'
	@echo 'make release NGV_KEY=...         all files of a release page, in build/release, after you'
	@echo '                                 filled in debian/publisher'
	@echo 'make check-deb                   the .deb on Debian 11, 12, 13: install, upgrade, purge, bad luck'
	@echo 'make check-rpm                   the RPMs under dnf: install, kernel update, removal'
	@echo 'make check-repo                  the repositories, by the lines of README.md'
	@echo 'make check-interrupt N=20        cut short at random moments: killed, or the disk full'
	@echo 'make import                      nouveau from linux-source-$(BASE), patched'
	@echo 'make base-report BASE=7.4        what another upstream release would change for the import'
	@echo 'make upstream NAME=... EMAIL=... our fixes of faults as patches for the kernel, in'
	@echo '                                 build/upstream; default: git config user.name, user.email'
	@echo 'make modules KERNEL=...          modules for a kernel whose headers are here'
	@echo 'make bench-build                 build times against a plain kbuild'
	@echo 'make docs                        docs/compat.md from the probes'
	@echo 'make lint                        checkpatch, sparse, W=1 and the like'
	@echo 'make clean                       removes build/'
	@echo 'BASE=next, with any of these     nouveau of a newer Linux ($(shell src/nouveau/channel release next))'

deps:
	@tools/deps

import: deps
	@src/nouveau/import --base '$(BASE)' --out 'build/import/$(BASE)' \
		$(if $(KERNEL_SOURCE),--source '$(KERNEL_SOURCE)')

base-report: deps
	@tools/base-report '$(or $(KERNEL_SOURCE),$(BASE))'

tree: import
	@tools/stage-tree build/tree$(suffix)

modules: tree
	@tools/build-modules '$(KERNEL)' $(JOBS)

deb: deps
	@tools/make-deb

rpm: deps
	@tools/deps $(rpm-deps)
	@tools/make-rpm

repo: deps
	@tools/deps $(rpm-deps)
	@tools/make-repo $(channels:%=--channel '%')

release: deps
	@tools/deps $(rpm-deps)
	@tools/make-release

# KERNEL_SOURCE is of one release; without it, a series for each channel.  NAME and EMAIL
# reach the script through the environment: a name may have an apostrophe.
upstream: deps
	@tools/upstream $(if $(KERNEL_SOURCE),--base '$(BASE)' --source '$(KERNEL_SOURCE)')

demo: deps
	@tools/demo '$(KERNEL)'

check-vm: deps
	@tests/vm.t '$(KERNEL)'

check-model: deps
	@tests/model.t '$(KERNEL)' --seeds '$(SEEDS)' model-load model-tool model-vmbind model-vmbind32

check-display: deps
	@tests/model.t '$(KERNEL)' --board desktop

check-nvk: deps
	@tests/model.t '$(KERNEL)' model-nvk25 model-nvk26

check-mutants: tree
	@tests/mutants.t --kernel '$(KERNEL)'

check-resv: tree
	@tests/resv-mutants.t

# debian.t compiles nouveau twice more: make check has what else is in it.
check-deb: deps
	@tools/run-tests build/check-deb deb=tests/deb.t releases=tests/releases.t install=tests/install.t \
		badinput=tests/badinput.t debian=tests/debian.t

check-rpm: deps
	@tools/deps $(rpm-deps)
	@tools/run-tests build/check-rpm rpm=tests/rpm.t

check-repo: deps
	@tools/deps $(rpm-deps)
	@tools/run-tests build/check-repo repo=tests/repo.t

check-interrupt: deps
	@N='$(or $(N),20)' tests/interrupt.t

matrix: tree
	@tools/matrix $(if $(COLUMNS),--columns '$(COLUMNS)') $(KERNELS)

check-toolchains: tree
	@tests/toolchains.t

fuzz-model:
	@tools/deps clang libclang-rt-14-dev
	@$(MAKE) -s -C gpu-model fuzz SECONDS='$(or $(SECONDS),600)'

fuzz-gpuvm:
	@tools/deps clang libclang-rt-14-dev
	@mkdir -p build/test-gpuvm/corpus
	@$(MAKE) -s -C tests/gpuvm fuzzer
	@FUZZ_DIR=build/test-gpuvm/fuzzer.d build/test-gpuvm/fuzzer -max_len=2001 -len_control=0 \
		-max_total_time='$(or $(SECONDS),1800)' build/test-gpuvm/corpus

vmbind-test vaspace nouveau-gpuvm: deps
	@$(MAKE) -s -C programs/$@

docs: deps
	@tools/compat-doc >build/compat.md.new && mv build/compat.md.new docs/compat.md

lint: tree
	@tests/lint.t

bench:
	@tools/deps gcc make valgrind
	@bench/gpuvm/run

bench-kernel: tree
	@bench/gpuvm/run-kernel

bench-binds:
	@bench/binds/run

bench-build: tree
	@bench/build '$(KERNEL)'

# --- the three layers ------------------------------------------------------------

# The kernels that a layer boots, of those that tests/kernels.tsv says are built or not.
kernels = $(foreach k,$(shell tools/expected list $(1)),$(if $(filter $(2),$(shell tools/expected $(k))),$(k)))
vm      = $(foreach k,$(1),vm-$(k)='tests/vm.t $(k)')

# What a developer runs at each change: no kernel is booted, nouveau is not compiled.
check-fast: deps
	@tools/deps $(rpm-deps)
	@tools/run-tests $(if $(LIST),--list,build/check-fast) \
		lint='tests/lint.t spdx no-version-checks shellcheck negations comparisons documented-tests spelling checkpatch rings readme-kernels' \
		--parallel \
		tool=tests/tool.t \
		gpu-model=tests/gpu-model.t \
		--either \
		archive=tests/archive.t \
		vaspace=tests/vaspace.t \
		tap=tests/tap.t

# The cases of a test but for those named
cases-but = $(filter-out $(2),$(shell tests/$(1).t --list))

# The tests that compile nouveau come first, so that later tests find the objects in
# ccache. The tests after --parallel compile little; run-tests runs one of them and one of
# the others at the same time, and those after --either where there is time.  A guest is
# slower then, so NGV_VM_SLOW makes the limits of guests three times as long.  check-all
# also runs what this list leaves out: cases that need the source of the channel next,
# which the archive may drop, and cases that compile or read all of nouveau twice.
check: deps
	@tools/deps $(rpm-deps)
	@NGV_VM_SLOW=$${NGV_VM_SLOW:-3} tools/run-tests $(if $(LIST),--list,build/check) \
		tap=tests/tap.t \
		lint=tests/lint.t \
		deb=tests/deb.t \
		install=tests/install.t \
		$(call vm,$(call kernels,check,built always)) \
		needs='tests/fit.t $(filter list-complete-%,$(shell tests/fit.t --list))' \
		nvk=tests/nvk.t \
		model-6.1='tests/model.t 6.1 --chip gp100 model-load model-leave model-tool model-vmbind model-vmbind32 model-nvk26 model-fuzz' \
		tool=tests/tool.t \
		releases=tests/releases.t \
		repo='tests/repo.t $(call cases-but,repo,channels)' \
		rpm='tests/rpm.t rpmlint contents reproducible' \
		--parallel \
		release='tests/release.t $(call cases-but,release,twice)' \
		probes=tests/probes.t \
		import=tests/import.t \
		base='tests/base.t $(call cases-but,base,accounted-%)' \
		units='tests/units.t $(call cases-but,units,sources-% objects-%)' \
		kernels='tests/kernels.t $(call cases-but,kernels,next-gains)' \
		fit='tests/fit.t $(call cases-but,fit,list-complete-%)' \
		dkms=tests/dkms.t \
		environment=tests/environment.t \
		settle=tests/settle.t \
		mends=tests/mends.t \
		states=tests/states.t \
		walk='STEPS=200 tests/walk.t' \
		debian='tests/debian.t secure-boot blacklist' \
		badinput=tests/badinput.t \
		interrupt='N=3 tests/interrupt.t' \
		--either \
		gpuvm=tests/gpuvm.t \
		drift=tests/drift.t \
		harness='tests/vm-harness.t misuse sound complaints selftest-runner hang oops no-boot brought gpu gpu-dies' \
		model-gsp-6.1='tests/model.t 6.1 --chip tu102 model-load model-vmbind' \
		model-6.12='tests/model.t 6.12 --chip gp100 model-load model-vmbind' \
		display-6.1='tests/model.t 6.1 --board desktop --chip gm107 screen-dvi screen-dp screen-hdmi screen-leave screen-palette screen-weston' \
		$(call vm,$(call kernels,check,gpuvm)) \
		upstream='tests/upstream.t $(call cases-but,upstream,reproducible next-%)' \
		archive=tests/archive.t \
		gpu-model=tests/gpu-model.t \
		vaspace=tests/vaspace.t

# Everything that there is: hours.
check-all: check
	@NGV_VM_SLOW=$${NGV_VM_SLOW:-3} tools/run-tests build/check-all \
		units=tests/units.t \
		upstream=tests/upstream.t \
		harness=tests/vm-harness.t \
		toolchains=tests/toolchains.t \
		debian=tests/debian.t \
		distro=tests/distro.t \
		release=tests/release.t \
		rpm=tests/rpm.t \
		interrupt='N=20 tests/interrupt.t' \
		$(call vm,$(filter-out $(shell tools/expected list check),$(shell tools/expected list))) \
		model-6.1='tests/model.t 6.1 --seeds 3' \
		model-6.12='tests/model.t 6.12' \
		model-6.1-debug='tests/model.t 6.1-debug' \
		model-gsp-6.1='tests/model.t 6.1 --chip tu102 --seeds 3' \
		model-gsp-6.12='tests/model.t 6.12 --chip tu102' \
		model-gsp-in-tree-6.12='tests/model.t 6.12 --chip tu102 --in-tree' \
		model-gsp-6.1-debug='tests/model.t 6.1-debug --chip tu102' \
		model-gsp-chips-6.1='tests/model.t 6.1 --chip ga102 --chip ad102 --chip tu116' \
		model-gsp-chips-in-tree-6.12='tests/model.t 6.12 --chip ga102 --chip ad102 --chip tu116 --in-tree' \
		gsp=tests/gsp.t \
		mesa-root=tests/mesa-root.t \
		try=tests/try.t \
		newcomer=tests/newcomer.t \
		display-6.1='tests/model.t 6.1 --board desktop --chip gk104 --chip gm107 --chip gm206 --chip gp100' \
		display-no-plls-6.1='tests/model.t 6.1 --board no-plls --chip gm107 screen-no-plls' \
		display-6.12='tests/model.t 6.12 --board desktop' \
		display-in-tree-6.12='tests/model.t 6.12 --board desktop --in-tree' \
		mutants=tests/mutants.t \
		resv-mutants=tests/resv-mutants.t \
		next-base=tests/base.t \
		next-kernels='tests/kernels.t next-gains' \
		next-repo='tests/repo.t channels' \
		next-deb='BASE=next tests/deb.t' \
		next-vm-6.1='BASE=next tests/vm.t 6.1' \
		next-model-6.1='BASE=next tests/model.t 6.1' \
		next-model-6.12='BASE=next tests/model.t 6.12' \
		next-model-7.2='BASE=next tests/model.t 7.2' \
		next-mutants='BASE=next tests/mutants.t'

clean:
	rm -rf build
