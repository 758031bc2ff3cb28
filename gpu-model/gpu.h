/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The GPU as its blocks see each other.
 *
 * A GPU is a set of blocks (PMC, PFIFO, PFB, ...), each with a range of BAR0
 * registers, around memory that is reached through page tables. This header
 * says what a block may ask of another; what a register does is said in the
 * block's own file, and which blocks a chip has in chips/NAME.c.
 *
 * Everything runs in one thread: the transport calls gpu_read() and gpu_write()
 * for the guest, and gpu_run() when work is due.
 */
#ifndef GPU_H
#define GPU_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "firmware.h"
#include "model.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1u << (n))
#define BIT64(n) (1ull << (n))
#define KiB 1024ull
#define MiB (1024ull * 1024)
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

struct gpu;
struct chip;

/* --- when things happen: sched.c ---------------------------------------- */

/* Work that becomes due. A block embeds one for each thing it does by itself. */
struct work {
	uint64_t due;			/* ns since start; 0: not queued */
	void (*run)(struct gpu *gpu, struct work *work);
	struct work *next;
};

/*
 * Streams of random numbers, one for each kind of decision, so that one more
 * decision of one kind does not change all others of a run with the same seed.
 */
enum stream {
	STREAM_TLB,
	STREAM_RUNLIST,
	STREAM_PBDMA,
	STREAM_COPY,
	STREAM_SEMAPHORE,
	STREAM_PREEMPT,
	STREAM_COUNT,
};

uint64_t sched_now(struct gpu *gpu);	/* ns since the GPU was made */
void sched_at(struct gpu *gpu, struct work *work, uint64_t due);
void sched_after(struct gpu *gpu, struct work *work, uint64_t delay);
void sched_cancel(struct gpu *gpu, struct work *work);
uint32_t sched_random(struct gpu *gpu, enum stream stream, uint32_t below);
uint64_t sched_delay(struct gpu *gpu, enum stream stream, uint64_t typical);

/* --- complaints: report.c ------------------------------------------------ */

/* What the guest did last, shown with a report. */
struct access {
	uint64_t time;
	uint64_t value;
	uint32_t offset;
	uint8_t bar;
	uint8_t size;
	bool write;
};

struct vm;

/*
 * A finding: the guest did what no correct driver does, or asked for what the
 * model does not have. One line names it; the register accesses that led there
 * and, if @vm, the page-table walk of @va follow. The run fails.
 */
