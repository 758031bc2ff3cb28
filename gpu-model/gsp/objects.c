// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * RM's objects.
 *
 * Everything that the driver has of RM is an object with a handle that the driver
 * chose. A client is the root of a tree; handles are the client's own. When an
 * object is freed, RM frees what is below it first. The driver must not name any
 * of these again: RM would answer with an error, which nouveau does not look at
 * when it frees. So the model remembers a freed object until its handle is used
 * anew, and reports who still names it.
 *
 * Known from: open-gpu-kernel-modules src/nvidia/src/libraries/resserv (rs_client.c,
 * rs_server.c); nouveau gsp/r535.c (r535_gsp_rpc_rm_free).
 */
#include <stdlib.h>

#include "gsp.h"

static struct rm_object *lookup(struct gpu *gpu, uint32_t client, uint32_t handle)
{
	struct rm_object *object;

	for (object = gpu->gsp->objects; object; object = object->next)
		if (object->client == client && object->handle == handle)
			return object;
	return NULL;
}

struct rm_object *object_find(struct gpu *gpu, uint32_t client, uint32_t handle,
			      const char *what)
{
	struct rm_object *object = lookup(gpu, client, handle);

	if (object && !object->freed)
		return object;
	if (object)
		report(gpu, "RM object used after it was freed",
		       "%s names 0x%08x of client 0x%08x, which was of class 0x%x", what, handle, client,
		       object->class);
	else
		report(gpu, "unknown RM object", "%s names 0x%08x of client 0x%08x", what, handle, client);
	return NULL;
}

static void forget(struct gpu *gpu, struct rm_object *object)
{
	struct rm_object **at = &gpu->gsp->objects;

	while (*at != object)
		at = &(*at)->next;
	*at = object->next;
	free(object);
}

struct rm_object *object_add(struct gpu *gpu, uint32_t client, uint32_t parent, uint32_t handle,
			     uint32_t class, enum rm_status *status)
{
	struct rm_object *object;

	if (!handle) {
		/* RM chooses one that nobody has. */
		do
			handle = ++gpu->gsp->made_up;
		while (lookup(gpu, client, handle));
	}
	object = lookup(gpu, client, handle);
	if (object && !object->freed) {
		report(gpu, "RM handle used twice", "0x%08x of client 0x%08x: class 0x%x over class 0x%x",
		       handle, client, class, object->class);
		*status = RM_DUPLICATE;
		return NULL;
	}
	if (object)
		forget(gpu, object);
	object = calloc(1, sizeof(*object));
	if (!object)
		abort();
	object->client = client;
	object->parent = parent;
	object->handle = handle;
	object->class = class;
	object->channel = -1;
	object->next = gpu->gsp->objects;
	gpu->gsp->objects = object;
	*status = RM_OK;
	return object;
}

static void free_tree(struct gpu *gpu, struct rm_object *object)
{
	struct rm_object *child;

	for (child = gpu->gsp->objects; child; child = child->next)
		if (!child->freed && child != object && child->client == object->client &&
		    child->parent == object->handle)
			free_tree(gpu, child);
	if (object->channel >= 0)
		channel_free(gpu, object);
	object->freed = true;
}

void object_free(struct gpu *gpu, uint32_t client, uint32_t handle)
{
	struct rm_object *object;

	/* nouveau frees an object by the handle 0 with which it let RM choose one. */
	if (!handle)
		return;
	object = lookup(gpu, client, handle);
	if (object && object->freed) {
		report(gpu, "RM object freed twice", "0x%08x of client 0x%08x, class 0x%x", handle, client,
		       object->class);
		return;
	}
	if (!object) {
		report(gpu, "unknown RM object", "FREE names 0x%08x of client 0x%08x", handle, client);
		return;
	}
	if (object->own) {
		report(gpu, "RM's own object freed", "0x%08x of client 0x%08x", handle, client);
		return;
	}
	free_tree(gpu, object);
}

void objects_end(struct gpu *gpu, bool strict)
{
	struct rm_object *object;

	for (object = gpu->gsp->objects; strict && object; object = object->next)
		if (!object->freed && !object->own)
			report(gpu, "RM object left at the end", "0x%08x of client 0x%08x, class 0x%x",
			       object->handle, object->client, object->class);
	while (gpu->gsp->objects) {
		object = gpu->gsp->objects;
		/* Without power there is no FIFO to take it off. */
		if (strict && object->channel >= 0)
			channel_free(gpu, object);
		gpu->gsp->objects = object->next;
		free(object);
	}
}
