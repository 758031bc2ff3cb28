// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation failures and leak detection without CONFIG_FAULT_INJECTION
 *
 * Distribution kernels have neither fault injection nor kmemleak, but they have
 * kretprobes.  Between gt_kmem_begin() and gt_kmem_end() the probes see the return of
 * every slab allocation of the calling task.  They record the allocation, or free it
 * and return NULL instead.  A recorded allocation without a kfree() has leaked.
 *
 * The list has function names of several kernels; names that this kernel lacks are
 * ignored.  Allocations inside a probed function are ignored too: they are records of
 * kmemleak, or the same memory under another name.
 */

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "gpuvm_kmem.h"

#ifdef CONFIG_KRETPROBES

#define GT_KMEM_HELD 512

static struct {
	struct task_struct *task;
	int fail_at;
	unsigned int depth;
	bool handing_back;
	struct gt_kmem sum;
	unsigned int held;
	void *ptr[GT_KMEM_HELD];
} win;

/*
 * Ignores allocations of interrupts, which run in the context of the task.  The
 * breakpoint of a probe counts as an NMI, and each NMI counts as a hard interrupt too,
 * so only a higher count is a real interrupt.
 */
static bool gt_kmem_ours(void)
{
	unsigned int count = preempt_count();
	unsigned int hard = (count & HARDIRQ_MASK) >> HARDIRQ_SHIFT;
	unsigned int nmi = (count & NMI_MASK) >> NMI_SHIFT;

	return READ_ONCE(win.task) == current && hard == nmi &&
	       !(count & SOFTIRQ_OFFSET);
}

static int gt_kmem_alloc_entry(struct kretprobe_instance *ri,
			       struct pt_regs *regs)
{
	if (!gt_kmem_ours())
		return 1;
	win.depth++;
	return 0;
}

NOKPROBE_SYMBOL(gt_kmem_alloc_entry);

static int gt_kmem_alloc_return(struct kretprobe_instance *ri,
				struct pt_regs *regs)
{
	void *ptr = (void *)regs_return_value(regs);

	if (!gt_kmem_ours() || --win.depth || ZERO_OR_NULL_PTR(ptr))
		return 0;

	win.sum.allocs++;
	if (win.fail_at == GT_KMEM_ALL ||
	    win.fail_at == (int)win.sum.allocs) {
		win.sum.failed++;
		win.handing_back = true;
		kfree(ptr);
		win.handing_back = false;
		regs_set_return_value(regs, 0);
	} else if (win.held < GT_KMEM_HELD) {
		win.ptr[win.held++] = ptr;
	} else {
		win.sum.missed++;
	}
	return 0;
}

NOKPROBE_SYMBOL(gt_kmem_alloc_return);

static void gt_kmem_forget(void *ptr)
{
	unsigned int i;

	for (i = 0; i < win.held; i++) {
		if (win.ptr[i] == ptr) {
			win.ptr[i] = win.ptr[--win.held];
			return;
		}
	}
}

NOKPROBE_SYMBOL(gt_kmem_forget);

static int gt_kmem_kfree(struct kprobe *p, struct pt_regs *regs)
{
	if (gt_kmem_ours() && !win.handing_back)
		gt_kmem_forget((void *)regs_get_kernel_argument(regs, 0));
	return 0;
}

NOKPROBE_SYMBOL(gt_kmem_kfree);

static int gt_kmem_cache_free(struct kprobe *p, struct pt_regs *regs)
{
	if (gt_kmem_ours() && !win.handing_back)
		gt_kmem_forget((void *)regs_get_kernel_argument(regs, 1));
	return 0;
}

NOKPROBE_SYMBOL(gt_kmem_cache_free);