void report(struct gpu *gpu, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_walk(struct gpu *gpu, const struct vm *vm, uint64_t va,
		 const char *what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* --- registers: regs.c --------------------------------------------------- */

enum reg_flags {
	REG_RO = 1,		/* a write is a finding */
	REG_WO = 2,		/* a read is a finding */
	REG_IGNORE = 4,		/* writes are dropped, quietly */
	REG_ANY_SIZE = 8,	/* bytes and words may be accessed too */
};

struct reg {
	uint32_t addr;		/* of the first */
	uint32_t count;		/* how many; 0 means one */
	uint32_t stride;	/* bytes from one to the next; 0 means 4 */
	uint32_t reset;		/* value after power-on */
	const char *name;
	uint32_t (*read)(struct gpu *gpu, uint32_t addr);
	void (*write)(struct gpu *gpu, uint32_t addr, uint32_t value);
	unsigned int flags;
};

/* A range of them that are storage, and have one name. */
#define REG_RANGE(from, to, what) { (from), ((to) - (from)) / 4, .name = what }

/* What many registers do. */
uint32_t reg_read_zero(struct gpu *gpu, uint32_t addr);	/* "not busy" */
/* A 1 clears the bit. */
void reg_write_clear(struct gpu *gpu, uint32_t addr, uint32_t value);
/* The same of what is pending in a block, and which of it matters: block->intr() follows. */
void reg_write_intr(struct gpu *gpu, uint32_t addr, uint32_t value);
void reg_write_intr_en(struct gpu *gpu, uint32_t addr, uint32_t value);

/* A part of BAR0 that is no registers: accesses of all sizes, as they come. */
struct window {
	const char *name;
	uint32_t from, to;
	/* @offset is from the window's beginning. */
	uint64_t (*read)(struct gpu *gpu, uint32_t offset, unsigned int size);
	/* NULL: a write is a finding. */
	void (*write)(struct gpu *gpu, uint32_t offset, unsigned int size, uint64_t value);
};

/* What only this chip answers in a register; chips list them. */
struct reg_value {
	uint32_t addr;
	uint32_t value;
	uint32_t count;
	uint32_t stride;
	const char *name;
	unsigned int flags;
};

#define REGS_WINDOWS 4

struct regs {
	uint32_t *value;		/* BAR0 as plain storage */
	uint16_t *index;		/* word -> which reg, 0: none */
	const struct reg **reg;
	const struct block **block;
	struct reg *own;		/* made of the chip's reg_values */
	unsigned int count;
	const struct window *window[REGS_WINDOWS];
	unsigned int windows;
};

void regs_init(struct gpu *gpu);
void regs_fini(struct gpu *gpu);
uint32_t regs_read(struct gpu *gpu, uint32_t addr, unsigned int size);
void regs_write(struct gpu *gpu, uint32_t addr, unsigned int size, uint32_t value);
const char *regs_name(struct gpu *gpu, uint32_t addr);
/* The window that @addr is in, or NULL. */
const struct window *regs_window(struct gpu *gpu, uint64_t addr);
/* Whether a block of the chip has a register there. */
bool regs_listed(const struct chip *chip, uint32_t addr);
/* The stored value, without side effects. */
uint32_t *reg_at(struct gpu *gpu, uint32_t addr);

/* --- blocks: block.c ----------------------------------------------------- */

/*
 * A block: registers that belong together, and where they are known from; with
 * it, if it has one, the state that it alone changes. A chip lists its blocks.
 */
struct block {
	const char *name;
	const char *known_from;
	const struct reg *regs;
	unsigned int count;
	const struct window *window;	/* NULL: none */
	size_t state_size;		/* 0: registers are all there is */
	size_t state_at;		/* where struct gpu has the pointer to it */
	/* Whether this card has it; NULL: each card of the chip has. */
	bool (*fitted)(const struct gpu *gpu);
	/* The power comes on: the state is all zeroes, registers are as reset. */
	void (*init)(struct gpu *gpu);
	/* The power goes: what the state holds besides itself is given back. */
	void (*fini)(struct gpu *gpu);
	/* What is pending or matters changed: the block's interrupt line follows. */
	void (*intr)(struct gpu *gpu);
	/* The run ends: what is a finding only then. */
	void (*finish)(struct gpu *gpu);
	uint32_t reset_bit;		/* of PMC_ENABLE, as a mask; 0: none */
	/* The block loses that bit; NULL: as if its power went and came. */
	void (*reset)(struct gpu *gpu);
};

/* A block's state is a struct of the name that struct gpu has for it. */
#define BLOCK_STATE(name) \
	.state_size = sizeof(struct name), .state_at = offsetof(struct gpu, name)

#define BLOCKS_MOST 64

/* Finds out which blocks of the chip this card has. */
void blocks_fit(struct gpu *gpu);
/* All blocks of the card, in the chip's order; off: in the opposite one. */
void blocks_on(struct gpu *gpu);
void blocks_off(struct gpu *gpu);
void blocks_finish(struct gpu *gpu);
/* Those that have a bit of @bits are reset. */
void blocks_reset(struct gpu *gpu, uint32_t bits);

/* --- memory: memory.c ---------------------------------------------------- */

enum aperture {
	APER_VRAM,
	APER_PEER,
	APER_SYS_COHERENT,
	APER_SYS_NONCOHERENT,
};

const char *aperture_name(enum aperture aper);
bool memory_init(struct gpu *gpu);
void memory_fini(struct gpu *gpu);
/* Physical access; false (and a report) if there is no such memory. */
bool memory_read(struct gpu *gpu, enum aperture aper, uint64_t addr, void *buf, size_t len);
bool memory_write(struct gpu *gpu, enum aperture aper, uint64_t addr, const void *buf, size_t len);
bool memory_exists(struct gpu *gpu, enum aperture aper, uint64_t addr, size_t len);
uint32_t memory_rd32(struct gpu *gpu, enum aperture aper, uint64_t addr);
uint64_t memory_rd64(struct gpu *gpu, enum aperture aper, uint64_t addr);
void memory_wr32(struct gpu *gpu, enum aperture aper, uint64_t addr, uint32_t value);

/* --- virtual memory: mmu.c, mmu-gf100.c, mmu-gp100.c, tlb.c -------------- */

/* An address space, as an instance block names it. */
struct vm {
	uint64_t pdb;			/* its page directory */
	enum aperture aper;
	uint64_t limit;			/* last address */
	bool big64;			/* big pages of 64 KiB, else 128 KiB */
};

/* What the MMU says is wrong; the numbers are the hardware's. */
enum fault_reason {
	FAULT_PDE = 0x0,
	FAULT_PDE_SIZE = 0x1,
	FAULT_PTE = 0x2,
	FAULT_VA_LIMIT = 0x3,
	FAULT_UNBOUND_INST = 0x4,
	FAULT_PRIV = 0x5,
	FAULT_READ_ONLY = 0x6,
	FAULT_WRITE_ONLY = 0x7,
	FAULT_APERTURE = 0xa,
	FAULT_KIND = 0xc,
	FAULT_BOTH_PTES = 0xe,
	FAULT_NONE = 0xff,
};

const char *fault_reason_name(enum fault_reason reason);

enum page_state { PAGE_INVALID, PAGE_VALID, PAGE_SPARSE };

#define WALK_STEPS 7

struct walk_step {
	const char *level;
	enum aperture aper;
	uint64_t addr;			/* where the entry is */
	uint64_t raw[2];
	unsigned int words;		/* 64-bit words in the entry */
};

/* A translation, and how it was found. */
struct walk {
	enum page_state state;
	enum fault_reason reason;	/* if invalid */
	unsigned int shift;		/* log2 of the page's size */
	enum aperture aper;
	uint64_t addr;			/* of the page */
	uint8_t kind;
	bool ro, priv, vol;
	uint64_t raw;			/* the PTE */
	const char *bad;		/* what is malformed, a finding */
	bool torn;			/* ... unless the driver is between the entry's words */
	struct walk_step step[WALK_STEPS];
	unsigned int steps;
};

/* The last directory level, which the TLB keeps too: its entry, or a fault. */
struct walk_dir {
	bool valid;			/* points to at least one table */
	uint64_t raw[2];
};

/*
 * Some pages of each sort: up to @mapped all addresses are VRAM's, by the largest
 * pages; then the format shows what else it has, small pages among it, with @page in
 * VRAM and @dma in the guest's memory.
 */
struct mmu_example {
	uint64_t pdb;			/* the directory, and 16 KiB for more of them */
	uint64_t tables;		/* 64 KiB for those of pages */
	uint64_t mapped;
	uint64_t page;
	uint64_t dma;
	void (*put)(uint64_t addr, uint64_t value);	/* into VRAM */
};

/* A page table format. */
struct mmu_format {
	const char *name;
	const char *known_from;
	unsigned int va_bits;
	/* log2 of what a last-level directory entry covers */
	unsigned int (*dir_shift_of)(const struct vm *vm);
	bool has_sparse;
	const uint8_t *kinds;		/* ranges of those that there are, first and last */
	unsigned int kind_ranges;
	/* With what a driver writes the directory's address into an instance block. */
	uint32_t pdb_flags;
	/* What the instance block's words say of @vm; or what is wrong with them. */
	const char *(*instance)(struct gpu *gpu, uint64_t pdb, struct vm *vm);
	/* Root to last directory; fills @walk and @dir. */
	void (*walk_dir)(struct gpu *gpu, const struct vm *vm, uint64_t va,
			 struct walk *walk, struct walk_dir *dir);
	/* From a last-level directory entry to the page. */
	void (*walk_page)(struct gpu *gpu, const struct vm *vm, uint64_t va,
			  const struct walk_dir *dir, struct walk *walk);
	/* Tables as a driver writes them, for who needs some: the fuzzer's seeds. */
	void (*example)(const struct mmu_example *example);
	/* The bytes of all of an address space's tables; NULL: not known for this format. */
	uint64_t (*tables)(struct gpu *gpu, const struct vm *vm);
	/* All pages of an address space, for the trace. */
	void (*each)(struct gpu *gpu, const struct vm *vm,
		     void (*page)(struct gpu *gpu, uint64_t va, const struct walk *walk,
				  void *arg), void *arg);
};

extern const struct mmu_format mmu_gf100;
extern const struct mmu_format mmu_gm200;
extern const struct mmu_format mmu_gp100;
extern const struct mmu_format mmu_tu102;

/* Kinds changed with the second Maxwell, page tables with Pascal. */
#define KINDS_GM200_RANGES 24
extern const uint8_t kinds_gm200[KINDS_GM200_RANGES * 2];

void walk_step(struct walk *walk, const char *level, enum aperture aper, uint64_t addr,
	       unsigned int words, uint64_t raw0, uint64_t raw1);
void walk_fault(struct walk *walk, enum fault_reason reason);
/* The entry @raw is sparse; @only is all that may be in it. */
void walk_sparse(struct walk *walk, uint64_t raw, uint64_t only, unsigned int shift);
/* Whether the page that was found may be one; @unknown: bits that mean nothing. */
void walk_page_check(struct gpu *gpu, struct walk *walk, uint64_t unknown);
void mmu_walk(struct gpu *gpu, const struct vm *vm, uint64_t va, struct walk *walk);

/* Who accesses, for faults, findings and the trace. */
struct client {
	const char *name;
	bool priv;
};

struct vm_fault {
	uint64_t va;
	enum fault_reason reason;
	bool write;
};

/* The address space that the instance block at @inst (in VRAM) names. */
bool vm_from_instance(struct gpu *gpu, uint64_t inst, struct vm *vm);
/* Virtual access, through the TLB; false: *fault says why. */
bool vm_read(struct gpu *gpu, const struct vm *vm, uint64_t va, void *buf, size_t len,
	     const struct client *client, struct vm_fault *fault);
bool vm_write(struct gpu *gpu, const struct vm *vm, uint64_t va, const void *buf, size_t len,
	      const struct client *client, struct vm_fault *fault);

extern const struct block block_tlb;
extern const struct block block_tlb_gp100;
extern const struct block block_tlb_tu102;
/* Translates; returns NULL and sets *reason on a fault. */
const struct walk *tlb_translate(struct gpu *gpu, const struct vm *vm, uint64_t va,
				 const struct client *client, enum fault_reason *reason);
void tlb_invalidate(struct gpu *gpu, bool all, uint64_t pdb);
/* How many entries were seen in use after a change. */
unsigned long tlb_stale(struct gpu *gpu);

/* --- apertures: bar.c ---------------------------------------------------- */

extern const struct block block_bar;
extern const struct block block_bar_tu102;

enum bar_mode { BAR_OFF, BAR_PHYSICAL, BAR_VIRTUAL };

/* Firmware sets the window; @pdb is its page directory in VRAM. */
void bar_window(struct gpu *gpu, int bar, uint64_t pdb, enum bar_mode mode);
uint64_t bar_read(struct gpu *gpu, int bar, uint64_t offset, unsigned int size);
void bar_write(struct gpu *gpu, int bar, uint64_t offset, unsigned int size, uint64_t value);

/* --- interrupts: intr.c, intr-gk104.c, intr-gp100.c, intr-tu102.c ---- */

/* Blocks that ask for attention. Engines do too, but PTOP tells of their lines. */
enum intr_source {
	INTR_FIFO,
	INTR_TIMER,
	INTR_PINS,
	INTR_DISPLAY,
	INTR_SOURCES,
};

struct reg_write {
	uint32_t addr;
	uint32_t value;
};

/* How interrupts get to the processor. */
struct intr_ops {
	const char *name;
	const char *known_from;
	uint8_t line[INTR_SOURCES];	/* bits of the first interrupt register */
	/* Whether something that is pending is let through. */
	bool (*wanted)(struct gpu *gpu);
	/* What a driver writes to let all lines through. */
	const struct reg_write *unmask;
	unsigned int unmask_count;
};

extern const struct intr_ops intr_gk104;
extern const struct intr_ops intr_gp100;
extern const struct intr_ops intr_tu102;
extern const struct block block_pmc;
extern const struct block block_pmc_gk104;
extern const struct block block_pmc_gp100;
extern const struct block block_vfn;
extern const struct block block_pci;
extern const struct block block_pci_gp100;
void intr_set(struct gpu *gpu, enum intr_source source, bool level);
/* An engine's line, as PTOP numbers them. */
void intr_set_line(struct gpu *gpu, unsigned int line, bool level);

/* --- the timer: timer.c -------------------------------------------------- */

extern const struct block block_timer;
uint64_t timer_now(struct gpu *gpu);	/* PTIMER time, ns */

/* --- faults: fault.c, fault-gk104.c, fault-gp100.c ------------------------ */

/* An access that the MMU could not translate, as the GPU reports it to the driver. */
struct fault {
	unsigned int unit;		/* that accessed: an MMU fault id */
	unsigned int client;		/* of the unit */
	uint64_t inst;			/* instance block of its channel */
	uint64_t va;
	enum fault_reason reason;
	bool write;
	bool hub;			/* the client is no GPC's */
};

/* How the driver is told. */
struct fault_ops {
	const char *name;
	const char *known_from;
	unsigned int host_unit;		/* fault id of PBDMA 0, the others follow */
	unsigned int host_client;
	void (*report)(struct gpu *gpu, const struct fault *fault);
};

extern const struct fault_ops fault_gk104;
extern const struct fault_ops fault_gp100;
extern const struct block block_fault_gp100;
void fault_report(struct gpu *gpu, const struct fault *fault);
/* The four registers of the unit; @info is the last of them. */
void fault_unit_report(struct gpu *gpu, const struct fault *fault, uint32_t info);

/* --- channels: fifo.c, pbdma.c, host.c, host-gk104.c, host-gp100.c -------- */

#define FIFO_CHANNELS 4096
#define FIFO_RUNLISTS 8
#define FIFO_ENGINES 8
#define FIFO_SUBCHANNELS 8

/* How a push buffer's words are understood: the state between two words. */
struct pb_state {
	uint32_t method;		/* next, in bytes */
	uint32_t count;			/* words to come */
	uint8_t subc;
	uint8_t mode;			/* PB_* of pbdma.c */
	uint32_t subdevice_mask;
	bool subdevice_off;		/* commands are for another GPU */
};

enum pb_mode { PB_NONE, PB_INC, PB_NONINC, PB_ONEINC };

/* One decoded method, or nothing yet. */
struct pb_method {
	bool valid;
	uint8_t subc;
	uint32_t method;
	uint32_t data;
};

/* Takes the next word; false: *error says what is wrong with it. */
bool pb_decode(struct pb_state *state, uint32_t word, struct pb_method *method,
	       bool *end_segment, const char **error);

struct engine_ctx;

struct channel {
	unsigned int id;
	bool bound;
	uint64_t inst;			/* its instance block, in VRAM */
	bool enabled;
	bool in_runlist;
	unsigned int runlist;
	int group;			/* id of its channel group, or -1 */
	bool loaded;			/* RAMFC was read */
	bool faulted;
	bool priv;
	struct vm vm;
	enum aperture userd_aper;
	uint64_t userd;
	uint64_t gp_base;
	uint32_t gp_entries;
	uint32_t gp_get;
	/* What is fetched: a segment of words. */
	uint64_t pb_get, pb_end;
	struct pb_state pb;
	/* Host methods. */
	uint64_t sem_addr;
	uint32_t sem_payload;
	uint32_t mem_op[4];
	bool acquiring;
	uint32_t acquire;		/* for what: one of host.c's operations */
	bool have_method;		/* decoded, its engine was busy */
	struct pb_method held;
	uint32_t ref;
	/* Bound classes and the engines' state for this channel. */
	uint16_t object[FIFO_SUBCHANNELS];
	struct engine_ctx *ctx;
};

extern const struct block block_fifo;
extern const struct block block_fifo_gm200;
extern const struct block block_fifo_tu102;
extern const struct block block_pbdma;
void fifo_doorbell(struct gpu *gpu, unsigned int id);
void fifo_kick(struct gpu *gpu, unsigned int runlist);
void fifo_intr(struct gpu *gpu);
void fifo_nonstall(struct gpu *gpu, const struct channel *ch);
bool fifo_userd_hit(struct gpu *gpu, uint64_t bar1_offset, unsigned int *id, uint32_t *reg);
void fifo_engine_reset(struct gpu *gpu, unsigned int engine);
bool fifo_stopped(struct gpu *gpu, const struct channel *ch);
/* What firmware does with a channel, where the driver has no registers for that. */
bool fifo_channel_bind(struct gpu *gpu, unsigned int id, uint64_t inst, unsigned int runlist);
void fifo_channel_schedule(struct gpu *gpu, unsigned int id);
void fifo_channel_unbind(struct gpu *gpu, unsigned int id);

/* What came of a slice of work on a channel. */
enum pbdma_result {
	PBDMA_MORE,		/* there is more to do */
	PBDMA_IDLE,		/* all that was submitted is done */
	PBDMA_WAIT,		/* waits for a semaphore */
	PBDMA_BUSY,		/* waits for its engine */
	PBDMA_STOPPED,		/* faulted */
};

enum pbdma_result pbdma_run(struct gpu *gpu, struct channel *ch, unsigned int budget);
bool pbdma_load(struct gpu *gpu, struct channel *ch);
void pbdma_save(struct gpu *gpu, struct channel *ch);
bool pbdma_has_work(struct gpu *gpu, struct channel *ch);
void pbdma_intr(struct gpu *gpu, struct channel *ch, uint32_t bits, uint32_t method, uint32_t data);

/* What Host wants of runlists and of its own methods. */
struct host_ops {
	const char *name;
	const char *known_from;
	bool runlist_has_inst;		/* a channel's entry names its instance block too */
	bool sem_execute;		/* the methods from 0x5c on are semaphores too */
	uint32_t mem_op_last;		/* the method whose write starts a memory operation */
	/* The directory that a channel's TLB invalidate is of; false: of all. */
	bool (*invalidated)(const struct channel *ch, uint64_t *pdb);
	/* How a channel tells the processor; NULL: by PFIFO's interrupt. */
	void (*nonstall)(struct gpu *gpu, const struct channel *ch);
	/* A channel is stopped for what it did; NULL: the driver finds it in registers. */
	void (*failed)(struct gpu *gpu, const struct channel *ch, uint32_t xid, const char *text);
};

extern const struct host_ops host_gk104;
extern const struct host_ops host_gm107;
extern const struct host_ops host_gp100;
extern const struct host_ops host_tu102;

/* Host's own methods (below 0x100); false: not done yet, ask again. */
enum pbdma_result host_method(struct gpu *gpu, struct channel *ch, uint32_t method, uint32_t data);
enum pbdma_result host_acquire(struct gpu *gpu, struct channel *ch);

/* --- engines: engine.c, ce.c, i2m.c, gr.c, mme.c ------------------------- */

enum engine_type { ENGINE_GR, ENGINE_CE };

/* A copy engine's registers of one channel, and the copy that runs. */
struct ce_state {
	uint32_t reg[0x800 / 4];
	bool wide_origin;		/* of the chip: x and y of a side are words */
	bool busy;
	uint32_t launch;		/* LAUNCH_DMA of the copy that runs */
	uint32_t run[0x800 / 4];	/* the registers when it was launched */
	uint64_t done, total;		/* work items: lines or bytes */
	struct work work;
	unsigned int engine;		/* index of the chip's engines */
	struct channel *ch;
};

#define I2M_MAX (64 * 1024)

/* Inline to memory, in its own class and in the 3D and compute ones. */
struct i2m_state {
	uint32_t launch;
	uint8_t data[I2M_MAX];
	uint32_t have, want;
	bool active;
};

#define MME_CODE 0x1000
#define MME_STARTS 0x100

struct mme_state {
	uint32_t code[MME_CODE];
	uint32_t start[MME_STARTS];
	uint32_t code_ptr, start_ptr;
	uint32_t params[0x800];
	unsigned int count;
	int macro;			/* being called, or -1 */
};

/* A 3D, compute, 2D or I2M class: what its methods were set to last. */
struct gr_class_state {
	uint32_t reg[0x4000 / 4];
	struct i2m_state i2m;
};

enum gr_unit { GR_3D, GR_COMPUTE, GR_I2M, GR_2D, GR_UNITS };

struct engine_ctx {
	struct ce_state ce;
	struct gr_class_state gr[GR_UNITS];
	struct mme_state mme;
};

/* Index of the chip's engine of @type; -1: it has none. */
int engine_find(struct gpu *gpu, enum engine_type type);
bool engine_init(struct gpu *gpu, struct channel *ch);
void engine_free(struct gpu *gpu, struct channel *ch);
enum pbdma_result engine_method(struct gpu *gpu, struct channel *ch, const struct pb_method *m);
bool engine_idle(struct gpu *gpu, struct channel *ch);
/* Stops what runs for @ch: its copy ends where it is. */
void engine_stop(struct gpu *gpu, struct channel *ch);
/* A channel's access failed: fault registers, interrupt, the runlist stops. */
void engine_fault(struct gpu *gpu, struct channel *ch, int engine, const struct vm_fault *fault);

enum pbdma_result ce_method(struct gpu *gpu, struct channel *ch, uint32_t method, uint32_t data);
void ce_init(struct gpu *gpu, struct channel *ch);
enum pbdma_result gr_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit,
			    uint32_t method, uint32_t data);
bool gr_context(struct gpu *gpu, struct channel *ch, bool save);
void gr_falcon_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit, uint32_t data);
bool i2m_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit, uint32_t method,
		uint32_t data, enum pbdma_result *result);
