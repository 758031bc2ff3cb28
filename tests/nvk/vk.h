/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A Vulkan device, reduced to what moves bytes.
 *
 * Everything here ends the case when Vulkan refuses: cases read as what they
 * do. A case runs in a process of its own, so nothing has to be taken apart.
 */
#ifndef VK_H
#define VK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define KiB 1024ull
#define MiB (1024 * KiB)

/* The loader is opened, not linked: one binary for every distribution. */
extern PFN_vkCreateInstance vkCreateInstance;
#define CALL(name) extern PFN_vk##name vk##name
#include "calls.h"
#undef CALL

struct options {
	const char *device_name;	/* part of it; NULL: NVK */
	uint64_t seed;
	bool no_shaders;		/* the GPU can copy, not draw or compute */
	bool corrupt;			/* spoil what the GPU wrote, to be found */
	unsigned int seconds;		/* for one case */
	VkDeviceSize heap;		/* how much of a heap heap-end fills */
};

extern struct options opt;

struct device {
	VkInstance instance;
	VkPhysicalDevice phys;
	VkDevice dev;
	VkPhysicalDeviceProperties props;
	VkPhysicalDeviceDriverProperties driver;
	VkPhysicalDeviceFeatures features;
	VkPhysicalDeviceMemoryProperties mem;
	VkPhysicalDeviceSparseProperties sparse;
	bool timeline;
	uint32_t family, sparse_family;	/* the latter ~0 if there is none */
	VkQueueFlags flags;		/* of family */
	VkQueue queue, sparse_queue;
	VkCommandPool pool;
	uint32_t types[VK_MAX_MEMORY_TYPES];	/* worth a test each */
	uint32_t n_types;
	uint32_t host_type, vram_type;
};

struct buffer {
	VkBuffer buf;
	VkDeviceMemory mem;
	VkDeviceSize size, offset;	/* offset: of the buffer in mem */
	uint32_t type;
	uint8_t *map;			/* of the buffer; NULL: not for the CPU */
};

/* --- what a case may end with: main.c ------------------------------------- */

void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void skip(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void vk_check(VkResult result, const char *call);

#define CHECK(call) vk_check((call), #call)

/* --- bytes: bytes.c --------------------------------------------------------- */

uint64_t hash(uint64_t x);
/* The next of a stream; below 0 means all 64 bits. */
uint64_t random_below(uint64_t *state, uint64_t below);
void pattern(void *to, size_t size, uint64_t seed);
void *bytes(size_t size);
/* All bytes right, or the case fails and says which are not. */
void check_bytes(const char *what, const void *got, const void *want, size_t size);

/* --- the device: device.c --------------------------------------------------- */

void device_find(struct device *d);	/* chooses it, no more */
void device_open(struct device *d);
void device_close(struct device *d);
bool device_is_nvk(const struct device *d);
/* Mesa draws or computes this copy; a GPU without shaders is excused. */
bool device_draws_image_copies(const struct device *d);
const char *memory_name(const struct device *d, uint32_t type);

VkDeviceMemory memory_new(struct device *d, VkDeviceSize size, uint32_t type);
/* VK_NULL_HANDLE where the heap is full */
VkDeviceMemory memory_try(struct device *d, VkDeviceSize size, uint32_t type);
void *memory_map(struct device *d, VkDeviceMemory mem);

void buffer_create(struct device *d, struct buffer *b, VkDeviceSize size,
		   VkBufferCreateFlags flags);
void buffer_new(struct device *d, struct buffer *b, VkDeviceSize size, uint32_t type);
/* A buffer over memory that is there; the memory is not the buffer's. */
void buffer_over(struct device *d, struct buffer *b, VkDeviceSize size,
		 VkDeviceMemory mem, VkDeviceSize offset, uint32_t type);
void buffer_free(struct device *d, struct buffer *b);
/* By the GPU, through memory that the CPU reaches. */
void buffer_write(struct device *d, struct buffer *b, VkDeviceSize at,
		  const void *from, size_t size);
void buffer_read(struct device *d, struct buffer *b, VkDeviceSize at, void *to,
		 size_t size);
void buffer_check(struct device *d, struct buffer *b, VkDeviceSize at,
		  const void *want, size_t size, const char *what);

VkCommandBuffer cmd_begin(struct device *d);
void cmd_end(VkCommandBuffer cmd);
void cmd_barrier(VkCommandBuffer cmd);
void cmd_copy(VkCommandBuffer cmd, const struct buffer *from, VkDeviceSize at_from,
	      const struct buffer *to, VkDeviceSize at_to, VkDeviceSize size);
/* Ends, submits and waits for it. */
void cmd_run(struct device *d, VkCommandBuffer cmd);

/* --- the cases: case-*.c ---------------------------------------------------- */

struct vk_case {
	const char *name;
	void (*run)(struct device *d);
};

extern const struct vk_case buffer_cases[], image_cases[], timeline_cases[],
	sparse_cases[], memory_cases[];

#endif
