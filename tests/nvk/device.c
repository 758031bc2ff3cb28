// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The device, and the plain moves: memory, buffers, command buffers.
 *
 * Which queue, and why. NVK (src/nouveau/vulkan in Mesa) has one family for
 * everything with nouveau before 1.4.1, and from then on one more for transfers
 * alone. A family for transfers is taken where there is one: nothing but the
 * copy engine can serve it. On the common family, in the versions tested here,
 *
 *	vkCmdFillBuffer, vkCmdCopyBuffer       the copy engine
 *	vkCmdUpdateBuffer                      25: the copy engine; 26: up to 2 KiB
 *	                                       inline, through the 3D or compute
 *	                                       class' inline-to-memory methods
 *	vkCmdCopyBufferToImage and back        the copy engine
 *	vkCmdCopyImage                         25: the copy engine; 26: colour
 *	                                       formats are drawn, while depth,
 *	                                       block-compressed and deep 3D images
 *	                                       take the copy engine
 *	vkCmdClear*, vkCmdBlit*, vkCmdResolve* shaders; not used here
 *
 * Setting up the common queue programs the 3D and compute classes, but launches
 * nothing there.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk.h"

PFN_vkCreateInstance vkCreateInstance;
#define CALL(name) PFN_vk##name vk##name
#include "calls.h"
#undef CALL

void vk_check(VkResult result, const char *call)
{
	static const struct {
		VkResult result;
		const char *name;
	} names[] = {
		{ VK_NOT_READY, "not ready" },
		{ VK_TIMEOUT, "timeout" },
		{ VK_INCOMPLETE, "incomplete" },
		{ VK_ERROR_OUT_OF_HOST_MEMORY, "out of host memory" },
		{ VK_ERROR_OUT_OF_DEVICE_MEMORY, "out of device memory" },
		{ VK_ERROR_INITIALIZATION_FAILED, "initialization failed" },
		{ VK_ERROR_DEVICE_LOST, "device lost" },
		{ VK_ERROR_MEMORY_MAP_FAILED, "memory map failed" },
		{ VK_ERROR_EXTENSION_NOT_PRESENT, "extension not present" },
		{ VK_ERROR_FEATURE_NOT_PRESENT, "feature not present" },
		{ VK_ERROR_INCOMPATIBLE_DRIVER, "no driver" },
		{ VK_ERROR_TOO_MANY_OBJECTS, "too many objects" },
		{ VK_ERROR_FORMAT_NOT_SUPPORTED, "format not supported" },
		{ VK_ERROR_UNKNOWN, "unknown error" },
	};
	unsigned int i;

	if (result == VK_SUCCESS)
		return;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].result == result)
			fail("%s: %s (%d)", call, names[i].name, result);
	fail("%s: %d", call, result);
}

static PFN_vkGetInstanceProcAddr get_call;

static PFN_vkVoidFunction look_up(VkInstance instance, const char *name)
{
	PFN_vkVoidFunction call = get_call(instance, name);

	if (!call)
		fail("Vulkan has no %s", name);
	return call;
}

/* What there is without an instance, then what there is with one */
static void load_loader(void)
{
	void *lib;

	if (get_call)
		return;
	lib = dlopen("libvulkan.so.1", RTLD_NOW);
	if (!lib)
		fail("no Vulkan loader: %s; install libvulkan1", dlerror());
	*(void **)&get_call = dlsym(lib, "vkGetInstanceProcAddr");
	if (!get_call)
		fail("libvulkan.so.1 has no vkGetInstanceProcAddr");
	vkCreateInstance = (PFN_vkCreateInstance)look_up(NULL, "vkCreateInstance");
}

static void load(VkInstance instance)
{
#define CALL(name) vk##name = (PFN_vk##name)look_up(instance, "vk" #name)
#include "calls.h"
#undef CALL
}

