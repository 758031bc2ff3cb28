// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of the imported GPU scheduler on this kernel.  The device is software: a job
// ends when the case says so.

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include <drm/gpu_scheduler.h>

#include "fixture.h"
#include "suites.h"

/*
 * SOON_MS: limit for events that must happen, long enough for a slow machine.
 * NEVER_MS: time in which an event must not happen.
 */
#define SOON_MS		20000
#define NEVER_MS	60

#define CREDITS		2
#define TIMEOUT_MS	100
#define MAX_JOBS	4

/* A device with one queue */
struct ring {
	struct ktap *t;
	struct fixture *fx;
	struct drm_gpu_scheduler sched;
	struct drm_sched_entity entity;
	bool entity_gone;
	u64 context;
	/* In the order of allocation; the fixture owns the fences. */
	struct dma_fence *done[MAX_JOBS];
	unsigned int jobs;
	unsigned int pushed;
	atomic_t ran;
	atomic_t freed;
	atomic_t timed_out;
};

struct ring_job {
	struct drm_sched_job base;
	struct ring *ring;
	struct dma_fence *done;
	/* the error if the device does not run the job */
	int refused;
};

static struct dma_fence *ring_run(struct drm_sched_job *sched_job)
{
	struct ring_job *job = container_of(sched_job, struct ring_job, base);

	atomic_inc(&job->ring->ran);
	if (job->refused)
		return ERR_PTR(job->refused);
	return dma_fence_get(job->done);
}

static enum drm_gpu_sched_stat ring_timed_out(struct drm_sched_job *sched_job)
{
	struct ring_job *job = container_of(sched_job, struct ring_job, base);

	drm_sched_stop(&job->ring->sched, sched_job);
	dma_fence_set_error(job->done, -ENODEV);
	dma_fence_signal(job->done);
	atomic_inc(&job->ring->timed_out);
	/* The scheduler of 7.3 has this macro; that of 6.12 does not. */
#ifdef drm_sched_for_each_pending_job
	drm_sched_start(&job->ring->sched, 0);
	return DRM_GPU_SCHED_STAT_RESET;
#else
	drm_sched_start(&job->ring->sched);
	return DRM_GPU_SCHED_STAT_NOMINAL;
#endif
}

static void ring_free(struct drm_sched_job *sched_job)
{
	struct ring_job *job = container_of(sched_job, struct ring_job, base);
	struct ring *ring = job->ring;

	drm_sched_job_cleanup(sched_job);
	kfree(job);
	/* After this the case may end and free everything. */
	atomic_inc(&ring->freed);
}

static const struct drm_sched_backend_ops ring_ops = {
	.run_job = ring_run,
	.timedout_job = ring_timed_out,
	.free_job = ring_free,
};

/* Returns whether a counter reaches @count in time. */
static bool reaches(atomic_t *counter, unsigned int count, unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);

	while (atomic_read(counter) < count) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(500, 1000);
	}
	return true;
}

static bool signals(struct dma_fence *fence)
{
	return dma_fence_wait_timeout(fence, false, msecs_to_jiffies(SOON_MS)) > 0;
}

static void put_fence(void *fence)
{
	dma_fence_put(fence);
}

static struct ring_job *job_new(struct ring *ring)
{
	struct dma_fence *done = fixture_fence(ring->fx, ring->context, ring->jobs + 1);
	struct ring_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int err;

	ktap_assert_ptr(ring->t, job);
	job->ring = ring;
	job->done = done;
	ring->done[ring->jobs++] = done;
	err = drm_sched_job_init(&job->base, &ring->entity, 1, NULL, 0);
	if (!ktap_expect_eq(ring->t, err, 0)) {
		kfree(job);
		ktap_abort();
	}
	return job;
}

/* Returns the fence of the whole job, which lives until the end of the case. */
static struct dma_fence *job_push(struct ring_job *job)
{
	struct ring *ring = job->ring;
	struct dma_fence *finished;

	drm_sched_job_arm(&job->base);
	finished = dma_fence_get(&job->base.s_fence->finished);
	ring->pushed++;
	drm_sched_entity_push_job(&job->base);
	ktap_defer(ring->t, put_fence, finished);
	return finished;
}

static void finishes_with_the_device(struct ktap *t)
{
	struct ring *ring = t->priv;
	struct dma_fence *finished = job_push(job_new(ring));

	ktap_expect(t, reaches(&ring->ran, 1, SOON_MS));
	msleep(NEVER_MS);
	ktap_expect(t, !dma_fence_is_signaled(finished));
	/* A hint, which the device ignores. */
	dma_fence_set_deadline(finished, ktime_get());

	dma_fence_signal(ring->done[0]);
	ktap_expect(t, signals(finished));
	ktap_expect_eq(t, finished->error, 0);
	ktap_expect(t, reaches(&ring->freed, 1, SOON_MS));
	ktap_expect_eq(t, atomic_read(&ring->timed_out), 0);
}

