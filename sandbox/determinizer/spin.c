// Loops that wait for another thread by reading memory, without any call. A thread that has run for a while is stepped through
// some instructions: when its registers go through the same states again and again, it can only wait for somebody else, and it
// may stand still at any of these states without a difference to what comes after. How long it ran before the look does not
// matter, so the clock that starts the look decides nothing.
#include "determinizer.h"
#include <signal.h>
#include <string.h>
#include <linux/ptrace.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEPS 6000
// A counter in memory shows in the flags of its increment at least once in sixteen rounds.
#define ROUNDS 34
#define LONGEST_ROUND (STEPS / ROUNDS)
#define FIRST_STEPS 250 // more than one of the longest rounds
#define FIRST_LOOK_NS 5000000ULL
// A thread that is found to spin again and again is passed over for up to 2^8 turns: looking at it is dear.
#define LONGEST_REST 8
#define LAST_LOOK_NS 1000000000ULL

static registers states[STEPS];
static uint64_t turn_began_ns;

// Of the processor, not of the clock: on a busy machine a thread that has not run for long has not spun for long.
static uint64_t time_used_by(const struct process *process) {
	struct timespec used = {0, 0};
	clockid_t clock = ~process->tgid << 3 | 2; // as the kernel names the CPU clock of a process
	syscall(SYS_clock_gettime, clock, &used);
	return (uint64_t)used.tv_sec * SECOND_NS + (uint64_t)used.tv_nsec;
}

void begin_running(void) { turn_began_ns = FOREVER; }

static bool is_same(const registers *left, const registers *right) { return memcmp(left, right, sizeof *left) == 0; }

// The length of the round that the last states repeat; 0 when they do not.
static int find_round(int last) {
	for (int length = 1; length <= LONGEST_ROUND && length * ROUNDS <= last; length++) {
		if (!is_same(&states[last], &states[last - length])) continue;
		int at = last;
		while (at >= last - length * (ROUNDS - 1) && is_same(&states[at], &states[at - length])) at--;
		if (at < last - length * (ROUNDS - 1)) return length;
	}
	return 0;
}

// Whether the last state was there before, as every state is in a loop that waits. It seldom is when a thread computes.
static bool returns(int last) {
	for (int length = 1; length <= LONGEST_ROUND && length <= last; length++)
		if (is_same(&states[last], &states[last - length])) return true;
	return false;
}

static int lowest_state(int from, int count) {
	int lowest = from;
	for (int at = from; at < from + count; at++)
		if (memcmp(&states[at], &states[lowest], sizeof *states) < 0) lowest = at;
	return lowest;
}

// One instruction; false when it was not an ordinary one: a call, a signal, an end. That stop is kept for the scheduler.
static bool step(struct thread *thread, registers *r) {
	int status;
	if (ptrace(PTRACE_SINGLESTEP, thread->tid, 0, 0) || !await_status(thread->tid, &status)) return false;
	if (status == (SIGTRAP << 8 | 0x7f)) {
		siginfo_t info;
		if (ptrace(PTRACE_GETSIGINFO, thread->tid, 0, &info) == 0 && info.si_code > 0) {
			get_registers(thread, r);
			return true;
		}
	}
	thread->status = status;
	thread->has_status = true;
	return false;
}

static bool stand_at(struct thread *thread, const registers *state) {
	registers r;
	for (int steps = 0; steps < STEPS; steps++) {
		if (!step(thread, &r)) return false;
		if (is_same(&r, state)) return true;
	}
	return false;
}

// Steps are dear, so only a thread that shows signs of it is looked at for long.
static bool walks_in_circles(struct thread *thread) {
	int length = 0, next_look = FIRST_STEPS;
	for (int at = 0; at < STEPS && !length; at++) {
		if (!step(thread, &states[at])) return false;
		if (at + 1 != next_look) continue;
		if (!returns(at)) return false;
		length = find_round(at);
		next_look = next_look * 5 < STEPS ? next_look * 5 : STEPS;
		if (length) return stand_at(thread, &states[lowest_state(at + 1 - length, length)]);
	}
	return false;
}

// A call that the interruption broke off is made again as if nothing had been.
static void note_restart(struct thread *thread) {
	registers r;
	get_registers(thread, &r);
	thread->is_restarted = call_number(&r) >= 0 && call_result(&r) <= -512 && call_result(&r) >= -516;
}

static bool interrupt(struct thread *thread) {
	int status;
	ptrace(PTRACE_INTERRUPT, thread->tid, 0, 0);
	if (!await_status(thread->tid, &status)) return false;
	if (WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) == SIGTRAP) {
		note_restart(thread);
		return true;
	}
	thread->status = status;
	thread->has_status = true;
	return false;
}

// Asked whenever the running thread has not stopped for another while. True when it stands still now, having been found to
// spin, or has come to a stop meanwhile that is kept; false when it runs on.
bool is_spinning(struct thread *thread) {
	uint64_t now = time_used_by(thread->process);
	if (turn_began_ns == FOREVER) turn_began_ns = now;
	if (!thread->probe_after_ns) thread->probe_after_ns = FIRST_LOOK_NS;
	bool is_useful = !is_alone() || has_timers();
	if (!is_useful || thread->sees_exit || now - turn_began_ns < thread->probe_after_ns) return false;
	turn_began_ns = now;
	if (thread_state(thread) != 'R') return false;
	if (!interrupt(thread)) return true;
	if (walks_in_circles(thread)) {
		world.counts.spins++;
		thread->probe_after_ns = FIRST_LOOK_NS;
		world.gives_way = true;
		thread->spins += thread->spins < LONGEST_REST;
		thread->rests_until = world.turns + (1u << thread->spins);
		return true;
	}
	if (thread->has_status) return true;
	thread->probe_after_ns = thread->probe_after_ns * 2 < LAST_LOOK_NS ? thread->probe_after_ns * 2 : LAST_LOOK_NS;
	ptrace(PTRACE_CONT, thread->tid, 0, 0);
	return false;
}
