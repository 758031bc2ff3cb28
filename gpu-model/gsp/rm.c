// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What RM knows: its functions, the classes of its objects, and the controls that
 * are sent to objects.
 *
 * An entry says how many bytes the driver sends, what RM does, and where that is
 * known from. What is in no table fails the run.
 *
 * Known from: nouveau gsp/r535.c and the files that each entry names.
 */
#include "gsp.h"

#define OWN_CLIENT 0xc2000001
#define OWN_DEVICE 0xde2d0001
#define OWN_SUBDEVICE 0x5d2d0001
#define FIRST_MADE_UP 0xcaf10000

#define CLASS_CLIENT 0x0000
#define CLASS_DEVICE 0x0080
#define CLASS_SUBDEVICE 0x2080
#define ANY_CLASS 0xffffffff

#define EVENT_INIT_DONE 0x1001

const struct rm_layout *rm_layout(struct gpu *gpu)
{
	return gpu->chip->firmware->rm;
}

/*
 * How many bytes a message takes: a number of all releases, or where the layout of a
 * release has the number.
 */
struct rm_size {
	uint32_t fixed;
	size_t in_layout;
};

#define BYTES(n) { .fixed = (n) }
#define BYTES_OF(part) { .in_layout = offsetof(struct rm_layout, part.size) }

static uint32_t bytes(struct gpu *gpu, const struct rm_size *size)
{
	uint16_t of_release;

	if (!size->in_layout)
		return size->fixed;
	memcpy(&of_release, (const char *)rm_layout(gpu) + size->in_layout, sizeof(of_release));
	return of_release;
}

/* --- classes --------------------------------------------------------------- */

struct rm_class {
	uint32_t class;
	const char *name;
	const char *known_from;
	uint32_t parent;		/* of which class its parent is */
	struct rm_size size;		/* of its parameters */
	enum rm_status (*made)(struct gpu *gpu, struct rm_object *object, const uint8_t *params);
	bool chip;			/* a class of some chips: the chip has to name it */
};

#define A_CHANNEL 0x6f		/* of any generation: the class's low byte */