bool device_is_nvk(const struct device *d)
{
	/* The header may be older than the driver it names. */
	return d->driver.driverID == 24; /* VK_DRIVER_ID_MESA_NVK */
}

bool device_draws_image_copies(const struct device *d)
{
	return opt.no_shaders && device_is_nvk(d) && (d->flags & VK_QUEUE_GRAPHICS_BIT) &&
	       VK_VERSION_MAJOR(d->props.driverVersion) >= 26;
}

static void pick_device(struct device *d)
{
	VkPhysicalDevice all[16];
	uint32_t i, n = ARRAY_SIZE(all);
	VkResult result;
	char seen[512] = "none";
	size_t used = 0;

	result = vkEnumeratePhysicalDevices(d->instance, &n, all);
	if (result != VK_INCOMPLETE)
		CHECK(result);
	for (i = 0; i < n; i++) {
		VkPhysicalDeviceSparseProperties *sparse = &d->sparse;
		VkPhysicalDeviceProperties2 props = {
			.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
			.pNext = &d->driver,
		};

		memset(&d->driver, 0, sizeof(d->driver));
		d->driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
		vkGetPhysicalDeviceProperties2(all[i], &props);
		d->phys = all[i];
		d->props = props.properties;
		*sparse = props.properties.sparseProperties;
		if (opt.device_name ? !!strstr(d->props.deviceName, opt.device_name) :
				      device_is_nvk(d))
			return;
		used += snprintf(seen + used, sizeof(seen) - used, "%s%s", used ? ", " : "",
				 d->props.deviceName);
		if (used >= sizeof(seen))
			used = sizeof(seen) - 1;
	}
	fail("no device %s; there are: %s; --device-name chooses",
	     opt.device_name ? opt.device_name : "of NVK", seen);
}

static void pick_queues(struct device *d)
{
	VkQueueFamilyProperties props[16];
	uint32_t i, n = ARRAY_SIZE(props);

	vkGetPhysicalDeviceQueueFamilyProperties(d->phys, &n, props);
	d->family = ~0u;
	d->sparse_family = ~0u;
	for (i = 0; i < n; i++) {
		VkQueueFlags flags = props[i].queueFlags;
		/* These may transfer though they need not say so. */
		VkQueueFlags able = VK_QUEUE_TRANSFER_BIT | VK_QUEUE_GRAPHICS_BIT |
				    VK_QUEUE_COMPUTE_BIT;
		VkQueueFlags shaders = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;

		if ((flags & able) && (d->family == ~0u ||
				       ((d->flags & shaders) && !(flags & shaders)))) {
			d->family = i;
			d->flags = flags;
		}
	}
	for (i = 0; i < n; i++)
		if ((props[i].queueFlags & VK_QUEUE_SPARSE_BINDING_BIT) &&
		    (d->sparse_family == ~0u || i == d->family))
			d->sparse_family = i;
	if (d->family == ~0u)
		fail("no queue that could copy");
}

/* Memory types that differ in where the memory is or who reaches it. */
static void pick_types(struct device *d)
{
	const VkMemoryPropertyFlags matter = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT |
					     VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
	const VkMemoryPropertyFlags avoid = VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT |
					    VK_MEMORY_PROPERTY_PROTECTED_BIT;
	uint32_t i, j;

	vkGetPhysicalDeviceMemoryProperties(d->phys, &d->mem);
	d->n_types = 0;
	d->host_type = ~0u;
	d->vram_type = ~0u;
	for (i = 0; i < d->mem.memoryTypeCount; i++) {
		VkMemoryPropertyFlags flags = d->mem.memoryTypes[i].propertyFlags;
		bool host = flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
		bool local = flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;

		if (flags & avoid)
			continue;
		for (j = 0; j < d->n_types; j++)
			if ((d->mem.memoryTypes[d->types[j]].propertyFlags & matter) ==
			    (flags & matter))
				break;
		if (j == d->n_types)
			d->types[d->n_types++] = i;
		/* Prefer system memory for staging, memory of its own for the rest. */
		if (host && (d->host_type == ~0u || !local))
			d->host_type = i;
		if (local && (d->vram_type == ~0u ||
			      (!host && d->mem.memoryTypes[d->vram_type].propertyFlags &
			       VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT)))
			d->vram_type = i;
	}
	if (d->host_type == ~0u)
		fail("no memory that the CPU could read");
	if (d->vram_type == ~0u)
		d->vram_type = d->host_type;
}