static void waits_for_what_it_depends_on(struct ktap *t)
{
	struct ring *ring = t->priv;
	struct dma_fence *first = fixture_fence(ring->fx, dma_fence_context_alloc(1), 1);
	struct ring_job *job = job_new(ring);
	struct dma_fence *finished;
	int err;

	/* The call takes the reference even if it fails. */
	err = drm_sched_job_add_dependency(&job->base, dma_fence_get(first));
	ktap_expect_eq(t, err, 0);
	finished = job_push(job);
	ktap_expect(t, !reaches(&ring->ran, 1, NEVER_MS));

	dma_fence_signal(first);
	ktap_expect(t, reaches(&ring->ran, 1, SOON_MS));
	dma_fence_signal(ring->done[0]);
	ktap_expect(t, signals(finished));
}

static void runs_what_credits_allow(struct ktap *t)
{
	struct ring *ring = t->priv;
	unsigned int i;

	for (i = 0; i < CREDITS + 1; i++)
		job_push(job_new(ring));
	ktap_expect(t, reaches(&ring->ran, CREDITS, SOON_MS));
	ktap_expect(t, !reaches(&ring->ran, CREDITS + 1, NEVER_MS / 2));

	dma_fence_signal(ring->done[0]);
	ktap_expect(t, reaches(&ring->ran, CREDITS + 1, SOON_MS));
}

static void refused_job_fails(struct ktap *t)
{
	struct ring *ring = t->priv;
	struct ring_job *job = job_new(ring);
	struct dma_fence *finished;

	job->refused = -EIO;
	finished = job_push(job);
	ktap_expect(t, signals(finished));
	ktap_expect_eq(t, finished->error, -EIO);
	ktap_expect(t, reaches(&ring->freed, 1, SOON_MS));
}

static void hung_job_times_out(struct ktap *t)
{
	struct ring *ring = t->priv;
	struct dma_fence *hung = job_push(job_new(ring));
	struct dma_fence *next;

	ktap_expect(t, reaches(&ring->timed_out, 1, SOON_MS));
	ktap_expect(t, signals(hung));
	/* Stopping the scheduler has dropped the device's fence from the job. */
	ktap_expect_eq(t, hung->error, -ECANCELED);

	/* The queue still works. */
	next = job_push(job_new(ring));
	dma_fence_signal(ring->done[1]);
	ktap_expect(t, signals(next));
	ktap_expect_eq(t, next->error, 0);
}

static void death_of_the_queue_cancels_jobs(struct ktap *t)
{
	struct ring *ring = t->priv;
	struct dma_fence *first = fixture_fence(ring->fx, dma_fence_context_alloc(1), 1);
	struct ring_job *job = job_new(ring);
	struct dma_fence *finished;

	ktap_expect_eq(t, drm_sched_job_add_dependency(&job->base, dma_fence_get(first)), 0);
	finished = job_push(job);

	drm_sched_entity_fini(&ring->entity);
	ring->entity_gone = true;
	dma_fence_signal(first);
	ktap_expect(t, signals(finished));
	ktap_expect_eq(t, finished->error, -ESRCH);
	ktap_expect(t, reaches(&ring->freed, 1, SOON_MS));
	ktap_expect_eq(t, atomic_read(&ring->ran), 0);
}

static void sched_init(struct ktap *t)
{
	struct drm_gpu_scheduler *sched;
	struct drm_sched_init_args args = {
		.ops = &ring_ops,
		.num_rqs = DRM_SCHED_PRIORITY_COUNT,
		.credit_limit = CREDITS,
		.timeout = msecs_to_jiffies(TIMEOUT_MS),
		.name = "ngv-ring",
	};
	struct ring *ring;

	fixture_init(t);
	ring = ktap_kzalloc(t, sizeof(*ring));
	ring->t = t;
	ring->fx = t->priv;
	ring->context = dma_fence_context_alloc(1);
	/* Only the case with a hung job needs the timeout. */
	if (t->test->run != hung_job_times_out)
		args.timeout = MAX_SCHEDULE_TIMEOUT;
	args.dev = ring->fx->drm->dev;
	ktap_assert_eq(t, drm_sched_init(&ring->sched, &args), 0);

	sched = &ring->sched;
	if (!ktap_expect_eq(t, drm_sched_entity_init(&ring->entity, DRM_SCHED_PRIORITY_NORMAL,
						     &sched, 1, NULL), 0)) {
		drm_sched_fini(&ring->sched);
		ktap_abort();
	}
	t->priv = ring;
}

static void sched_exit(struct ktap *t)
{
	struct ring *ring = t->priv;
	unsigned int i;

	for (i = 0; i < ring->jobs; i++)
		if (!dma_fence_is_signaled(ring->done[i]))
			dma_fence_signal(ring->done[i]);
	ktap_expect(t, reaches(&ring->freed, ring->pushed, SOON_MS));
	ktap_expect_eq(t, atomic_read(&ring->freed), ring->pushed);
	if (!ring->entity_gone)
		drm_sched_entity_destroy(&ring->entity);
	drm_sched_fini(&ring->sched);
}

static const struct ktap_case sched_cases[] = {
	KTAP_CASE(finishes_with_the_device),
	KTAP_CASE(waits_for_what_it_depends_on),
	KTAP_CASE(runs_what_credits_allow),
	KTAP_CASE(refused_job_fails),
	KTAP_CASE(hung_job_times_out),
	KTAP_CASE(death_of_the_queue_cancels_jobs),
	{}
};

const struct ktap_suite sched_suite = {
	.name = "sched",
	.init = sched_init,
	.exit = sched_exit,
	.cases = sched_cases,
};
