// What a program can ask about the machine: always the same one. And what it may not ask for.
#include "determinizer.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

#define RESIDENT_KIB 65536

static enum outcome answered(registers *r, long value) {
	skip_call(r, value);
	return ANSWERED;
}

static enum outcome give(struct thread *thread, registers *r, uint64_t address, const void *value, size_t bytes) {
	return answered(r, write_memory(thread, address, value, bytes) ? 0 : -EFAULT);
}

enum outcome enter_uname(struct thread *thread, registers *r) {
	struct utsname name;
	memset(&name, 0, sizeof name);
	strcpy(name.sysname, "Linux");
	gethostname(name.nodename, sizeof name.nodename - 1);
	snprintf(name.release, sizeof name.release, "%s", world.options.release);
	strcpy(name.version, "#1 SMP parity");
	strcpy(name.machine, ARCH_MACHINE);
	strcpy(name.domainname, "(none)");
	return give(thread, r, argument(r, 0), &name, sizeof name);
}

enum outcome enter_sysinfo(struct thread *thread, registers *r) {
	struct sysinfo info;
	memset(&info, 0, sizeof info);
	info.uptime = (long)((MONOTONIC_START_NS + clock_tick()) / SECOND_NS);
	info.totalram = world.options.memory_bytes;
	info.freeram = world.options.memory_bytes / 2;
	info.procs = 1;
	info.mem_unit = 1;
	return give(thread, r, argument(r, 0), &info, 112);
}

enum outcome enter_getrusage(struct thread *thread, registers *r) {
	uint64_t now = clock_tick();
	struct {
		struct timeval user, system;
		long counters[14];
	} usage = {{(time_t)(now / SECOND_NS), (suseconds_t)(now % SECOND_NS / 1000)}, {0, 0}, {RESIDENT_KIB}};
	return give(thread, r, argument(r, 1), &usage, sizeof usage);
}

enum outcome enter_getcpu(struct thread *thread, registers *r) {
	unsigned zero = 0;
	for (int index = 0; index < 2; index++)
		if (argument(r, index)) write_memory(thread, argument(r, index), &zero, sizeof zero);
	return answered(r, 0);
}

enum outcome enter_getaffinity(struct thread *thread, registers *r) {
	uint64_t mask[16] = {0};
	int cpus = world.options.cpus;
	if (argument(r, 1) < 8 || (int)argument(r, 1) * 8 < cpus) return answered(r, -EINVAL);
	for (int cpu = 0; cpu < cpus && cpu < 1024; cpu++) mask[cpu / 64] |= 1ULL << (cpu % 64);
	long bytes = (cpus + 63) / 64 * 8;
	return answered(r, write_memory(thread, argument(r, 2), mask, (size_t)bytes) ? bytes : -EFAULT);
}

// Where a thread runs changes nothing here.
enum outcome enter_setaffinity(struct thread *thread, registers *r) {
	(void)thread;
	return answered(r, 0);
}

// Asked or set, the answer is the usual one; addresses stay where they are.
enum outcome enter_personality(struct thread *thread, registers *r) {
	(void)thread;
	return answered(r, 0);
}

enum outcome enter_prctl(struct thread *thread, registers *r) {
	int tsc = PR_TSC_ENABLE;
	switch ((int)argument(r, 0)) {
	case PR_SET_TSC: return answered(r, 0);
	case PR_GET_TSC: return give(thread, r, argument(r, 1), &tsc, sizeof tsc);
	// Only a program that can be dumped can be traced.
	case PR_SET_DUMPABLE: return answered(r, 0);
	case PR_SET_SECCOMP:
	case PR_SET_SYSCALL_USER_DISPATCH: shared->has_shortcuts = false; return PROCEED;
	default: return PROCEED;
	}
}

// Limits whose defaults are the host's, and those that the kernel enforces by real time or counts over all jobs of one user.
static bool is_host_limit(uint64_t resource) {
	return resource == RLIMIT_CPU || resource == RLIMIT_NPROC || resource == RLIMIT_MEMLOCK || resource == RLIMIT_RTTIME ||
		resource == RLIMIT_SIGPENDING || resource == RLIMIT_MSGQUEUE || resource == RLIMIT_NICE || resource == RLIMIT_RTPRIO;
}

static const struct rlimit NO_LIMIT = {RLIM_INFINITY, RLIM_INFINITY};

