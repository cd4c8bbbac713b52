// Signals reach a waiting thread only when the scheduler says so; calls that wait for signals wait here.
#include "determinizer.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESTART_AFTER_HANDLER (-512) // ERESTARTSYS
#define BIT(signal) (1ULL << ((signal) - 1))
// Their default is to do nothing, or they only wake: never a reason to end a wait without a handler.
#define HARMLESS (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT))

static uint64_t queued(struct thread *thread, unsigned flags) {
	uint64_t set = 0;
	siginfo_t found[16];
	struct __ptrace_peeksiginfo_args ask = {.off = 0, .flags = flags, .nr = 16};
	long count = ptrace(PTRACE_PEEKSIGINFO, thread->tid, &ask, found);
	for (long index = 0; index < count; index++) set |= BIT(found[index].si_signo);
	return set;
}

static uint64_t effective(struct thread *thread) {
	char path[64], line[256];
	unsigned long long ignored = 0, caught = 0;
	snprintf(path, sizeof path, "/proc/%d/status", thread->tid);
	FILE *file = fopen(path, "re");
	if (!file) return ~0ULL;
	while (fgets(line, sizeof line, file)) {
		sscanf(line, "SigIgn: %llx", &ignored);
		sscanf(line, "SigCgt: %llx", &caught);
	}
	fclose(file);
	return caught | ~(ignored | HARMLESS);
}

// Whether a signal is pending that the thread does not block and that would do something to it.
bool has_signal(struct thread *thread) {
	uint64_t pending = queued(thread, 0) | queued(thread, PTRACE_PEEKSIGINFO_SHARED);
	uint64_t blocked = 0;
	if (!pending) return false;
	if (thread->wait.has_mask) blocked = thread->wait.signal_mask;
	else ptrace(PTRACE_GETSIGMASK, thread->tid, sizeof blocked, &blocked);
	pending &= ~blocked;
	// sigtimedwait takes blocked signals whatever their disposition is
	if (thread->wait.kind == WAITS_FOR_SIGNAL && thread->wait.original[1]) return pending != 0;
	return pending && (pending & effective(thread));
}

static void leave_remainder(struct thread *thread) {
	uint64_t address = thread->wait.original[0], now = clock_now(), deadline = thread->wait.deadline_ns;
	if (thread->wait.kind != WAITS_FOR_TIME || !address) return;
	uint64_t left = deadline > now ? deadline - now : 0;
	int64_t span[2] = {(int64_t)(left / SECOND_NS), (int64_t)(left % SECOND_NS)};
	write_memory(thread, address, span, sizeof span);
}

// Ends the wait of a thread that has a signal; the signal stop that follows decides whether the call restarts.
void interrupt_wait(struct thread *thread) {
	registers r;
	get_registers(thread, &r);
	leave_remainder(thread);
	if (thread->is_at_entry) skip_call(&r, -EINTR);
	else undo_rewind(&r, -EINTR);
	set_registers(thread, &r);
	thread->interrupted = thread->wait.is_restartable ? thread->call : 0;
	memset(&thread->wait, 0, sizeof thread->wait);
}

void prepare_delivery(struct thread *thread, int signal) {
	siginfo_t info;
	thread->deliver = signal;
	if (ptrace(PTRACE_GETSIGINFO, thread->tid, 0, &info) == 0) {
		disguise_signal(thread, &info);
		ptrace(PTRACE_SETSIGINFO, thread->tid, 0, &info);
	}
	if (!thread->interrupted) return;
	registers r;
	get_registers(thread, &r);
	set_call_number(&r, thread->interrupted);
	set_call_result(&r, RESTART_AFTER_HANDLER);
	set_registers(thread, &r);
	thread->interrupted = 0;
}

static enum outcome await_signal(struct thread *thread, uint64_t mask) {
	wait_for(thread, WAITS_FOR_SIGNAL, FOREVER);
	thread->wait.has_mask = true;
	thread->wait.signal_mask = mask;
	return has_signal(thread) ? PROCEED : WAITING;
}

enum outcome enter_pause(struct thread *thread, registers *r) {
	uint64_t mask = 0;
	(void)r;
	ptrace(PTRACE_GETSIGMASK, thread->tid, sizeof mask, &mask);
	return await_signal(thread, mask);
}

enum outcome enter_sigsuspend(struct thread *thread, registers *r) {
	uint64_t mask = 0;
	if (!read_memory(thread, argument(r, 0), &mask, sizeof mask)) return PROCEED;
	return await_signal(thread, mask);
}

// Tries the call with a time-out of zero; sees what it wants only when it is queued.
enum outcome enter_sigtimedwait(struct thread *thread, registers *r) {
	uint64_t set = 0;
	if (!read_memory(thread, argument(r, 0), &set, sizeof set)) return PROCEED;
	uint64_t span = read_relative(thread, argument(r, 2));
	if (wait_for(thread, WAITS_FOR_SIGNAL, deadline_after(span))) thread->wait.original[0] = argument(r, 2);
	thread->wait.has_mask = true;
	thread->wait.signal_mask = ~set;
	thread->wait.original[1] = 1;
	if (!has_signal(thread)) {
		if (!has_timed_out(thread)) return WAITING;
		skip_call(r, -EAGAIN);
		return ANSWERED;
	}
	return PROCEED_TO_EXIT;
}

enum outcome leave_sigtimedwait(struct thread *thread, registers *r) {
	siginfo_t info;
	if (call_result(r) > 0 && argument(r, 1) && read_memory(thread, argument(r, 1), &info, sizeof info)) {
		disguise_signal(thread, &info);
		write_memory(thread, argument(r, 1), &info, sizeof info);
	}
	return FINISHED;
}

enum outcome enter_kill(struct thread *thread, registers *r) {
	(void)thread;
	bool is_ours = call_number(r) != SYS_pidfd_send_signal && (pid_t)argument(r, 0) == getpid();
	if (is_ours) {
		skip_call(r, -EPERM);
		return ANSWERED;
	}
	return PROCEED_TO_EXIT;
}

// SIGKILL and SIGCONT act on threads that stand still: see what became of them before anybody else runs.
enum outcome leave_kill(struct thread *thread, registers *r) {
	world.signal_moves++;
	if (call_result(r) != 0) return FINISHED;
	struct process *next;
	for (struct process *process = world.processes; process; process = next) {
		next = process->next;
		if (process == thread->process || process->is_ending) continue;
		for (struct thread *other = world.threads; other; other = other->next) {
			if (other->process != process || other->is_gone || other->has_status || other->is_stopped || other->wait.kind == WAITS_IN_KERNEL) continue;
			if (is_still_stopped(other)) break;
			await_end_of(process);
			break;
		}
	}
	return FINISHED;
}