bool mme_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit, uint32_t method,
		uint32_t data, enum pbdma_result *result);
void mme_flush(struct gpu *gpu, struct channel *ch, enum pbdma_result *result);
/* Writes a semaphore or report; false: faulted. */
bool semaphore_write(struct gpu *gpu, struct channel *ch, int engine, uint64_t va,
		     uint32_t payload, bool timestamp, const char *op);

/* Where byte x of row y, slice z of a block-linear surface is: tile.c */
struct tile {
	uint32_t width;			/* bytes */
	uint32_t height, depth;		/* rows, slices */
	unsigned int block_height, block_depth;	/* log2, in GOBs */
};

uint64_t tile_offset(const struct tile *tile, uint32_t x, uint32_t y, uint32_t z);

/* --- falcons: falcon.c, pmu.c, acr.c, fecs.c ----------------------------- */

extern const struct block block_pmu_gk104;	/* nouveau's own PMU firmware */
extern const struct block block_pmu_gm200;	/* a PMU that runs the secure boot */
extern const struct block block_gr;		/* PGRAPH's registers */
extern const struct block block_fecs;
extern const struct block block_acr;

/* The firmware that switches contexts: which commands it takes, what it answers. */
struct ctxsw_ops {
	const char *name;
	const char *known_from;
	uint32_t config;		/* how secure the falcons say they are (0x40912c) */
	uint32_t ready;			/* 0x409800, when it runs */
	uint32_t bind;			/* the command that makes a channel current, */
	uint32_t bound, not_bound;	/* ... and its answers */
	uint32_t size;			/* the command that tells a context's size; 0: none */
	/* It is told to run: whether it is there. */
	void (*start)(struct gpu *gpu);
	/* Any other command; false: it knows none such. */
	bool (*command)(struct gpu *gpu, uint32_t command, uint32_t arg);
};

