// One thread runs at a time. All others stand still, at the entry or exit of a call that they wait in. A turn ends when the
// thread has to wait, yields, ends, or has made its share of calls that are looked at; so every switch is at a place that the program
// alone decides.
#include "determinizer.h"
#include <errno.h>
#include <linux/ptrace.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// What a fork and an exec take by the virtual clock: a shell that waits for a second by calling `date` is through after a thousand calls.
#define START_NS 500000

// Begins the wait of a call, or continues it: true the first time.
bool wait_for(struct thread *thread, enum wait_kind kind, uint64_t deadline_ns) {
	thread->wait.kind = kind;
	if (thread->wait.is_begun) return false;
	thread->wait.is_begun = true;
	thread->wait.deadline_ns = deadline_ns;
	thread->wait.signal_moves = FOREVER;
	world.counts.waits++;
	return true;
}

bool has_timed_out(struct thread *thread) { return thread->wait.deadline_ns <= clock_now(); }

static void end_wait(struct thread *thread) { memset(&thread->wait, 0, sizeof thread->wait); }

static bool signal_arrived(struct thread *thread) {
	if (thread->wait.signal_moves != world.signal_moves) {
		thread->wait.signal_moves = world.signal_moves;
		thread->wait.has_signal = has_signal(thread);
	}
	return thread->wait.has_signal;
}

static bool is_ready(struct thread *thread) {
	if (thread->is_gone || !thread->process || thread->is_exiting) return false;
	if (thread->has_status) return true;
	if (thread->wait.kind == WAITS_IN_KERNEL) return !is_in_kernel(thread);
	if (thread->is_stopped || thread->wait.kind == WAITS_FOR_EXEC) return false;
	if (thread->wait.kind == NOT_WAITING || signal_arrived(thread) || has_timed_out(thread)) return true;
	switch (thread->wait.kind) {
	case WAITS_FOR_DESCRIPTOR: return is_descriptor_ready(thread, thread->wait.descriptor, thread->wait.events);
	case WAITS_FOR_FUTEX: return thread->wait.is_woken;
	case WAITS_FOR_CHILD: return thread->wait.seen != world.deaths;
	case WAITS_FOR_CHANGE: return thread->wait.seen != world.turns;
	default: return false;
	}
}

static struct thread *next_after(struct thread *thread) { return thread && thread->next ? thread->next : world.threads; }

// The next ready thread in the order of birth; those that spin less and less often, unless nobody else can run.
static struct thread *choose(void) {
	struct thread *spinner = NULL, *last = NULL, *first = next_after(world.running), *thread = first;
	do {
		if (is_ready(thread)) {
			bool may_run = !thread->spins || thread->rests_until <= world.turns;
			if (may_run && !world.options.reverses_turns) return thread;
			if (may_run && (!last || thread != world.running)) last = thread;
			if (!spinner) spinner = thread;
		}
		thread = next_after(thread);
	} while (thread != first);
	return last ? last : spinner;
}

static uint64_t next_deadline(void) {
	uint64_t next = next_timer_deadline();
	for (struct thread *thread = world.threads; thread; thread = thread->next)
		if (!thread->is_gone && thread->wait.kind && thread->wait.deadline_ns && thread->wait.deadline_ns < next)
			next = thread->wait.deadline_ns;
	return next;
}

static bool is_for_outside(enum wait_kind kind) {
	return kind == WAITS_FOR_DESCRIPTOR || kind == WAITS_FOR_CHANGE || kind == WAITS_IN_KERNEL;
}

static bool waits_on_outside(void) {
	for (struct thread *thread = world.threads; thread; thread = thread->next)
		if (!thread->is_gone && is_for_outside(thread->wait.kind)) return true;
	return false;
}

// Nobody can run: time passes to the next deadline; without one, only input from outside can help.
static void let_time_pass(void) {
	uint64_t deadline = next_deadline();
	if (deadline != FOREVER) {
		clock_advance_to(deadline);
		fire_timers();
		return;
	}
	if (!waits_on_outside()) refuse("all threads wait for each other");
	struct timespec moment = {0, 1000000};
	nanosleep(&moment, NULL);
	world.turns++;
}

