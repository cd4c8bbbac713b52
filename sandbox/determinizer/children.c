// Births, ends, and waiting for children.
#include "determinizer.h"
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

// Each process takes one of our own descriptors; like a limit on processes, this is met with "try again".
#define MOST_PROCESSES 3000

#define STRANGE_CLONES (CLONE_UNTRACED | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

enum outcome enter_fork(struct thread *thread, registers *r) {
	(void)thread;
	if (world.live_processes < MOST_PROCESSES) return PROCEED;
	skip_call(r, -EAGAIN);
	return ANSWERED;
}

enum outcome enter_clone(struct thread *thread, registers *r) {
	if (!(argument(r, 0) & STRANGE_CLONES)) return argument(r, 0) & CLONE_THREAD ? PROCEED : enter_fork(thread, r);
	skip_call(r, -EPERM);
	return ANSWERED;
}

enum outcome enter_exit(struct thread *thread, registers *r) {
	(void)r;
	thread->is_exiting = true;
	return PROCEED;
}

enum outcome enter_exit_group(struct thread *thread, registers *r) {
	(void)r;
	thread->process->is_ending = true;
	return PROCEED;
}

enum outcome enter_yield(struct thread *thread, registers *r) {
	(void)thread;
	skip_call(r, 0);
	world.gives_way = true;
	return ANSWERED;
}

static enum outcome look_for_child(struct thread *thread, registers *r, int options_at) {
	if (argument(r, options_at) & WNOHANG) return PROCEED_TO_EXIT;
	wait_for(thread, WAITS_FOR_CHILD, FOREVER);
	thread->wait.is_restartable = true;
	thread->wait.seen = world.deaths;
	thread->wait.original[0] = 1;
	set_argument(r, options_at, argument(r, options_at) | WNOHANG);
	return PROCEED_TO_EXIT;
}

static void clear_usage(struct thread *thread, uint64_t address) {
	struct rusage usage;
	memset(&usage, 0, sizeof usage);
	if (address) write_memory(thread, address, &usage, sizeof(struct timeval) * 2 + sizeof(long) * 14);
}

enum outcome enter_wait4(struct thread *thread, registers *r) { return look_for_child(thread, r, 2); }

enum outcome leave_wait4(struct thread *thread, registers *r) {
	if (thread->wait.original[0]) set_argument(r, 2, argument(r, 2) & ~(uint64_t)WNOHANG);
	if (call_result(r) > 0) clear_usage(thread, argument(r, 3));
	return call_result(r) == 0 && thread->wait.original[0] ? WAITING : FINISHED;
}

enum outcome enter_waitid(struct thread *thread, registers *r) { return look_for_child(thread, r, 3); }

// Without a child to tell of, waitid answers 0 and leaves si_pid zero.
enum outcome leave_waitid(struct thread *thread, registers *r) {
	siginfo_t info;
	bool waits = thread->wait.original[0];
	if (waits) set_argument(r, 3, argument(r, 3) & ~(uint64_t)WNOHANG);
	if (call_result(r) != 0 || !waits) return FINISHED;
	if (argument(r, 2) && read_memory(thread, argument(r, 2), &info, sizeof info) && info.si_pid == 0) return WAITING;
	clear_usage(thread, argument(r, 4));
	return FINISHED;
}
