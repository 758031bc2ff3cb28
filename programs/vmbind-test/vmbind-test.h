/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the tests share.
 *
 * A test runs in a process of its own. The helpers end it at once, with a
 * reason, if what they need does not work; what a test is about it calls through
 * the functions that return 0 or -errno and judges it with want().
 */
#ifndef VMBIND_TEST_H
#define VMBIND_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "uapi.h"

#define PAGE 0x1000ull
#define KIB 0x400ull
#define MIB 0x100000ull
#define GIB 0x40000000ull
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* --- tests --------------------------------------------------------------- */

enum test_flags {
	TEST_SLOW = 1,		/* only with --slow */
	TEST_DANGEROUS = 2,	/* only with --dangerous: may leak or crash */
	TEST_DANGEROUS_BEFORE_AMPERE = 4,
	/*
	 * Dangerous where mappings may have large pages, if the driver is not this
	 * project's: docs/large-pages.md
	 */
	TEST_CUTS = 8,		/* cuts mappings */
	TEST_REPLACES = 16,	/* before Pascal: maps buffers over pages of other sizes */
	/* Dangerous from Turing on, before large pages: only there may a GSP's driver have it */
	TEST_DANGEROUS_WITH_GSP = 32,
};

struct test {
	const char *name;	/* topic/what */
	const char *does;	/* to the GPU: one line */
	void (*run)(void);
	unsigned int flags;
	unsigned int limit;	/* seconds; 0: as usual */
};

/* A topic: one file, one array that ends with a test without a name. */
extern const struct test tests_param[], tests_vm_init[], tests_bind_errors[],
	tests_sync[], tests_exec[], tests_map[], tests_split[], tests_sparse[],
	tests_async[], tests_channel[], tests_fault[], tests_share[], tests_fence[],
	tests_many[], tests_evict[], tests_random[], tests_kill[], tests_known[],
	tests_large[];

/* --- the device: device.c ------------------------------------------------ */

struct device {
	char node[64];		/* /dev/dri/renderD128 */
	char card[64];		/* its primary node, empty if there is none */
	char sysfs[128];
	unsigned int version[3];
	unsigned int chipset;
	unsigned int family;
	char chip[17];
	char name[65];
	uint64_t vram;		/* for buffers, bytes */
	uint64_t va_end;	/* of the MMU, at most NV_VA_END */
	bool sparse;
	bool large_pages;	/* mappings may have them: from driver 1.4.1 on, if ever */
	bool packaged;		/* the module has a version: the kernel's own has none */
	char package[80];
};

extern struct device dev;

/* Chooses the node, or checks the one named; fills dev. */
void device_choose(const char *node);
/* Another client of it, without a VM. */
int device_open(void);
uint64_t device_param(int fd, uint64_t param);
int try_param(int fd, uint64_t param, uint64_t *value);

/* --- results: result.c --------------------------------------------------- */

extern bool verbose;
extern uint64_t seed;
/* How long a slow test takes that runs random operations. */
extern unsigned int random_seconds;

enum verdict { NONE, PASS, FAIL, SKIP, KNOWN, CRASH };

struct result {
	enum verdict verdict;	/* NONE while the test runs */
	unsigned int checks;	/* what was judged; a test that judges nothing fails */
	char reason[240];
};

/* What the child leaves for its parent: memory that both see. */
extern struct result *result;

