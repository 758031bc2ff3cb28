// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Does what the harness has to notice. Never load it outside of a test machine.

#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "what to do wrong: warn, hang, oops, freed, lost, order or atomic");

static void do_warn(void)
{
	WARN(1, "doctored warning\n");
}

static void do_hang(void)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
}

static void do_oops(void)
{
	/* Hidden from the compiler, which knows better than to write there. */
	char *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

static void do_freed(void)
{
	char *mem = kmalloc(32, GFP_KERNEL);

	kfree(mem);
	OPTIMIZER_HIDE_VAR(mem);
	pr_info("doctored: read %d\n", READ_ONCE(*mem));
}

static void do_lost(void)
{
	int i;

	/* Of many, some leave no stale pointer on the stack. */
	for (i = 0; i < 32; i++) {
		void *mem = kmalloc(1024, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(mem);
	}
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void do_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static DEFINE_SPINLOCK(spin);

static void do_atomic(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "warn", do_warn },
	{ "hang", do_hang },
	{ "oops", do_oops },
	{ "freed", do_freed },
	{ "lost", do_lost },
	{ "order", do_order },
	{ "atomic", do_atomic },
};

static int __init doctored_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!strcmp(how, ways[i].name)) {
			ways[i].run();
			return 0;
		}
	}
	return -EINVAL;
}
module_init(doctored_init);

static void __exit doctored_exit(void)
{
}
module_exit(doctored_exit);

MODULE_DESCRIPTION("Test of the VM harness: goes wrong on purpose");
MODULE_LICENSE("Dual MIT/GPL");