static void apply(struct thread *thread, enum outcome outcome, const registers *before, const registers *after) {
	if (memcmp(before, after, sizeof *before)) set_registers(thread, after);
	thread->sees_exit = outcome == PROCEED_TO_EXIT;
	thread->is_at_entry = outcome == WAITING;
	if (outcome == PROCEED || outcome == ANSWERED || outcome == FINISHED) end_wait(thread);
	if (outcome == WAITING) world.gives_way = true;
}

static void try_call(struct thread *thread, const registers *before) {
	registers after = *before;
	const struct call *call = call_of(thread->call);
	apply(thread, call ? call->enter(thread, &after) : refuse_missing(thread, &after), before, &after);
}

static void try_again(struct thread *thread) {
	registers r;
	get_registers(thread, &r);
	try_call(thread, &r);
}

static void begin_call(struct thread *thread) {
	registers r;
	get_registers(thread, &r);
	make_shortcut(thread, &r);
	if (call_number(&r) != thread->call) end_wait(thread);
	thread->call = call_number(&r);
	thread->interrupted = 0;
	thread->spins = 0;
	if (!thread->is_restarted) {
		world.counts.calls++;
		clock_tick();
	}
	thread->is_restarted = false;
	shared->calls_left--;
	try_call(thread, &r);
}

static void end_call(struct thread *thread) {
	registers before, after;
	get_registers(thread, &before);
	after = before;
	enum outcome outcome = call_of(thread->call)->leave(thread, &after);
	if (outcome == WAITING) rewind_call(&after, thread->call);
	apply(thread, outcome, &before, &after);
	thread->is_at_entry = false;
}

// The first stop of a child: before it has run anything.
static void await_birth(struct thread *child) {
	int status;
	if (child->has_status) child->has_status = false;
	else if (await_status(child->tid, &status) && !WIFSTOPPED(status)) note_death(child->tid, status);
}

static void note_birth(struct thread *parent, int event) {
	unsigned long tid;
	registers r;
	get_registers(parent, &r);
	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &tid)) return;
	uint64_t flags = call_number(&r) == SYS_clone ? argument(&r, 0) : 0;
	bool is_thread = flags & CLONE_THREAD;
	if (!is_thread) {
		world.counts.forks++;
		clock_advance_to(clock_now() + START_NS);
	}
	struct process *process = is_thread ? parent->process : add_process((pid_t)tid, parent->process);
	struct thread *child = add_thread((pid_t)tid, process);
	if (flags & CLONE_CHILD_CLEARTID) child->clear_tid = argument(&r, 3);
	await_birth(child);
	if (event != PTRACE_EVENT_VFORK) return;
	parent->wait.kind = WAITS_FOR_EXEC;
	parent->wait.deadline_ns = FOREVER;
	parent->wait.seen = tid;
	world.gives_way = true;
}

static void release_vfork_parent(pid_t child) {
	for (struct thread *thread = world.threads; thread; thread = thread->next)
		if (!thread->is_gone && thread->wait.kind == WAITS_FOR_EXEC && thread->wait.seen == (uint64_t)child) end_wait(thread);
}

// The thread that calls exec takes its leader's place; the others are gone.
static void note_exec(struct thread *thread) {
	unsigned long former;
	if (ptrace(PTRACE_GETEVENTMSG, thread->tid, 0, &former)) return;
	world.counts.execs++;
	clock_advance_to(clock_now() + START_NS);
	for (struct thread *other = world.threads; other; other = other->next)
		if (other != thread && other->process == thread->process) bury_thread(other);
	end_wait(thread);
	thread->is_exiting = thread->sees_exit = false;
	thread->interrupted = 0;
	thread->clear_tid = 0;
	release_vfork_parent(thread->tid);
	start_program(thread);
}