void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void skip(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The driver does what is known to be wrong in it. */
void known(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Counts a comparison that is about to be made; from any thread or child of the test. */
void checked(void);

/* Counts the check, and ends the test as failed if @cond is true. */
#define fail_if(cond, ...) do {		\
	checked();			\
	if (cond)			\
		fail(__VA_ARGS__);	\
} while (0)

/* want(call, 0) or want(call, -EINVAL): the name of the error, not its number */
#define want(call, expected) want_(call, expected, #call)
void want_(int got, int expected, const char *what);
/* Prints 0 as "success", -EINVAL as "EINVAL". */
const char *errname(int error);

/* --- NVIF: nvif.c -------------------------------------------------------- */

int try_nvif_device_info(int fd, struct nvif_device_info *info);
/* The classes that a channel can have; returns how many. */
unsigned int nvif_channel_classes(int fd, int channel, struct nvif_class_entry *classes,
				  unsigned int max);
int nvif_channel_object(int fd, int channel, int32_t oclass);

/* --- virtual memory: vm.c ------------------------------------------------ */

/* The area that the kernel keeps: inside of what every supported MMU has. */
#define KERNEL_ADDR (64 * 4 * GIB)
#define KERNEL_SIZE (64 * 4 * GIB)

int try_vm_init(int fd, uint64_t addr, uint64_t size);
/* Opens a client and gives it a VM. */
int client_open(void);

struct bo {
	int fd;
	uint32_t handle;
	uint32_t domain;
	uint64_t size;
	uint64_t map_handle;
	uint32_t *map;		/* after bo_map() */
};

struct nv_bind_op op_map(uint64_t va, const struct bo *bo, uint64_t offset, uint64_t range);
struct nv_bind_op op_unmap(uint64_t va, uint64_t range);
struct nv_bind_op op_sparse(uint64_t va, uint64_t range);
struct nv_bind_op op_unsparse(uint64_t va, uint64_t range);
/*
 * Fails with ENOENT, and only when its turn has come and those before it have
 * to be undone: the region that it removes is not there.
 */
struct nv_bind_op op_fails_late(void);

int try_bind(int fd, const struct nv_bind_op *ops, unsigned int count);
int try_bind_async(int fd, const struct nv_bind_op *ops, unsigned int count,
		   const struct nv_sync *waits, unsigned int wait_count,
		   const struct nv_sync *sigs, unsigned int sig_count);
int try_bind_raw(int fd, const struct nv_vm_bind *req);
/* One operation, synchronously. */
int try_map(uint64_t va, const struct bo *bo, uint64_t offset, uint64_t range);
int try_op(int fd, struct nv_bind_op op);
void map(uint64_t va, const struct bo *bo, uint64_t offset, uint64_t range);
void unmap(int fd, uint64_t va, uint64_t range);

/* --- buffers: bo.c ------------------------------------------------------- */

int try_bo_new(int fd, uint64_t size, uint32_t domain, struct bo *bo);
struct bo bo_new(int fd, uint64_t size, uint32_t domain);
uint32_t *bo_map(struct bo *bo);
void bo_unmap(struct bo *bo);
/* The handle goes; mappings in the VM hold the memory. */
void bo_close(struct bo *bo);
int try_cpu_prep(const struct bo *bo, uint32_t flags);
int try_gem_info(int fd, uint32_t handle, struct nv_gem_info *info);

/* --- syncobjs: sync.c ---------------------------------------------------- */

uint32_t syncobj_new(int fd);
void syncobj_destroy(int fd, uint32_t handle);
struct nv_sync sync_binary(uint32_t handle);
struct nv_sync sync_point(uint32_t handle, uint64_t point);
/* 0, -ETIME, or what else the kernel says. */
int try_syncobj_wait(int fd, uint32_t handle, unsigned int ms);
int try_timeline_wait(int fd, uint32_t handle, uint64_t point, unsigned int ms);
bool syncobj_signalled(int fd, uint32_t handle);
bool timeline_signalled(int fd, uint32_t handle, uint64_t point);
/* A wait that has to succeed in a few seconds. */
void syncobj_wait(int fd, uint32_t handle);
void timeline_wait(int fd, uint32_t handle, uint64_t point);
/* Of the fence inside: 0 pending, 1 signalled, -errno failed. */
int syncobj_status(int fd, uint32_t handle);
int sync_file_status(int sync_file);
uint64_t now_ms(void);
void sleep_ms(unsigned int ms);

/* --- pushbuffers and channels: channel.c, push.c ------------------------- */

struct channel {
	int fd;
	int32_t id;
	int32_t copy_class;
	struct bo bo;		/* commands, and semaphores in its last page */
	uint64_t va;
	unsigned int begin;	/* words: what is not yet submitted begins here */
	unsigned int cur;
	uint32_t sync;
};

int try_channel_alloc(int fd, uint32_t engine, int32_t *id);
int try_channel_free(int fd, int32_t id);
/* A channel that can copy; its commands lie at CHANNEL_VA + n * CHANNEL_STEP. */
#define CHANNEL_VA 0x10000000ull
#define CHANNEL_STEP MIB
struct channel channel_new(int fd, unsigned int n);
struct channel channel_new_engine(int fd, unsigned int n, uint32_t engine);
/* Frees it, and gives its commands' memory back. */
void channel_free(struct channel *ch);

/* A word of the channel's own memory for a semaphore: by CPU and by GPU. */
volatile uint32_t *channel_word(struct channel *ch, unsigned int n);
uint64_t channel_word_va(struct channel *ch, unsigned int n);

int try_exec_raw(int fd, const struct nv_exec *req);
/* What was pushed since the last time, as one EXEC. */
int try_submit(struct channel *ch, const struct nv_sync *waits, unsigned int wait_count,
	       const struct nv_sync *sigs, unsigned int sig_count);
/* Submits, and has to succeed. */
void submit(struct channel *ch, const struct nv_sync *waits, unsigned int wait_count,
	    const struct nv_sync *sigs, unsigned int sig_count);
/* Submits, waits, and says how the work ended: 0 or -errno. */
int try_finish(struct channel *ch);
void finish(struct channel *ch);

void push_copy(struct channel *ch, uint64_t dst, uint64_t src, uint64_t len);
/* Rectangles: @lines of @len bytes, @pitch bytes apart. */
void push_copy_lines(struct channel *ch, uint64_t dst, uint32_t dst_pitch, uint64_t src,
		     uint32_t src_pitch, uint32_t len, uint32_t lines);
void push_fill(struct channel *ch, uint64_t dst, uint64_t len, uint32_t value);
void push_nop(struct channel *ch);
/* Host semaphores, 32 bits: wait until the word is @value; write it. */
void push_acquire(struct channel *ch, uint64_t va, uint32_t value);
void push_release(struct channel *ch, uint64_t va, uint32_t value);

/* --- contents: pattern.c ------------------------------------------------- */

uint64_t mix(uint64_t x);
uint32_t pattern(uint32_t id, uint64_t word);
/* A random number below @below, of the run's seed. */
uint32_t random_below(uint32_t below);
void pattern_write(uint32_t *to, uint32_t id, uint64_t first_word, uint64_t words);
/* Fails, naming the first word that is wrong. */
void pattern_check(const uint32_t *got, uint32_t id, uint64_t first_word, uint64_t words,
		   const char *what);
void constant_check(const uint32_t *got, uint32_t value, uint64_t words, const char *what);

/* A buffer in the GART that the GPU copies to and from: memory for the CPU. */
struct stage {
	struct bo bo;
	uint64_t va;
};

#define STAGE_VA 0x20000000ull
struct stage stage_new(int fd, uint64_t size);
/* Through @va by the GPU: writes, or compares with, the pattern. */
void gpu_write(struct channel *ch, struct stage *st, uint64_t va, uint32_t id,
	       uint64_t first_word, uint64_t len);
void gpu_check(struct channel *ch, struct stage *st, uint64_t va, uint32_t id,
	       uint64_t first_word, uint64_t len, const char *what);
void gpu_check_constant(struct channel *ch, struct stage *st, uint64_t va, uint32_t value,
			uint64_t len, const char *what);

/* --- an address space with its expected contents: shadow.c ---------------- */

/*
 * A window of the VM, kept beside what should be in it, page by page. Every
 * page of every buffer holds a pattern of its own, so that the GPU's reading
 * of the window tells which page of which buffer is mapped where.
 */
#define SHADOW_BOS 4
struct shadow {
	struct channel *ch;
	struct stage *st;
	uint64_t va;
	unsigned int pages;
	struct bo bo[SHADOW_BOS];
	unsigned int bo_pages;
	bool sparse;			/* the window is a sparse region */
	struct shadow_page {
		uint8_t bo;		/* 0: nothing, n: bo[n - 1] */
		uint32_t page;
	} *at;
};

void shadow_init(struct shadow *s, struct channel *ch, struct stage *st, uint64_t va,
		 unsigned int pages, unsigned int bo_pages, uint32_t domain);
/* The same with buffers in different memory: a domain for each. */
void shadow_init_of(struct shadow *s, struct channel *ch, struct stage *st, uint64_t va,
		    unsigned int pages, unsigned int bo_pages, const uint32_t *domains);
/* An operation for the kernel; the shadow follows as if it succeeded. */
struct nv_bind_op shadow_map(struct shadow *s, unsigned int page, unsigned int bo,
			     unsigned int bo_page, unsigned int count);
struct nv_bind_op shadow_unmap(struct shadow *s, unsigned int page, unsigned int count);
/* Reads all that is mapped (of a sparse window: everything) and compares. */
void shadow_check(struct shadow *s, const char *what);

/* --- threads of doing: later.c ------------------------------------------- */

/* Runs a function in a thread after @ms. */
void later(unsigned int ms, void (*run)(void *), void *arg);
void later_join(void);

#endif