extern const struct ctxsw_ops ctxsw_nouveau;
extern const struct ctxsw_ops ctxsw_nvidia;

struct falcon_mem {
	uint8_t *data;
	uint32_t size;
	/* Its one port. */
	uint32_t pos;
	bool incr_w, incr_r;
};

struct falcon {
	struct falcon *next;
	uint32_t base;			/* its registers, 4 KiB */
	struct falcon_mem imem, dmem;
	bool running;
};

void falcon_init(struct gpu *gpu, struct falcon *falcon, uint32_t base);
void falcon_fini(struct gpu *gpu, struct falcon *falcon);
/* Its memory is as after power-on, and nothing runs. */
void falcon_reset(struct falcon *falcon);
uint32_t falcon_read_hwcfg(struct gpu *gpu, uint32_t addr);
void falcon_write_code_seek(struct gpu *gpu, uint32_t addr, uint32_t value);
void falcon_write_code(struct gpu *gpu, uint32_t addr, uint32_t value);
void falcon_write_data_seek(struct gpu *gpu, uint32_t addr, uint32_t value);
void falcon_write_data(struct gpu *gpu, uint32_t addr, uint32_t value);
uint32_t falcon_read_data(struct gpu *gpu, uint32_t addr);

/* What all falcons have; a block adds what else its own has. */
#define FALCON_REGS(base) \
	{ (base) + 0x004, .name = "INTR_CLEAR" }, \
	{ (base) + 0x008, .name = "INTR", .flags = REG_RO }, \
	{ (base) + 0x010, .name = "INTR_EN_SET" }, \
	{ (base) + 0x014, .name = "INTR_EN_CLEAR" }, \
	{ (base) + 0x108, .name = "HWCFG", .read = falcon_read_hwcfg, .flags = REG_RO }, \
	{ (base) + 0x180, .name = "CODE_INDEX", .write = falcon_write_code_seek }, \
	{ (base) + 0x184, .name = "CODE", .write = falcon_write_code }, \
	{ (base) + 0x188, .name = "CODE_TAG" }, \
	{ (base) + 0x1c0, .name = "DATA_INDEX", .write = falcon_write_data_seek }, \
	{ (base) + 0x1c4, .name = "DATA", .read = falcon_read_data, .write = falcon_write_data }