static const struct rm_class classes[] = {
	{ CLASS_CLIENT, "NV01_ROOT", "nouveau gsp/r535.c (r535_gsp_client_ctor)", ANY_CLASS, BYTES(108),
	  NULL, false },
	{ CLASS_DEVICE, "NV01_DEVICE_0", "nouveau gsp/r535.c (r535_gsp_device_ctor)", CLASS_CLIENT, BYTES(56),
	  NULL, false },
	{ CLASS_SUBDEVICE, "NV20_SUBDEVICE_0", "nouveau gsp/r535.c (r535_gsp_subdevice_ctor)",
	  CLASS_DEVICE, BYTES(4), NULL, false },
	{ CLASS_VASPACE, "FERMI_VASPACE_A", "nouveau mmu/r535.c (r535_mmu_promote_vmm)",
	  CLASS_DEVICE, BYTES(48), vaspace_new, false },
	{ 0xc46f, "TURING_CHANNEL_GPFIFO_A", "nouveau fifo/r535.c (r535_chan_ramfc_write)",
	  CLASS_DEVICE, BYTES_OF(channel), channel_new, true },
	{ 0xc56f, "AMPERE_CHANNEL_GPFIFO_A", "nouveau fifo/r535.c (r535_chan_ramfc_write), fifo/ga102.c",
	  CLASS_DEVICE, BYTES_OF(channel), channel_new, true },
	{ 0xc5b5, "TURING_DMA_COPY_A", "nouveau ce/r535.c (r535_ce_obj_new)", A_CHANNEL, BYTES(8), NULL, true },
	{ 0xc6b5, "AMPERE_DMA_COPY_A", "nouveau ce/r535.c (r535_ce_obj_new)", A_CHANNEL, BYTES(8), NULL, true },
	{ 0xc7b5, "AMPERE_DMA_COPY_B", "nouveau ce/r535.c (r535_ce_obj_new)", A_CHANNEL, BYTES(8), NULL, true },
	{ 0xc597, "TURING_A", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
	{ 0xc5c0, "TURING_COMPUTE_A", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
	{ 0xc797, "AMPERE_B", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
	{ 0xc7c0, "AMPERE_COMPUTE_B", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
	{ 0xc997, "ADA_A", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
	{ 0xc9c0, "ADA_COMPUTE_A", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
	{ 0xa140, "KEPLER_INLINE_TO_MEMORY_B", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0),
	  NULL, true },
	{ 0x902d, "FERMI_TWOD_A", "nouveau gr/r535.c (r535_gr_obj_ctor)", A_CHANNEL, BYTES(0), NULL, true },
};

static bool chip_has(const struct chip *chip, uint32_t class)
{
	return class == chip->class_host || class == chip->class_3d || class == chip->class_compute ||
	       class == chip->class_i2m || class == chip->class_2d || class == chip->class_ce[0] ||
	       class == chip->class_ce[1];
}

static const struct rm_class *find_class(struct gpu *gpu, uint32_t class)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == class && (!classes[i].chip || chip_has(gpu->chip, class)))
			return &classes[i];
	return NULL;
}

static bool fits(const struct rm_object *parent, uint32_t class)
{
	if (class == A_CHANNEL)
		return parent->channel >= 0;
	return class == ANY_CLASS || parent->class == class;
}

/* --- controls -------------------------------------------------------------- */

struct rm_control {
	uint32_t number;
	const char *name;
	const char *known_from;
	uint32_t class;			/* of the object that it is sent to */
	struct rm_size size;		/* of its parameters */
	enum rm_status (*call)(struct gpu *gpu, struct rm_object *object, uint8_t *params);
};

/* The driver fills something that RM acts upon where nobody sees it. */
static enum rm_status accept(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	(void)gpu;
	(void)object;
	(void)params;
	return RM_OK;
}

static uint16_t index_of(const struct rm_layout *layout, const struct chip_engine *engine)
{
	return engine->type == ENGINE_GR ? layout->index_gr :
					   (uint16_t)(layout->index_copy + engine->inst);
}

static void kernel_vector(const struct rm_layout *layout, uint8_t *params, uint16_t engine,
			  uint32_t stall, uint32_t nonstall)
{
	uint32_t n = load32(params, 0);
	uint8_t *entry = params + layout->kernel_table.entry + n * layout->kernel_table.stride;

	memcpy(entry, &engine, sizeof(engine));
	store32(entry, layout->kernel_table.vector_stall, stall);
	store32(entry, layout->kernel_table.vector_nonstall, nonstall);
	store32(params, 0, n + 1);
}

static enum rm_status kernel_table(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	const struct rm_layout *layout = rm_layout(gpu);
	unsigned int i;

	(void)object;
	memset(params, 0, layout->kernel_table.size);
	kernel_vector(layout, params, layout->index_gsp, VECTOR_GSP, ~0u);
	for (i = 0; i < gpu->chip->engine_count; i++) {
		const struct chip_engine *engine = &gpu->chip->engines[i];

		kernel_vector(layout, params, index_of(layout, engine), VECTOR_STALL + i,
			      VECTOR_NONSTALL + engine->runlist);
	}
	return RM_OK;
}

static enum rm_status device_info(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	const struct rm_layout *layout = rm_layout(gpu);
	unsigned int i;

	(void)object;
	memset(params, 0, layout->device_info.size);
	store32(params, layout->device_info.count, gpu->chip->engine_count);
	for (i = 0; i < gpu->chip->engine_count; i++) {
		const struct chip_engine *engine = &gpu->chip->engines[i];
		uint8_t *entry = params + layout->device_info.entry + i * layout->device_info.stride;

		store32(entry, layout->device_info.type, channel_engine_type(engine));
		store32(entry, layout->device_info.runlist, engine->runlist);
		store32(entry, layout->device_info.pri, engine->runlist << 12);
	}
	return RM_OK;
}

static enum rm_status method_buffer_size(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	(void)gpu;
	(void)object;
	store32(params, 0, 0x5000);
	return RM_OK;
}

#define FALCONS_SIZE 1284

static enum rm_status falcons(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	(void)gpu;
	(void)object;
	memset(params, 0, FALCONS_SIZE);
	return RM_OK;
}

/* Sizes that keep the driver's allocations apart; the hardware's are larger. */
static enum rm_status context_buffers(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	static const struct {
		unsigned int buffer;
		uint32_t size;
	} sizes[] = {
		{ 0x00, 0x20000 }, { 0x0d, 0x8000 }, { 0x10, 0x4000 }, { 0x11, 0x3000 },
		{ 0x13, 0x40000 }, { 0x14, 0x10000 }, { 0x17, 0x8000 }, { 0x18, 0x80000 },
	};
	const struct rm_layout *layout = rm_layout(gpu);
	unsigned int i;

	(void)object;
	memset(params, 0, layout->context_buffers.size);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		store32(params, sizes[i].buffer * layout->context_buffers.stride, sizes[i].size);
	return RM_OK;
}

static const struct rm_control controls[] = {
	{ 0x00801813, "DMA_SET_PAGE_DIRECTORY", "nouveau of 7.3, gsp/rm/r535/vmm.c (r535_mmu_vaspace_new)",
	  CLASS_DEVICE, BYTES(32), vaspace_set },
	{ 0x00801814, "DMA_UNSET_PAGE_DIRECTORY", "nouveau of 7.3, gsp/rm/r535/vmm.c (r535_mmu_vaspace_del)",
	  CLASS_DEVICE, BYTES(8), vaspace_unset },
	{ 0x20800301, "EVENT_SET_NOTIFICATION", "nouveau gsp/r535.c (r535_gsp_device_event_ctor)",
	  CLASS_SUBDEVICE, BYTES(20), accept },
	{ 0x20800a32, "INTERNAL_STATIC_KGR_GET_CONTEXT_BUFFERS_INFO",
	  "nouveau gr/r535.c (r535_gr_get_ctxbufs_info)", CLASS_SUBDEVICE,
	  BYTES_OF(context_buffers), context_buffers },
	{ 0x20800a42, "INTERNAL_GET_CONSTRUCTED_FALCON_INFO", "nouveau gsp/r535.c, fifo/r535.c",
	  CLASS_SUBDEVICE, BYTES(FALCONS_SIZE), falcons },
	{ 0x20800a5c, "INTERNAL_INTR_GET_KERNEL_TABLE", "nouveau gsp/r535.c (r535_gsp_intr_get_table)",
	  CLASS_SUBDEVICE, BYTES_OF(kernel_table), kernel_table },
	{ 0x20801112, "FIFO_GET_DEVICE_INFO_TABLE", "nouveau fifo/r535.c (r535_fifo_runl_ctor)",
	  CLASS_SUBDEVICE, BYTES_OF(device_info), device_info },
	{ 0x2080012b, "GPU_PROMOTE_CTX", "nouveau gr/r535.c (r535_gr_promote_ctx)",
	  CLASS_SUBDEVICE, BYTES_OF(promote), channel_promote },
	{ 0x20802a08, "CE_GET_FAULT_METHOD_BUFFER_SIZE", "nouveau fifo/r535.c (r535_fifo_runl_ctor)",
	  CLASS_SUBDEVICE, BYTES(4), method_buffer_size },
	{ 0x90f10106, "VASPACE_COPY_SERVER_RESERVED_PDES", "nouveau mmu/r535.c (r535_mmu_promote_vmm)",
	  CLASS_VASPACE, BYTES(184), accept },
	{ 0xa06f0103, "GPFIFO_SCHEDULE", "nouveau fifo/r535.c (r535_chan_ramfc_write)",
	  A_CHANNEL, BYTES(2), channel_schedule },
	{ 0xa06f0104, "BIND", "nouveau fifo/r535.c (r535_chan_ramfc_write)",
	  A_CHANNEL, BYTES(4), channel_bind },
};

/* --- functions ------------------------------------------------------------- */

struct rm_function {
	uint32_t number;
	const char *name;
	const char *known_from;
	struct rm_size least;		/* of its data */
	void (*call)(struct gpu *gpu, struct rpc *rpc);
};

/* The answer is the message, with what RM has changed in it. */
static void answer(struct gpu *gpu, const struct rpc *rpc)
{
	queue_send(gpu, rpc->function, rpc->sequence, rpc->data, rpc->length);
}

static void system_info(struct gpu *gpu, struct rpc *rpc)
{
	const struct rm_layout *layout = rm_layout(gpu);
	static const struct {
		const char *name;
		unsigned int config;
	} bars[] = { { "BAR1", 0x14 }, { "BAR3", 0x1c } };
	uint64_t said[2] = {
		load64(rpc->data, layout->system_info.bar1), load64(rpc->data, layout->system_info.bar3),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bars); i++) {
		uint64_t is = (pci_config_read(bars[i].config, 4) & ~15u) |
			      (uint64_t)pci_config_read(bars[i].config + 4, 4) << 32;

		if (said[i] != is)
			report(gpu, "bad SET_SYSTEM_INFO", "%s at 0x%llx, PCI has 0x%llx", bars[i].name,
			       (unsigned long long)said[i], (unsigned long long)is);
	}
	if (load32(rpc->data, layout->system_info.mirror) != 0x88000)
		report(gpu, "bad SET_SYSTEM_INFO", "the configuration space's mirror is at 0x%x",
		       load32(rpc->data, layout->system_info.mirror));
	gpu->gsp->told_system = true;
}

static void registry(struct gpu *gpu, struct rpc *rpc)
{
	uint32_t size = load32(rpc->data, 0), count = load32(rpc->data, 4), i;

	if (size > rpc->length || size < 8 || count > (size - 8) / 16) {
		report(gpu, "bad SET_REGISTRY", "%u entries in %u of %u bytes", count, size, rpc->length);
		return;
	}
	for (i = 0; i < count; i++) {
		uint32_t name = load32(rpc->data, 8 + i * 16);

		if (name < 8 + count * 16 || name >= size || !memchr(rpc->data + name, 0, size - name))
			report(gpu, "bad SET_REGISTRY", "the name of entry %u is at %u of %u", i, name, size);
	}
	gpu->gsp->told_registry = true;
}

static void region(struct gpu *gpu, uint8_t *info, unsigned int n, uint64_t base, uint64_t end,
		   bool usable)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint8_t *entry = info + layout->static_info.region + n * layout->static_info.region_stride;

	store64(entry, 0, base);
	store64(entry, layout->static_info.limit, end - 1);
	store64(entry, layout->static_info.reserved, usable ? 0 : end - base);
	entry[layout->static_info.compressed] = usable;
	entry[layout->static_info.iso] = usable;
	store32(info, layout->static_info.regions, n + 1);
}

static void own_object(struct gpu *gpu, uint32_t parent, uint32_t handle, uint32_t class)
{
	enum rm_status status;
	struct rm_object *object = object_add(gpu, OWN_CLIENT, parent, handle, class, &status);

	if (object)
		object->own = true;
}

static void static_info(struct gpu *gpu, struct rpc *rpc)
{
	const struct rm_layout *layout = rm_layout(gpu);
	unsigned int i;

	memset(rpc->data, 0, rpc->length);
	store32(rpc->data, layout->static_info.gpc_mask, BIT(gpu->chip->gpcs) - 1);
	for (i = 0; i < gpu->chip->gpcs; i++) {
		uint8_t *tpc = rpc->data + layout->static_info.tpc + i * layout->static_info.tpc_stride;

		store32(tpc, 0, i);
		store32(tpc, layout->static_info.tpc_mask, BIT(gpu->chip->tpcs) - 1);
	}
	region(gpu, rpc->data, 0, 0, gpu->gsp->usable, true);
	region(gpu, rpc->data, 1, gpu->gsp->usable, gpu->vram_size, false);
	store64(rpc->data, layout->static_info.bar1, gpu->gsp->bar1_pdb);
	store64(rpc->data, layout->static_info.bar2, gpu->gsp->bar2_pdb);
	store32(rpc->data, layout->static_info.client, OWN_CLIENT);
	store32(rpc->data, layout->static_info.device, OWN_DEVICE);
	store32(rpc->data, layout->static_info.subdevice, OWN_SUBDEVICE);
	answer(gpu, rpc);
}

/* The driver's tables of BAR2 hang below RM's root. */
static void bar_pde(struct gpu *gpu, struct rpc *rpc)
{
	uint32_t bar = load32(rpc->data, 0);
	uint64_t entry = load64(rpc->data, 8), shift = load64(rpc->data, 16);

	if (bar != 1 || shift != 47) {
		report(gpu, "launch that is not modelled", "UPDATE_BAR_PDE of BAR %u, level %llu", bar + 1,
		       (unsigned long long)shift);
		return;
	}
	memory_write(gpu, APER_VRAM, gpu->gsp->bar2_pdb, &entry, sizeof(entry));
	tlb_invalidate(gpu, false, gpu->gsp->bar2_pdb);
	bar_window(gpu, 2, gpu->gsp->bar2_pdb, entry ? BAR_VIRTUAL : BAR_PHYSICAL);
	answer(gpu, rpc);
}

static enum rm_status allocate(struct gpu *gpu, const struct rpc *rpc)
{
	uint32_t client = load32(rpc->data, 0), parent = load32(rpc->data, 4);
	uint32_t handle = load32(rpc->data, 8), number = load32(rpc->data, 12);
	uint32_t size = load32(rpc->data, 20);
	const struct rm_class *class = find_class(gpu, number);
	struct rm_object *above = NULL, *object;
	enum rm_status status;

	if (!class) {
		report(gpu, "unknown RM class", "class 0x%x, object 0x%08x below 0x%08x of client 0x%08x",
		       number, handle, parent, client);
		return RM_INVALID_CLASS;
	}
	if (size != bytes(gpu, &class->size) || rpc->length < 32 || size > rpc->length - 32) {
		report(gpu, "bad RM_ALLOC", "%s takes %u bytes, %u are given in %u", class->name,
		       bytes(gpu, &class->size), size, rpc->length);
		return RM_INVALID_ARGUMENT;
	}
	if (number != CLASS_CLIENT) {
		above = object_find(gpu, client, parent, class->name);
		if (!above)
			return RM_INVALID_PARENT;
		if (!fits(above, class->parent)) {
			report(gpu, "RM object of a wrong class", "%s 0x%08x below 0x%08x of class 0x%x",
			       class->name, handle, parent, above->class);
			return RM_INVALID_PARENT;
		}
	}
	if (gpu->config.refuse && gpu->config.refuse == number)
		return RM_NO_MEMORY;
	object = object_add(gpu, client, above ? parent : 0, handle, number, &status);
	if (!object || !class->made)
		return status;
	status = class->made(gpu, object, rpc->data + 32);
	if (status)
		object->freed = true;
	return status;
}

static void rm_alloc(struct gpu *gpu, struct rpc *rpc)
{
	store32(rpc->data, 16, allocate(gpu, rpc));
	answer(gpu, rpc);
}

static enum rm_status control(struct gpu *gpu, const struct rpc *rpc)
{
	uint32_t client = load32(rpc->data, 0), handle = load32(rpc->data, 4);
	uint32_t number = load32(rpc->data, 8), size = load32(rpc->data, 16);
	const struct rm_control *entry = NULL;
	struct rm_object *object;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(controls); i++)
		if (controls[i].number == number)
			entry = &controls[i];
	object = object_find(gpu, client, handle, entry ? entry->name : "an unknown control");
	if (!entry) {
		report(gpu, "unknown RM control", "0x%08x with %u bytes, to 0x%08x of client 0x%08x, class 0x%x",
		       number, size, handle, client, object ? object->class : ANY_CLASS);
		return RM_NOT_SUPPORTED;
	}
	if (!object)
		return RM_NOT_FOUND;
	if (!fits(object, entry->class)) {
		report(gpu, "RM object of a wrong class", "%s is sent to 0x%08x of class 0x%x", entry->name,
		       handle, object->class);
		return RM_INVALID_ARGUMENT;
	}
	if (size != bytes(gpu, &entry->size) || rpc->length < 24 || size > rpc->length - 24) {
		report(gpu, "bad RM_CONTROL", "%s takes %u bytes, %u are given in %u", entry->name,
		       bytes(gpu, &entry->size), size, rpc->length);
		return RM_INVALID_ARGUMENT;
	}
	if (gpu->config.refuse == number)
		return RM_NO_MEMORY;
	return entry->call(gpu, object, rpc->data + 24);
}