const char *memory_name(const struct device *d, uint32_t type)
{
	VkMemoryPropertyFlags flags = d->mem.memoryTypes[type].propertyFlags;
	bool host = flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;

	if (flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT)
		return host ? "mapped VRAM" : "VRAM";
	return "system memory";
}

void device_find(struct device *d)
{
	VkApplicationInfo app = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.pApplicationName = "vk-test",
		.apiVersion = VK_API_VERSION_1_2,
	};
	VkInstanceCreateInfo instance = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &app,
	};

	memset(d, 0, sizeof(*d));
	load_loader();
	CHECK(vkCreateInstance(&instance, NULL, &d->instance));
	load(d->instance);
	pick_device(d);
	if (d->props.apiVersion < VK_API_VERSION_1_2)
		fail("%s does not support Vulkan 1.2", d->props.deviceName);
}

void device_open(struct device *d)
{
	const float priority = 1.0f;
	VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
	};
	VkPhysicalDeviceFeatures2 features = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
		.pNext = &timeline,
	};
	VkDeviceQueueCreateInfo queues[2];
	VkDeviceCreateInfo create = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = &features,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = queues,
	};
	VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
	};
	VkPhysicalDeviceFeatures all;

	device_find(d);
	pick_queues(d);
	pick_types(d);

	vkGetPhysicalDeviceFeatures2(d->phys, &features);
	d->timeline = timeline.timelineSemaphore;
	all = features.features;
	/* Of all there is, only what cases use. */
	memset(&features.features, 0, sizeof(features.features));
	features.features.sparseBinding = all.sparseBinding;
	features.features.sparseResidencyBuffer = all.sparseResidencyBuffer;
	features.features.sparseResidencyImage2D = all.sparseResidencyImage2D;
	features.features.sparseResidencyAliased = all.sparseResidencyAliased;
	features.features.textureCompressionBC = all.textureCompressionBC;
	d->features = features.features;
	if (!d->features.sparseBinding)
		d->sparse_family = ~0u;

	memset(queues, 0, sizeof(queues));
	queues[0].sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
	queues[0].queueFamilyIndex = d->family;
	queues[0].queueCount = 1;
	queues[0].pQueuePriorities = &priority;
	queues[1] = queues[0];
	if (d->sparse_family != ~0u && d->sparse_family != d->family) {
		queues[1].queueFamilyIndex = d->sparse_family;
		create.queueCreateInfoCount = 2;
	}
	CHECK(vkCreateDevice(d->phys, &create, NULL, &d->dev));
	vkGetDeviceQueue(d->dev, d->family, 0, &d->queue);
	if (d->sparse_family != ~0u)
		vkGetDeviceQueue(d->dev, d->sparse_family, 0, &d->sparse_queue);
	pool.queueFamilyIndex = d->family;
	CHECK(vkCreateCommandPool(d->dev, &pool, NULL, &d->pool));
}

void device_close(struct device *d)
{
	CHECK(vkDeviceWaitIdle(d->dev));
	vkDestroyDevice(d->dev, NULL);
	vkDestroyInstance(d->instance, NULL);
}

VkDeviceMemory memory_try(struct device *d, VkDeviceSize size, uint32_t type)
{
	VkMemoryAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.allocationSize = size,
		.memoryTypeIndex = type,
	};
	VkDeviceMemory mem;
	VkResult result = vkAllocateMemory(d->dev, &info, NULL, &mem);

	if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
		return VK_NULL_HANDLE;
	vk_check(result, "vkAllocateMemory");
	return mem;
}

