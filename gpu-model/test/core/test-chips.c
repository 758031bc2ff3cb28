// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Every chip that is listed is whole: it has each table, and in each table what the
 * model calls without asking. And the tables do what they say on a card of it.
 */
#include "card.h"
#include "gsp/gsp.h"
#include "intr.h"

/*
 * A table that gets an operation fails here until this test knows it; the number
 * is in sizes of a pointer.
 */
#define AS_KNOWN(type, words) \
	_Static_assert(sizeof(struct type) == (words) * sizeof(void *), \
		       "struct " #type " has something that this test does not check")

AS_KNOWN(mmu_format, 13);
AS_KNOWN(boot_ops, 4);
AS_KNOWN(gsp_boot, 8);
AS_KNOWN(intr_ops, 6);
AS_KNOWN(host_ops, 6);
AS_KNOWN(fault_ops, 4);
AS_KNOWN(ctxsw_ops, 7);
AS_KNOWN(firmware, 6);
AS_KNOWN(block, 14);

/* The chip at hand; what fails is said with its name. */
static const struct chip *chip;

static void each_chip(void (*run)(void))
{
	struct gpu_chip_info info;
	unsigned int n;

	for (n = 0; gpu_chip_info(n, &info); n++) {
		chip = chip_find(info.name);
		check(chip);
		printf("# %s\n", info.name);
		run();
	}
	check(n >= 4);
}

/* Each, without connectors and with them. */
static void each_card(void (*run)(void))
{
	static const char *const board[] = { NULL, "desktop" };
	struct gpu_chip_info info;
	unsigned int n, b;

	for (n = 0; gpu_chip_info(n, &info); n++)
		for (b = 0; b < COUNT(board); b++) {
			printf("# %s, %s\n", info.name, board[b] ? board[b] : "no board");
			card_free();
			card_new_as((struct gpu_config){ .chip = info.name, .seed = 1, .board = board[b] });
			chip = card->chip;
			run();
			check_eq(gpu_failures(card), 0);
		}
	check(n >= 4);
}

static bool named(const char *name, const char *known_from)
{
	return name && *name && known_from && *known_from;
}

/* --- the chip itself ------------------------------------------------------- */

static void identity(void)
{
	struct gpu_chip_info info;
	unsigned int n, alike = 0;

	check(chip->name && *chip->name && chip->title && *chip->title);
	check(chip->boot0 && chip->pci_device);
	for (n = 0; gpu_chip_info(n, &info); n++) {
		const struct chip *other = chip_find(info.name);

		alike += !strcmp(other->name, chip->name);
		check(other == chip || other->boot0 != chip->boot0);
		check(other == chip || other->pci_device != chip->pci_device);
	}
	check_eq(alike, 1);
	check(chip->vram_mib && !(chip->vram_mib & (chip->vram_mib - 1)));
	check(chip->bar1_size && !(chip->bar1_size & (chip->bar1_size - 1)));
	check(chip->bar3_size && !(chip->bar3_size & (chip->bar3_size - 1)));
	check(chip->channels && chip->channels <= FIFO_CHANNELS);
	check(chip->runlists && chip->runlists <= FIFO_RUNLISTS);
	check(chip->pbdmas >= chip->runlists);
	check(chip->gpcs && chip->tpcs);
	check(chip->class_3d && chip->class_compute && chip->class_i2m && chip->class_2d);
	check(chip->class_ce[0]);
	check(chip->values || !chip->value_count);
}

static void engines(void)
{
	unsigned int i, j, copies = 0;

	check(chip->engines && chip->engine_count && chip->engine_count <= FIFO_ENGINES);
	for (i = 0; i < chip->engine_count; i++) {
		const struct chip_engine *e = &chip->engines[i];

		check(e->runlist < chip->runlists);
		copies += e->type == ENGINE_CE;
		for (j = 0; j < i; j++)
			check(chip->engines[j].type != e->type || chip->engines[j].inst != e->inst);
		/* Lines and units are RM's where there is one. */
		if (chip->firmware->rm)
			continue;
		check(e->reset < 32 && e->intr < 32 && e->fault < 32);
		check(e->addr);
		for (j = 0; j < i; j++) {
			check(chip->engines[j].reset != e->reset);
			check(chip->engines[j].intr != e->intr);
			check(chip->engines[j].fault != e->fault);
		}
	}
	check(copies);
	/* Host's are the next of the first PBDMA's. */
	for (i = 0; i < chip->engine_count; i++)
		check(chip->engines[i].fault < chip->fault->host_unit ||
		      chip->engines[i].fault >= chip->fault->host_unit + chip->pbdmas);
}

/* --- its tables ------------------------------------------------------------ */

static void complete(void)
{
	const struct mmu_format *mmu = chip->mmu;
	const struct firmware *fw = chip->firmware;
	unsigned int i, j;

	check(mmu && named(mmu->name, mmu->known_from));
	check(mmu->va_bits && mmu->dir_shift_of && mmu->instance);
	check(mmu->kinds && mmu->kind_ranges);
	for (i = 0; i < mmu->kind_ranges; i++) {
		check(mmu->kinds[i * 2] <= mmu->kinds[i * 2 + 1]);
		check(!i || mmu->kinds[i * 2 - 1] < mmu->kinds[i * 2]);
	}
	check(!mmu->kinds[0]);
	check(mmu->walk_dir && mmu->walk_page && mmu->example && mmu->each);
	/* Only formats of five levels say how large their tables are. */
	check(!mmu->tables == (mmu->va_bits < 49));

	check(chip->boot && named(chip->boot->name, chip->boot->known_from));
	check(chip->boot->rom);
	check_eq(!chip->boot->gsp, !chip->firmware->rm);
	if (chip->boot->gsp) {
		check(named(chip->boot->gsp->name, chip->boot->gsp->known_from));
		check(chip->boot->gsp->fwsec && chip->boot->gsp->booter);
		check(chip->boot->gsp->core && chip->boot->gsp->reset);
		check(chip->boot->gsp->riscv_active);
		check(regs_listed(chip, chip->boot->gsp->riscv_cpuctl));
		check(regs_listed(chip, chip->boot->gsp->riscv_irq_mask));
	}

	check(chip->intr && named(chip->intr->name, chip->intr->known_from));
	check(chip->intr->wanted && chip->intr->unmask && chip->intr->unmask_count);
	for (i = 0; i < chip->intr->unmask_count; i++)
		check(regs_listed(chip, chip->intr->unmask[i].addr));
	for (i = 0; i < INTR_SOURCES; i++) {
		check(chip->intr->line[i] < 32);
		for (j = 0; j < i; j++)
			check(chip->intr->line[i] != chip->intr->line[j]);
		for (j = 0; j < chip->engine_count && !chip->firmware->rm; j++)
			check(chip->intr->line[i] != chip->engines[j].intr);
	}

	check(chip->host && named(chip->host->name, chip->host->known_from));
	check(chip->host->mem_op_last >= 0x28 && chip->host->mem_op_last <= 0x34);
	check(chip->host->invalidated);
	/* RM knows channels by class; no registers tell the driver of them. */
	check_eq(!chip->firmware->rm, !chip->host->nonstall);
	check_eq(!chip->firmware->rm, !chip->host->failed);
	check_eq(!chip->firmware->rm, !chip->class_host);
	check_eq(!chip->firmware->rm, !chip->firmware_mib);

	check(chip->fault && named(chip->fault->name, chip->fault->known_from));
	check(chip->fault->report && chip->fault->host_unit);

	check(fw && named(fw->name, fw->known_from) && !fw->ctxsw == !!fw->rm);
	if (fw->ctxsw) {
		check(named(fw->ctxsw->name, fw->ctxsw->known_from));
		check(fw->ctxsw->ready && fw->ctxsw->bind && fw->ctxsw->bound);
		check(fw->ctxsw->start && fw->ctxsw->command);
		check(fw->ctxsw->size != fw->ctxsw->bind);
	}
	check(!fw->files == !fw->file_count);
	for (i = 0; i < fw->file_count; i++) {
		const struct firmware_file *file = &fw->files[i];
		size_t size = 0;

		check(file->name && file->make);
		check(file->make(file, &size) && size);
		for (j = 0; j < i; j++)
			check(strcmp(file->name, fw->files[j].name));
	}
}

static void blocks(void)
{
	uint32_t bits = 0;
	unsigned int i, j, r;

	check(chip->blocks && chip->block_count && chip->block_count < BLOCKS_MOST);
	for (i = 0; i < chip->block_count; i++) {
		const struct block *block = chip->blocks[i];

		check(block && named(block->name, block->known_from));
		check(!block->regs == !block->count);
		check(block->count || block->window);
		for (r = 0; r < block->count; r++) {
			const struct reg *reg = &block->regs[r];

			check(reg->name && *reg->name);
			check(block->intr || (reg->write != reg_write_intr &&
					      reg->write != reg_write_intr_en));
		}
		if (block->window) {
			check(block->window->name && block->window->read);
			check(block->window->from < block->window->to);
		}
		/* What is to be given back was got; what is reset was set. */
		check(!block->fini || block->state_size);
		check(!block->reset || block->reset_bit);
		check(!block->reset_bit || block->reset || block->init);
		/* One bit, and no other's. */
		check(!(block->reset_bit & (block->reset_bit - 1)));
		check(!(block->reset_bit & bits));
		bits |= block->reset_bit;
		for (j = 0; j < i; j++) {
			check(chip->blocks[j] != block);
			check(!block->state_size || !chip->blocks[j]->state_size ||
			      block->state_at != chip->blocks[j]->state_at);
		}
	}
	/* What RM resets, no register of the driver's does. */
	check_eq(!bits, !!chip->firmware->rm);
	if (chip->firmware->rm)
		return;
	/* PGRAPH is a block and an engine, with one bit; the other engines are no blocks. */
	for (i = 0; i < chip->engine_count; i++)
		check_eq(!(bits & BIT(chip->engines[i].reset)), chip->engines[i].type != ENGINE_GR);
}

static void case_identity(void) { each_chip(identity); }
static void case_engines(void) { each_chip(engines); }
static void case_complete(void) { each_chip(complete); }
static void case_blocks(void) { each_chip(blocks); }

/* --- what they do ---------------------------------------------------------- */

static bool interrupted(void)
{
	return pci_config_read(6, 2) & 8;
}

static void lines_reach_the_processor(void)
{
	uint32_t pending = chip->firmware->rm ? 0xb81000 : 0x100;
	unsigned int i, source;

	check_eq(rd(0), chip->boot0);
	for (source = 0; source < INTR_SOURCES; source++) {
		intr_set(card, source, true);
		check_eq(rd(pending), BIT(chip->intr->line[source]));
		check(!interrupted());
		for (i = 0; i < chip->intr->unmask_count; i++)
			wr(chip->intr->unmask[i].addr, chip->intr->unmask[i].value);
		check(interrupted());
		/* A reset lowers it, whoever raised it, and masks it. */
		gpu_reset(card);
		check(!interrupted());
		check_eq(rd(pending), 0);
	}
}

static void case_interrupts(void) { each_card(lines_reach_the_processor); }

/* A block keeps what it has until it loses its own bit of PMC_ENABLE. */
static void reset_by_bit(void)
{
	static const uint32_t data[] = { 0x10a1c0, 0x4091c0 };
	uint32_t bits[2] = { 0 };
	unsigned int i, b;

	for (b = 0; b < chip->block_count; b++)
		for (i = 0; i < COUNT(data); i++)
			if (chip->blocks[b]->reset_bit && chip->blocks[b]->regs->addr >> 12 == data[i] >> 12)
				bits[i] = chip->blocks[b]->reset_bit;
	if (chip->firmware->rm) {
		check(!bits[0] && !bits[1]);
		return;
	}
	wr(0x200, 0xffffffff);
	for (i = 0; i < COUNT(data); i++) {
		check(bits[i]);
		wr(data[i], 0x1000000);
		wr(data[i] + 4, 0x12345678 + i);
	}
	for (i = 0; i < COUNT(data); i++) {
		wr(data[0], 0);
		wr(data[1], 0);
		check_eq(rd(data[i] + 4), 0x12345678 + i);
		wr(0x200, ~bits[i]);
		wr(0x200, 0xffffffff);
		wr(data[i], 0);
		check_eq(rd(data[i] + 4), 0);
		check(i == 1 || rd(data[1] + 4) == 0x12345679);
	}
}

static void case_reset_by_bit(void) { each_card(reset_by_bit); }

/* Resets are as many as a guest likes: nothing is left of any. */
static void many_resets(void)
{
	unsigned int i, count = card->regs.count;

	for (i = 0; i < 20; i++) {
		gpu_reset(card);
		check_eq(card->regs.count, count);
		check_eq(gpu_deadline(card), 0);
	}
}

static void case_many_resets(void) { each_card(many_resets); }

/* A channel's memory operation names a directory, or all of them. */
static void invalidate(void)
{
	const uint64_t pdb = 0x12345000;
	struct channel ch = { 0 };
	uint64_t got = 0;

	/* As the class's header has it: of two words, or of four. */
	if (chip->host->mem_op_last == 0x2c) {
		ch.mem_op[0] = (uint32_t)(pdb >> 10);
		ch.mem_op[1] = 9u << 27;
	} else {
		ch.mem_op[2] = (uint32_t)pdb;
		ch.mem_op[3] = 9u << 27;
	}
	check(chip->host->invalidated(&ch, &got));
	check_eq(got, pdb);
	ch.mem_op[chip->host->mem_op_last == 0x2c ? 1 : 2] |= 1;
	check(!chip->host->invalidated(&ch, &got));
}

static void case_invalidate(void) { each_chip(invalidate); }

static void case_unknown(void)
{
	struct gpu_config config = { .chip = "gp999" };

	check(!chip_find("gp999"));
	check(!gpu_new(&config));
}

static const struct test_case cases[] = {
	{ "identity", case_identity, card_free },
	{ "engines", case_engines, card_free },
	{ "complete", case_complete, card_free },
	{ "blocks", case_blocks, card_free },
	{ "interrupts", case_interrupts, card_free },
	{ "reset-by-bit", case_reset_by_bit, card_free },
	{ "many-resets", case_many_resets, card_free },
	{ "invalidate", case_invalidate, card_free },
	{ "unknown", case_unknown, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