/* The PMU runs what is at its loader's descriptor in @dmem; NULL @vm: it has no memory. */
void acr_boot(struct gpu *gpu, const uint8_t *dmem, const struct vm *vm);
/* Whether FECS and GPCCS have got their firmware by it. */
bool acr_done(struct gpu *gpu);

/* --- the GSP: gsp/ -------------------------------------------------------- */

extern const struct block block_gsp;
extern const struct block block_gsp_tu102;
extern const struct block block_gsp_ga102;
extern const struct block block_sec2;
struct gsp_boot;
extern const struct gsp_boot gsp_boot_tu102;
extern const struct gsp_boot gsp_boot_ga102;

/* --- the rest ------------------------------------------------------------ */

extern const struct block block_board;		/* straps, fuses, clocks, sensors */
extern const struct block block_fb;
extern const struct block block_fb_gk104;
extern const struct block block_fb_gm107;
extern const struct block block_fb_gm200;
extern const struct block block_fb_gp100;
extern const struct block block_fb_tu102;
extern const struct block block_fb_ga102;
extern const struct block block_ltc_gk104;
extern const struct block block_ltc_gm107;
extern const struct block block_top;
extern const struct block block_pbus;
extern const struct block block_privring;
extern const struct block block_clocks;	/* Kepler and first Maxwell */
extern const struct block block_ce_gk104;
extern const struct block block_ce_gp100;