static void rm_control(struct gpu *gpu, struct rpc *rpc)
{
	store32(rpc->data, 12, control(gpu, rpc));
	answer(gpu, rpc);
}

static void rm_free(struct gpu *gpu, struct rpc *rpc)
{
	object_free(gpu, load32(rpc->data, 0), load32(rpc->data, 8));
	store32(rpc->data, 12, RM_OK);
	answer(gpu, rpc);
}

static void unload(struct gpu *gpu, struct rpc *rpc)
{
	if (rpc->data[0]) {
		report(gpu, "launch that is not modelled", "RM is told to suspend, level %u",
		       load32(rpc->data, 4));
		return;
	}
	answer(gpu, rpc);
	gsp_halted(gpu);
}

static const struct rm_function functions[] = {
	{ 10, "FREE", "nouveau gsp/r535.c (r535_gsp_rpc_rm_free)", BYTES(16), rm_free },
	{ 47, "UNLOADING_GUEST_DRIVER", "nouveau gsp/r535.c (r535_gsp_rpc_unloading_guest_driver)", BYTES(8),
	  unload },
	{ 65, "GET_GSP_STATIC_INFO", "nouveau gsp/r535.c (r535_gsp_rpc_get_gsp_static_info)",
	  BYTES_OF(static_info), static_info },
	{ 70, "UPDATE_BAR_PDE", "nouveau bar/r535.c (r535_bar_bar2_update_pde)", BYTES(24), bar_pde },
	{ 72, "GSP_SET_SYSTEM_INFO", "nouveau gsp/r535.c (r535_gsp_rpc_set_system_info)",
	  BYTES_OF(system_info), system_info },
	{ 73, "SET_REGISTRY", "nouveau gsp/r535.c (r535_gsp_rpc_set_registry)", BYTES(8), registry },
	{ 76, "GSP_RM_CONTROL", "nouveau gsp/r535.c (r535_gsp_rpc_rm_ctrl_push)", BYTES(24), rm_control },
	{ 103, "GSP_RM_ALLOC", "nouveau gsp/r535.c (r535_gsp_rpc_rm_alloc_push)", BYTES(32), rm_alloc },
};