VkDeviceMemory memory_new(struct device *d, VkDeviceSize size, uint32_t type)
{
	VkDeviceMemory mem = memory_try(d, size, type);

	if (!mem)
		fail("no room for %llu KiB of %s", (unsigned long long)size / 1024,
		     memory_name(d, type));
	return mem;
}

void *memory_map(struct device *d, VkDeviceMemory mem)
{
	void *map;

	CHECK(vkMapMemory(d->dev, mem, 0, VK_WHOLE_SIZE, 0, &map));
	return map;
}

void buffer_create(struct device *d, struct buffer *b, VkDeviceSize size,
		   VkBufferCreateFlags flags)
{
	VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.flags = flags,
		.size = size,
		.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
		.sharingMode = VK_SHARING_MODE_EXCLUSIVE,
	};

	memset(b, 0, sizeof(*b));
	b->size = size;
	CHECK(vkCreateBuffer(d->dev, &info, NULL, &b->buf));
}

void buffer_over(struct device *d, struct buffer *b, VkDeviceSize size, VkDeviceMemory mem,
		 VkDeviceSize offset, uint32_t type)
{
	VkMemoryRequirements need;

	buffer_create(d, b, size, 0);
	vkGetBufferMemoryRequirements(d->dev, b->buf, &need);
	if (!(need.memoryTypeBits & (1u << type)))
		fail("a plain buffer may not be in %s", memory_name(d, type));
	if (offset % need.alignment)
		fail("a plain buffer wants alignment 0x%llx", (unsigned long long)need.alignment);
	b->offset = offset;
	b->type = type;
	CHECK(vkBindBufferMemory(d->dev, b->buf, mem, offset));
}

void buffer_new(struct device *d, struct buffer *b, VkDeviceSize size, uint32_t type)
{
	VkMemoryRequirements need;

	buffer_create(d, b, size, 0);
	vkGetBufferMemoryRequirements(d->dev, b->buf, &need);
	if (!(need.memoryTypeBits & (1u << type)))
		fail("a plain buffer may not be in %s", memory_name(d, type));
	b->type = type;
	b->mem = memory_new(d, need.size, type);
	CHECK(vkBindBufferMemory(d->dev, b->buf, b->mem, 0));
	if (d->mem.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT)
		b->map = memory_map(d, b->mem);
}

void buffer_free(struct device *d, struct buffer *b)
{
	vkDestroyBuffer(d->dev, b->buf, NULL);
	vkFreeMemory(d->dev, b->mem, NULL);
	memset(b, 0, sizeof(*b));
}

VkCommandBuffer cmd_begin(struct device *d)
{
	VkCommandBufferAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.commandPool = d->pool,
		.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
		.commandBufferCount = 1,
	};
	VkCommandBufferBeginInfo begin = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
	};
	VkCommandBuffer cmd;

	CHECK(vkAllocateCommandBuffers(d->dev, &info, &cmd));
	CHECK(vkBeginCommandBuffer(cmd, &begin));
	return cmd;
}

/* All that came before is seen by all that follows, and by the CPU. */
void cmd_barrier(VkCommandBuffer cmd)
{
	VkMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT,
		.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT |
				 VK_ACCESS_HOST_READ_BIT,
	};

	vkCmdPipelineBarrier(cmd, VK_PIPELINE_STAGE_TRANSFER_BIT,
			     VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0,
			     1, &barrier, 0, NULL, 0, NULL);
}

void cmd_end(VkCommandBuffer cmd)
{
	cmd_barrier(cmd);
	CHECK(vkEndCommandBuffer(cmd));
}

void cmd_copy(VkCommandBuffer cmd, const struct buffer *from, VkDeviceSize at_from,
	      const struct buffer *to, VkDeviceSize at_to, VkDeviceSize size)
{
	VkBufferCopy region = { .srcOffset = at_from, .dstOffset = at_to, .size = size };

	vkCmdCopyBuffer(cmd, from->buf, to->buf, 1, &region);
}