/* How the card comes up: what the driver finds before it sets anything up. */
struct boot_ops {
	const char *name;
	const char *known_from;
	/* Fills the tables of the VBIOS. */
	void (*rom)(struct gpu *gpu);
	/* How the GSP is booted: gsp/gsp.h; NULL: not at all. */
	const struct gsp_boot *gsp;
};

extern const struct boot_ops boot_gf100;
extern const struct boot_ops boot_gm200;
extern const struct boot_ops boot_tu102;
extern const struct boot_ops boot_ga102;
extern const struct block block_rom;
/* Who else has tables in the VBIOS writes them by these. */
void rom_put8(struct gpu *gpu, unsigned int at, uint8_t value);
void rom_put16(struct gpu *gpu, unsigned int at, uint16_t value);
void rom_put32(struct gpu *gpu, unsigned int at, uint32_t value);
void rom_bit_entry(struct gpu *gpu, char id, uint8_t version, uint16_t length, uint16_t offset);

/* --- the display: display/, monitor/ -------------------------------------- */

/* A card has these if it has a board with connectors (gpu_config). */
extern const struct block block_display;
extern const struct block block_display_gk104;
extern const struct block block_display_gm107;
extern const struct block block_display_gm200;
extern const struct block block_pins;
extern const struct block block_aux_gk104;
extern const struct block block_aux_gm200;