static const struct rm_function *find_function(uint32_t number)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (functions[i].number == number)
			return &functions[i];
	return NULL;
}

/* RM_ALLOC and RM_CONTROL say how long their parameters are. */
uint32_t rm_whole(struct gpu *gpu, const struct rpc *rpc)
{
	(void)gpu;
	if (rpc->function == 103 && rpc->length >= 32)
		return load32(rpc->data, 20) > RPC_MOST ? ~0u : 32 + load32(rpc->data, 20);
	if (rpc->function == 76 && rpc->length >= 24)
		return load32(rpc->data, 16) > RPC_MOST ? ~0u : 24 + load32(rpc->data, 16);
	return rpc->length;
}

void rm_call(struct gpu *gpu, struct rpc *rpc)
{
	const struct rm_function *function = find_function(rpc->function);

	if (!function) {
		report(gpu, "unknown RM function", "function %u with %u bytes", rpc->function, rpc->length);
		return;
	}
	if (rpc->length < bytes(gpu, &function->least)) {
		report(gpu, "bad RM message", "%s of %u bytes, at least %u are needed", function->name,
		       rpc->length, bytes(gpu, &function->least));
		return;
	}
	function->call(gpu, rpc);
}

void rm_start(struct gpu *gpu)
{
	gpu->gsp->made_up = FIRST_MADE_UP;
	own_object(gpu, 0, OWN_CLIENT, CLASS_CLIENT);
	own_object(gpu, OWN_CLIENT, OWN_DEVICE, CLASS_DEVICE);
	own_object(gpu, OWN_DEVICE, OWN_SUBDEVICE, CLASS_SUBDEVICE);
	queue_run(gpu);
	if (!gpu->gsp->told_system || !gpu->gsp->told_registry)
		report(gpu, "GSP started too early", "the driver has not sent SET_SYSTEM_INFO and SET_REGISTRY");
	queue_send(gpu, EVENT_INIT_DONE, 0, NULL, 0);
}
