// The virtual clock: one for the whole job. It moves by reads, by trapped calls and by sleeping, never by real time.
#include "determinizer.h"
#include <errno.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

uint64_t clock_now(void) { return shared->now_ns; }

void clock_advance_to(uint64_t now_ns) {
	if (now_ns > shared->now_ns) shared->now_ns = now_ns;
}

uint64_t clock_tick(void) {
	uint64_t now = clock_now() + world.options.clock_step_ns;
	clock_advance_to(now);
	return now;
}

uint64_t deadline_after(uint64_t relative_ns) {
	uint64_t now = clock_now();
	return relative_ns >= FOREVER - now ? FOREVER : now + relative_ns;
}

// Nanoseconds in a struct timespec of the job; FOREVER for a null pointer or one that cannot be read.
uint64_t read_relative(struct thread *thread, uint64_t address) {
	struct timespec span;
	if (!address || !read_memory(thread, address, &span, sizeof span)) return FOREVER;
	if (span.tv_sec < 0 || span.tv_nsec < 0) return 0;
	if ((uint64_t)span.tv_sec > FOREVER / SECOND_NS / 2) return FOREVER;
	return (uint64_t)span.tv_sec * SECOND_NS + (uint64_t)span.tv_nsec;
}

uint64_t clock_base(long id) {
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI || id == CLOCK_REALTIME_ALARM)
		return world.options.epoch_s * SECOND_NS;
	if (id < 0 || id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID) return 0;
	return MONOTONIC_START_NS;
}

static enum outcome answer(struct thread *thread, registers *r, uint64_t address, const void *value, size_t bytes) {
	bool is_written = !address || write_memory(thread, address, value, bytes);
	skip_call(r, is_written ? 0 : -EFAULT);
	return ANSWERED;
}

enum outcome enter_clock_gettime(struct thread *thread, registers *r) {
	world.counts.clock++;
	uint64_t now = clock_base((int)argument(r, 0)) + clock_tick();
	struct timespec span = {(time_t)(now / SECOND_NS), (long)(now % SECOND_NS)};
	return answer(thread, r, argument(r, 1), &span, sizeof span);
}

enum outcome enter_gettimeofday(struct thread *thread, registers *r) {
	world.counts.clock++;
	uint64_t now = clock_base(CLOCK_REALTIME) + clock_tick();
	struct timeval span = {(time_t)(now / SECOND_NS), (suseconds_t)(now % SECOND_NS / 1000)};
	struct timezone zone = {0};
	if (argument(r, 1)) write_memory(thread, argument(r, 1), &zone, sizeof zone);
	return answer(thread, r, argument(r, 0), &span, sizeof span);
}

enum outcome enter_time(struct thread *thread, registers *r) {
	world.counts.clock++;
	long now = (long)((clock_base(CLOCK_REALTIME) + clock_tick()) / SECOND_NS);
	if (argument(r, 0)) write_memory(thread, argument(r, 0), &now, sizeof now);
	skip_call(r, now);
	return ANSWERED;
}

enum outcome enter_times(struct thread *thread, registers *r) {
	struct tms zero = {0};
	if (argument(r, 0)) write_memory(thread, argument(r, 0), &zero, sizeof zero);
	skip_call(r, (long)((MONOTONIC_START_NS + clock_tick()) / 10000000));
	return ANSWERED;
}

// A sleep costs no real time: the clock jumps to its end as soon as nobody else can run before it.
static enum outcome sleep_until(struct thread *thread, registers *r, uint64_t deadline_ns, int remainder) {
	wait_for(thread, WAITS_FOR_TIME, deadline_ns);
	if (!has_timed_out(thread)) {
		thread->wait.original[0] = remainder < 0 ? 0 : argument(r, remainder);
		return WAITING;
	}
	skip_call(r, 0);
	return ANSWERED;
}

enum outcome enter_nanosleep(struct thread *thread, registers *r) {
	uint64_t span = read_relative(thread, argument(r, 0));
	return sleep_until(thread, r, deadline_after(span), 1);
}

enum outcome enter_clock_nanosleep(struct thread *thread, registers *r) {
	uint64_t span = read_relative(thread, argument(r, 2)), base = clock_base((int)argument(r, 0));
	if (!(argument(r, 1) & TIMER_ABSTIME)) return sleep_until(thread, r, deadline_after(span), 3);
	return sleep_until(thread, r, span > base ? span - base : 0, -1);
}