static const char * const gt_kmem_alloc_name[] = {
	"__kmalloc", "__kmalloc_noprof",
	"__kmalloc_node", "__kmalloc_node_noprof",
	"__kmalloc_node_track_caller", "__kmalloc_node_track_caller_noprof",
	"kmalloc_trace", "kmalloc_trace_noprof", "__kmalloc_cache_noprof",
	"kmalloc_node_trace", "__kmalloc_cache_node_noprof",
	"kmem_cache_alloc", "kmem_cache_alloc_noprof",
	/* before v6.1 */
	"kmem_cache_alloc_trace", "kmem_cache_alloc_node_trace", "__kmalloc_track_caller",
};

static const struct {
	const char *name;
	kprobe_pre_handler_t handler;
} gt_kmem_free_name[] = {
	{ "kfree", gt_kmem_kfree },
	{ "kmem_cache_free", gt_kmem_cache_free },
};

static struct kretprobe alloc_probe[ARRAY_SIZE(gt_kmem_alloc_name)];
static struct kprobe free_probe[ARRAY_SIZE(gt_kmem_free_name)];
static unsigned int alloc_probes, free_probes;

/**
 * gt_kmem_attach() - starts to watch the slab allocator
 *
 * Process context.  Call gt_kmem_detach() afterwards, also after a failure.
 *
 * Return: 0, or a negative error code if this kernel cannot be watched.
 */
int gt_kmem_attach(void)
{
	unsigned int i;
	int ret;

	alloc_probes = 0;
	free_probes = 0;
	for (i = 0; i < ARRAY_SIZE(gt_kmem_alloc_name); i++) {
		struct kretprobe *rp = &alloc_probe[alloc_probes];

		memset(rp, 0, sizeof(*rp));
		rp->kp.symbol_name = gt_kmem_alloc_name[i];
		rp->entry_handler = gt_kmem_alloc_entry;
		rp->handler = gt_kmem_alloc_return;
		rp->maxactive = 64;
		ret = register_kretprobe(rp);
		if (!ret)
			alloc_probes++;
		else if (ret != -ENOENT)
			return ret;
	}
	for (i = 0; i < ARRAY_SIZE(gt_kmem_free_name); i++) {
		struct kprobe *kp = &free_probe[i];

		memset(kp, 0, sizeof(*kp));
		kp->symbol_name = gt_kmem_free_name[i].name;
		kp->pre_handler = gt_kmem_free_name[i].handler;
		ret = register_kprobe(kp);
		if (ret)
			return ret;
		free_probes++;
	}
	return alloc_probes ? 0 : -ENOENT;
}

void gt_kmem_detach(void)
{
	while (free_probes)
		unregister_kprobe(&free_probe[--free_probes]);
	while (alloc_probes)
		unregister_kretprobe(&alloc_probe[--alloc_probes]);
}

static unsigned int gt_kmem_nmissed(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < alloc_probes; i++)
		n += alloc_probe[i].nmissed;
	return n;
}

/**
 * gt_kmem_begin() - opens the window for the calling task
 * @fail_at: number of the allocation that fails (from 1), GT_KMEM_NONE or GT_KMEM_ALL
 */
void gt_kmem_begin(int fail_at)
{
	memset(&win.sum, 0, sizeof(win.sum));
	win.sum.missed = -gt_kmem_nmissed();
	win.held = 0;
	win.depth = 0;
	win.fail_at = fail_at;
	WRITE_ONCE(win.task, current);
}

/**
 * gt_kmem_end() - closes the window
 * @result: gets the counters of the window
 */
void gt_kmem_end(struct gt_kmem *result)
{
	WRITE_ONCE(win.task, NULL);
	win.sum.leaked = win.held;
	win.sum.missed += gt_kmem_nmissed();
	*result = win.sum;
}

#else

int gt_kmem_attach(void)
{
	return -EOPNOTSUPP;
}

void gt_kmem_detach(void)
{
}

void gt_kmem_begin(int fail_at)
{
}

void gt_kmem_end(struct gt_kmem *result)
{
	*result = (struct gt_kmem){ .missed = 1 };
}

#endif