const struct board *board_find(const char *name);
/* The tables of the VBIOS about the board's connectors, if it has some. */
void board_tables(struct gpu *gpu);

/* --- the trace: trace.c -------------------------------------------------- */

struct trace {
	FILE *file;
	struct trace_vm *vms;
};

void trace_event(struct gpu *gpu, const char *event, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void trace_invalidate(struct gpu *gpu, bool all, uint64_t pdb);
void trace_vm_seen(struct gpu *gpu, const struct vm *vm);
void trace_fini(struct gpu *gpu);

/* --- what page tables cost: count.c ---------------------------------------- */

struct counts {
	uint64_t written;		/* bytes, into the driver's own structures */
	uint64_t invalidates;
};

void count_written(struct gpu *gpu, unsigned int bytes);
void count_invalidate(struct gpu *gpu);
void count_semaphore(struct gpu *gpu, const struct vm *vm, uint32_t value);

/* --- chips --------------------------------------------------------------- */

/* An engine as PTOP (0x22700) tells of it. */
struct chip_engine {
	enum engine_type type;
	unsigned int inst;
	unsigned int runlist;
	unsigned int fault;		/* MMU fault id */
	unsigned int reset;		/* bit of PMC_ENABLE */
	unsigned int intr;		/* bit of PMC_INTR */
	unsigned int client;		/* hub client of its faults */
	unsigned int top_type, top_inst;	/* as PTOP numbers them */
	uint32_t addr;			/* its registers */
};

/* All that is of one chip alone; what a generation has in common is behind the pointers. */
struct chip {
	const char *name;
	const char *title;		/* with a card that has it */
	uint32_t boot0;			/* how it tells the driver what it is (0x000) */
	uint16_t pci_device;
	const struct mmu_format *mmu;
	const struct boot_ops *boot;
	const struct intr_ops *intr;
	const struct host_ops *host;
	const struct fault_ops *fault;
	const struct firmware *firmware;
	const struct block *const *blocks;
	unsigned int block_count;
	const struct reg_value *values;
	unsigned int value_count;
	const struct chip_engine *engines;
	unsigned int engine_count;
	unsigned int runlists;
	unsigned int pbdmas;		/* one for each runlist, at least */
	unsigned int channels;
	uint16_t class_host;		/* of channels; 0: channels are not made by class */
	/* Classes of its engines; of a copy engine there may be two, else 0. */
	uint16_t class_3d, class_compute, class_i2m, class_2d;
	uint16_t class_ce[2];
	bool ce_wide_origin;		/* its class has a word each for x and y in a surface */
	bool mme_opaque;		/* macros are of an instruction set that is not run here */
	unsigned int vram_mib;
	unsigned int firmware_mib;	/* of VRAM, beside the above: firmware takes them */
	uint64_t bar1_size, bar3_size;
	unsigned int gpcs, tpcs;	/* TPCs per GPC */
};

/* Puts a chip on the list: the last line of chips/NAME.c. */
#define CHIP(which) \
	static const struct chip *const listed_##which \
		__attribute__((section("gpu_chips"), used)) = &(which)

/* NULL after one line on stderr. */
const struct chip *chip_find(const char *name);

struct gpu {
	const struct chip *chip;
	const struct board *board;	/* NULL: one without connectors */
	const struct block *blocks[BLOCKS_MOST];	/* of the chip's those that this card has */
	unsigned int block_count;
	struct gpu_config config;
	uint64_t start;
	uint64_t random[STREAM_COUNT];
	struct work *queue;
	struct access access[64];
	unsigned int accesses;
	unsigned int failures;
	struct regs regs;
	uint8_t *vram;
	uint64_t vram_size;
	struct trace trace;
	struct counts counts;
	struct falcon *falcons;		/* of all blocks */
	/* The blocks' state, of those that the chip has. */
	struct rom *rom;
	struct intr *intr;
	struct bar *bar;
	struct fifo *fifo;
	struct timer *timer;
	struct tlb *tlb;
	struct pmu *pmu;
	struct acr *acr;
	struct fecs *fecs;
	struct display *display;
	struct pins *pins;
	struct gsp *gsp;
};

#endif