enum outcome enter_getrlimit(struct thread *thread, registers *r) {
	if (!is_host_limit(argument(r, 0))) return PROCEED;
	return give(thread, r, argument(r, 1), &NO_LIMIT, sizeof NO_LIMIT);
}

enum outcome enter_setrlimit(struct thread *thread, registers *r) {
	(void)thread;
	return is_host_limit(argument(r, 0)) ? answered(r, 0) : PROCEED;
}

// prlimit64(pid, resource, new, old). The determinizer's own limits are not the job's to set.
enum outcome enter_prlimit(struct thread *thread, registers *r) {
	if ((pid_t)argument(r, 0) == getpid()) return answered(r, -EPERM);
	if (!is_host_limit(argument(r, 1))) return PROCEED;
	return argument(r, 3) ? give(thread, r, argument(r, 3), &NO_LIMIT, sizeof NO_LIMIT) : answered(r, 0);
}

// shmctl(id, command, description)
enum outcome enter_shmctl(struct thread *thread, registers *r) {
	(void)thread;
	int command = (int)argument(r, 1);
	return command == IPC_STAT || command == SHM_STAT || command == SHM_STAT_ANY ? PROCEED_TO_EXIT : PROCEED;
}

enum outcome leave_shmctl(struct thread *thread, registers *r) {
	struct shmid_ds look;
	if (call_result(r) < 0 || !read_memory(thread, argument(r, 2), &look, sizeof look)) return FINISHED;
	look.shm_atime = look.shm_dtime = look.shm_ctime = 0;
	write_memory(thread, argument(r, 2), &look, sizeof look);
	return FINISHED;
}

// A filter that asks another thread for its answers would wait in the kernel for a thread that stands still here.
enum outcome enter_seccomp(struct thread *thread, registers *r) {
	(void)thread;
	shared->has_shortcuts = false; // what the filter looks for is where calls were
	return argument(r, 1) & SECCOMP_FILTER_FLAG_NEW_LISTENER ? answered(r, -ENOSYS) : PROCEED;
}

enum outcome enter_socket(struct thread *thread, registers *r) {
	static bool is_told;
	(void)thread;
	if (argument(r, 0) == AF_UNIX) return PROCEED;
	if (!is_told) notice("a job has no network: only local sockets can be made");
	is_told = true;
	return answered(r, -EPERM);
}

// A local socket that asks for any name gets the next one.
enum outcome enter_bind(struct thread *thread, registers *r) {
	static unsigned names;
	sa_family_t family;
	if (argument(r, 2) != sizeof family || !read_memory(thread, argument(r, 1), &family, sizeof family) || family != AF_UNIX) return PROCEED;
	struct sockaddr_un *name = (struct sockaddr_un *)shared->scratch;
	name->sun_family = AF_UNIX;
	name->sun_path[0] = 0;
	snprintf(name->sun_path + 1, 6, "%05x", ++names & 0xfffff);
	memcpy(thread->kept, (uint64_t[4]){1, argument(r, 1), 2, argument(r, 2)}, sizeof thread->kept);
	set_argument(r, 1, SHARED_ADDRESS + offsetof(struct shared, scratch));
	set_argument(r, 2, sizeof family + 6);
	return PROCEED_TO_EXIT;
}

// Puts two arguments back that were replaced: a call leaves its arguments in their registers.
enum outcome leave_restored(struct thread *thread, registers *r) {
	set_argument(r, (int)thread->kept[0], thread->kept[1]);
	set_argument(r, (int)thread->kept[2], thread->kept[3]);
	return FINISHED;
}

// Programs look for these and do without them.
enum outcome refuse_missing(struct thread *thread, registers *r) {
	(void)thread;
	return answered(r, -ENOSYS);
}

// Nearly all do without this too, so it is only worth a word when the job fails.
enum outcome refuse_uring(struct thread *thread, registers *r) {
	(void)thread;
	world.asked_for_uring = true;
	return answered(r, -ENOSYS);
}

// Programs that use these cannot do without: say which it was, once each.
enum outcome refuse_forbidden(struct thread *thread, registers *r) {
	static bool is_told[CALLS_END];
	long number = call_number(r);
	(void)thread;
	if (!is_told[number]) notice("%s is not available: its effects differ between runs", call_name(number));
	is_told[number] = true;
	return answered(r, -EPERM);
}
