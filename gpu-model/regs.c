// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The registers of BAR0.
 *
 * BAR0 is 16 MiB of 32-bit registers. Each block of the chip lists its own; a
 * register without a handler keeps what was written to it. What no block lists
 * does not exist, and touching it is a finding: the model must never make up
 * an answer that the driver would then rely on.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

#define BAR0_SIZE 0x1000000u
#define WORDS (BAR0_SIZE / 4)
#define MAX_REGS 4096

static void add_reg(struct gpu *gpu, const struct block *block, const struct reg *reg,
		    uint32_t first)
{
	struct regs *regs = &gpu->regs;
	uint32_t count = reg->count ? reg->count : 1;
	uint32_t stride = reg->stride ? reg->stride : 4;
	uint32_t i;

	if (!regs->count || regs->reg[regs->count] != reg)
		regs->count++;
	if (regs->count == MAX_REGS)
		abort();
	regs->reg[regs->count] = reg;
	regs->block[regs->count] = block;
	for (i = 0; i < count; i++) {
		uint32_t addr = first + i * stride;

		if (addr >= BAR0_SIZE)
			abort();
		/* Later entries win: a chip's own values over a block's. */
		regs->index[addr / 4] = (uint16_t)regs->count;
		regs->value[addr / 4] = reg->reset;
	}
}

/* What lenient runs take for a register. */
static const struct block lenient_block = { .name = "UNKNOWN" };
static const struct reg lenient_reg = { .name = "STORAGE", .flags = REG_ANY_SIZE };

static const struct block chip_block = {
	.name = "chip",
	.known_from = "chips/",
};

void regs_init(struct gpu *gpu)
{
	const struct chip *chip = gpu->chip;
	struct regs *regs = &gpu->regs;
	unsigned int b, i;

	regs->count = 0;
	regs->windows = 0;
	regs->value = calloc(WORDS, sizeof(*regs->value));
	regs->index = calloc(WORDS, sizeof(*regs->index));
	regs->reg = calloc(MAX_REGS, sizeof(*regs->reg));
	regs->block = calloc(MAX_REGS, sizeof(*regs->block));
	regs->own = calloc(chip->value_count + 1, sizeof(*regs->own));
	if (!regs->value || !regs->index || !regs->reg || !regs->block || !regs->own)
		abort();
	for (b = 0; b < gpu->block_count; b++) {
		const struct block *block = gpu->blocks[b];

		for (i = 0; i < block->count; i++)
			add_reg(gpu, block, &block->regs[i], block->regs[i].addr);
		if (block->window && regs->windows == REGS_WINDOWS)
			abort();
		if (block->window)
			regs->window[regs->windows++] = block->window;
	}
	for (i = 0; i < chip->value_count; i++) {
		const struct reg_value *v = &chip->values[i];

		regs->own[i] = (struct reg){
			.addr = v->addr,
			.count = v->count,
			.stride = v->stride,
			.reset = v->value,
			.name = v->name,
			.flags = v->flags,
		};
		add_reg(gpu, &chip_block, &regs->own[i], v->addr);
	}
}

void regs_fini(struct gpu *gpu)
{
	free(gpu->regs.value);
	free(gpu->regs.index);
	free(gpu->regs.reg);
	free(gpu->regs.block);
	free(gpu->regs.own);
}

const struct window *regs_window(struct gpu *gpu, uint64_t addr)
{
	unsigned int i;

	for (i = 0; i < gpu->regs.windows; i++)
		if (addr >= gpu->regs.window[i]->from && addr < gpu->regs.window[i]->to)
			return gpu->regs.window[i];
	return NULL;
}

bool regs_listed(const struct chip *chip, uint32_t addr)
{
	unsigned int b, i;

	for (b = 0; b < chip->block_count; b++)
		for (i = 0; i < chip->blocks[b]->count; i++) {
			const struct reg *reg = &chip->blocks[b]->regs[i];
			uint32_t stride = reg->stride ? reg->stride : 4;
			uint32_t count = reg->count ? reg->count : 1;

			if (addr >= reg->addr && addr < reg->addr + count * stride &&
			    !((addr - reg->addr) % stride))
				return true;
		}
	return false;
}