void cmd_run(struct device *d, VkCommandBuffer cmd)
{
	VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.commandBufferCount = 1,
		.pCommandBuffers = &cmd,
	};
	VkFenceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence;

	cmd_end(cmd);
	CHECK(vkCreateFence(d->dev, &info, NULL, &fence));
	CHECK(vkQueueSubmit(d->queue, 1, &submit, fence));
	CHECK(vkWaitForFences(d->dev, 1, &fence, VK_TRUE, UINT64_MAX));
	vkDestroyFence(d->dev, fence, NULL);
	vkFreeCommandBuffers(d->dev, d->pool, 1, &cmd);
}

/* Staging memory need not be coherent; all of it is flushed, as it is ours. */
static void staging_flush(struct device *d, const struct buffer *b, bool invalidate)
{
	VkMappedMemoryRange range = {
		.sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
		.memory = b->mem,
		.size = VK_WHOLE_SIZE,
	};

	if (d->mem.memoryTypes[b->type].propertyFlags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT)
		return;
	if (invalidate)
		CHECK(vkInvalidateMappedMemoryRanges(d->dev, 1, &range));
	else
		CHECK(vkFlushMappedMemoryRanges(d->dev, 1, &range));
}

void buffer_write(struct device *d, struct buffer *b, VkDeviceSize at, const void *from,
		  size_t size)
{
	VkCommandBuffer cmd = cmd_begin(d);
	struct buffer staging;

	buffer_new(d, &staging, size, d->host_type);
	memcpy(staging.map, from, size);
	staging_flush(d, &staging, false);
	cmd_copy(cmd, &staging, 0, b, at, size);
	cmd_run(d, cmd);
	buffer_free(d, &staging);
}

void buffer_read(struct device *d, struct buffer *b, VkDeviceSize at, void *to, size_t size)
{
	VkCommandBuffer cmd = cmd_begin(d);
	struct buffer staging;

	buffer_new(d, &staging, size, d->host_type);
	/* What is not written must not look right by chance. */
	memset(staging.map, 0xa5, size);
	staging_flush(d, &staging, false);
	cmd_copy(cmd, b, at, &staging, 0, size);
	cmd_run(d, cmd);
	staging_flush(d, &staging, true);
	memcpy(to, staging.map, size);
	buffer_free(d, &staging);
}

/*
 * The CPU must see the same where it can look for itself. Reading VRAM through
 * the bus is slow, slower still where a program plays the card: of much, parts.
 */
static void check_by_cpu(struct device *d, const struct buffer *b, VkDeviceSize at,
			 const void *want, size_t size, const char *what)
{
	VkMemoryPropertyFlags flags = d->mem.memoryTypes[b->type].propertyFlags;
	const size_t window = 1024;
	uint64_t state = size + at;
	unsigned int i, n = 8;
	char text[160];

	staging_flush(d, b, true);
	if (!(flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) || size <= n * window)
		n = 1;
	for (i = 0; i < n; i++) {
		size_t part = n > 1 ? window : size, from = 0;
		void *got = bytes(part);

		/* The end, then anywhere, and the start at last */
		if (n > 1 && i < n - 1)
			from = i ? random_below(&state, size - window) : size - window;
		memcpy(got, b->map + at + from, part);
		snprintf(text, sizeof(text), "%s, as the CPU sees it from 0x%zx on", what, from);
		check_bytes(text, got, (const uint8_t *)want + from, part);
		free(got);
	}
}

void buffer_check(struct device *d, struct buffer *b, VkDeviceSize at, const void *want,
		  size_t size, const char *what)
{
	void *got = bytes(size);

	buffer_read(d, b, at, got, size);
	check_bytes(what, got, want, size);
	if (b->map)
		check_by_cpu(d, b, at, want, size, what);
	free(got);
}
