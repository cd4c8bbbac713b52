// Replaces the kernel's vDSO in the job: reads advance the virtual clock in memory, without entering the kernel.
#include "../../../job_memory.h"
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

static struct shared *const shared = (struct shared *)SHARED_ADDRESS;

static long call_kernel(long number, long first, long second) {
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second) : "rcx", "r11", "memory");
	return result;
}

static uint64_t advance(void) {
	__atomic_add_fetch(&shared->reads, 1, __ATOMIC_RELAXED);
	uint64_t now = __atomic_add_fetch(&shared->now_ns, shared->step_ns, __ATOMIC_RELAXED);
	if (__atomic_sub_fetch(&shared->reads_left, 1, __ATOMIC_RELAXED) == 0) {
		shared->reads_left = READS_BETWEEN_YIELDS;
		call_kernel(SYS_sched_yield, 0, 0);
	}
	return now;
}

int __vdso_clock_gettime(clockid_t id, struct timespec *out) {
	uint64_t base;
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI) base = shared->epoch_ns;
	else if (id == CLOCK_MONOTONIC || (id >= CLOCK_MONOTONIC_RAW && id <= CLOCK_BOOTTIME)) base = MONOTONIC_START_NS;
	else return (int)call_kernel(SYS_clock_gettime, id, (long)out);
	uint64_t now = base + advance();
	out->tv_sec = (time_t)(now / 1000000000u);
	out->tv_nsec = (long)(now % 1000000000u);
	return 0;
}

int __vdso_gettimeofday(struct timeval *out, struct timezone *zone) {
	if (out) {
		uint64_t now = shared->epoch_ns + advance();
		out->tv_sec = (time_t)(now / 1000000000u);
		out->tv_usec = (suseconds_t)(now % 1000000000u / 1000u);
	}
	if (zone) zone->tz_minuteswest = zone->tz_dsttime = 0;
	return 0;
}

time_t __vdso_time(time_t *out) {
	time_t now = (time_t)((shared->epoch_ns + advance()) / 1000000000u);
	if (out) *out = now;
	return now;
}

int __vdso_clock_getres(clockid_t id, struct timespec *out) {
	if (id < 0 || id > CLOCK_TAI) return (int)call_kernel(SYS_clock_getres, id, (long)out);
	if (out) {
		out->tv_sec = 0;
		out->tv_nsec = 1;
	}
	return 0;
}

long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused) {
	(void)unused;
	if (cpu) *cpu = 0;
	if (node) *node = 0;
	return 0;
}

int clock_gettime(clockid_t, struct timespec *) __attribute__((weak, alias("__vdso_clock_gettime")));
int gettimeofday(struct timeval *, void *) __attribute__((weak, alias("__vdso_gettimeofday")));
time_t time(time_t *) __attribute__((weak, alias("__vdso_time")));
int clock_getres(clockid_t, struct timespec *) __attribute__((weak, alias("__vdso_clock_getres")));
long getcpu(unsigned *, unsigned *, void *) __attribute__((weak, alias("__vdso_getcpu")));