static void note_group_stop(struct thread *thread, int signal) {
	bool is_stop = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
	thread->is_stopped = is_stop;
	world.signal_moves++;
	world.deaths++; // a parent may wait for the stop of its child
	if (!is_stop) return;
	ptrace(PTRACE_LISTEN, thread->tid, 0, 0);
	world.gives_way = true;
}

static void note_signal(struct thread *thread, int signal) {
	shared->calls_left--;
	if (signal == SIGSEGV && answer_cycle_counter(thread)) return;
	prepare_delivery(thread, signal);
}

static void note_end(struct thread *thread, int status) {
	struct process *process = thread->process;
	pid_t tid = thread->tid;
	bool is_whole = WIFSIGNALED(status) || process->is_ending;
	bool is_last = process->threads == 1;
	note_death(tid, status);
	if (!is_last && is_whole) await_end_of(process);
	else if (!is_last && process->threads == 1 && find_thread(process->tgid) && find_thread(process->tgid)->is_exiting)
		await_end_of(process);
	release_vfork_parent(tid);
}

static void dispatch(struct thread *thread, int status) {
	if (!WIFSTOPPED(status)) {
		note_end(thread, status);
		return;
	}
	int signal = WSTOPSIG(status), event = status >> 16;
	if (event == PTRACE_EVENT_SECCOMP) begin_call(thread);
	else if (event == PTRACE_EVENT_EXEC) note_exec(thread);
	else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) note_birth(thread, event);
	else if (event == PTRACE_EVENT_STOP) note_group_stop(thread, signal);
	else if (signal == (SIGTRAP | 0x80)) {
		if (thread->sees_exit) end_call(thread);
	} else if (event == 0) note_signal(thread, signal);
}

// A leader that ends before its threads is not reported until they have ended too.
static bool leads_others(const struct thread *thread) {
	return thread->tid == thread->process->tgid && thread->process->threads > 1;
}

static void run_once(struct thread *thread) {
	if (thread->has_status) {
		dispatch(thread, await_stop(thread));
		return;
	}
	if (thread->wait.kind != NOT_WAITING && thread->wait.kind != WAITS_IN_KERNEL) {
		if (thread->wait.has_signal && !thread->wait.has_mask) interrupt_wait(thread);
		else if (thread->is_at_entry) {
			try_again(thread);
			if (thread->is_at_entry) return;
		}
	}
	resume(thread);
	if (thread->is_exiting && leads_others(thread)) {
		world.gives_way = true;
		return;
	}
	thread->is_exiting = false;
	if (thread->wait.kind == WAITS_IN_KERNEL && is_in_kernel(thread)) {
		world.gives_way = true;
		return;
	}
	begin_running();
	int status = await_stop(thread);
	if (status != -1) dispatch(thread, status);
}

static void take_turn(struct thread *thread) {
	world.counts.switches += world.running != thread;
	world.running = thread;
	world.turns++;
	world.gives_way = false;
	shared->calls_left = world.options.calls_a_turn;
	// Never between the entry of a call and its exit: what the entry has noted is not yet a wait.
	while ((shared->calls_left > 0 || thread->sees_exit || thread->is_exiting) && !world.gives_way && !world.is_over && !thread->is_gone)
		run_once(thread);
	thread->wait.seen = thread->wait.kind == WAITS_FOR_CHANGE ? world.turns : thread->wait.seen;
	fire_timers();
}

// Threads that have ended are freed between turns; the one that just ran may be needed to find who is next.
static void sweep(void) {
	for (struct thread **slot = &world.threads; *slot;) {
		struct thread *thread = *slot;
		if (!thread->is_gone || thread == world.running) {
			slot = &thread->next;
			continue;
		}
		*slot = thread->next;
		free(thread);
	}
}

static bool only_spins(const struct thread *chosen) { return chosen && chosen->spins && next_deadline() != FOREVER; }

void run_world(void) {
	while (!world.is_over) {
		struct thread *chosen = world.threads ? choose() : NULL;
		if (!world.live_threads) return;
		if (!chosen || only_spins(chosen)) let_time_pass();
		if (chosen) take_turn(chosen);
		sweep();
	}
}