uint32_t *reg_at(struct gpu *gpu, uint32_t addr)
{
	return &gpu->regs.value[(addr & (BAR0_SIZE - 1)) / 4];
}

const char *regs_name(struct gpu *gpu, uint32_t addr)
{
	static char name[96];
	unsigned int index;

	index = addr < BAR0_SIZE ? gpu->regs.index[addr / 4] : 0;
	if (!index)
		return "unknown";
	snprintf(name, sizeof(name), "%s.%s", gpu->regs.block[index]->name,
		 gpu->regs.reg[index]->name);
	return name;
}

static const struct reg *find(struct gpu *gpu, uint32_t addr, unsigned int size, bool write,
			      uint32_t value)
{
	const struct reg *reg;
	unsigned int index;

	if (addr >= BAR0_SIZE || addr + size > BAR0_SIZE) {
		report(gpu, "access beyond BAR0", "0x%x", addr);
		return NULL;
	}
	index = gpu->regs.index[addr / 4];
	if (!index) {
		if (write)
			report(gpu, "unknown register", "write of 0x%0*x to 0x%06x", size * 2, value, addr);
		else
			report(gpu, "unknown register", "read of 0x%06x", addr);
		if (!gpu->config.lenient)
			return NULL;
		/* From here on it is storage, and told of no more. */
		add_reg(gpu, &lenient_block, &lenient_reg, addr);
		index = gpu->regs.index[addr / 4];
	}
	reg = gpu->regs.reg[index];
	if ((size != 4 || addr & 3) && !(reg->flags & REG_ANY_SIZE)) {
		report(gpu, "access of a wrong size", "%u bytes at 0x%06x (%s)", size, addr,
		       regs_name(gpu, addr));
		return NULL;
	}
	return reg;
}

uint32_t regs_read(struct gpu *gpu, uint32_t addr, unsigned int size)
{
	const struct reg *reg = find(gpu, addr, size, false, 0);
	uint32_t value;

	if (!reg)
		return 0xbad00000;
	if (reg->flags & REG_WO) {
		report(gpu, "read of a write-only register", "0x%06x (%s)", addr,
		       regs_name(gpu, addr));
		return 0;
	}
	value = reg->read ? reg->read(gpu, addr & ~3u) : *reg_at(gpu, addr);
	value >>= (addr & 3) * 8;
	return size == 4 ? value : value & ((1u << (size * 8)) - 1);
}

void regs_write(struct gpu *gpu, uint32_t addr, unsigned int size, uint32_t value)
{
	const struct reg *reg = find(gpu, addr, size, true, value);

	if (!reg)
		return;
	if (reg->flags & REG_RO) {
		report(gpu, "write to a read-only register", "0x%x to 0x%06x (%s)", value, addr,
		       regs_name(gpu, addr));
		return;
	}
	if (reg->flags & REG_IGNORE)
		return;
	if (size != 4) {
		uint32_t shift = (addr & 3) * 8;
		uint32_t mask = ((1u << (size * 8)) - 1) << shift;

		value = (*reg_at(gpu, addr) & ~mask) | ((value << shift) & mask);
	}
	if (reg->write)
		reg->write(gpu, addr & ~3u, value);
	else
		*reg_at(gpu, addr) = value;
}

/* --- what many registers do ------------------------------------------------ */

uint32_t reg_read_zero(struct gpu *gpu, uint32_t addr)
{
	(void)gpu;
	(void)addr;
	return 0;
}

void reg_write_clear(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) &= ~value;
}

static const struct block *block_at(struct gpu *gpu, uint32_t addr)
{
	return gpu->regs.block[gpu->regs.index[addr / 4]];
}

void reg_write_intr(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	reg_write_clear(gpu, addr, value);
	block_at(gpu, addr)->intr(gpu);
}

void reg_write_intr_en(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	block_at(gpu, addr)->intr(gpu);
}
