// The threads and processes of the job, in the order in which they were made.
#include "determinizer.h"
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct thread *find_thread(pid_t tid) {
	for (struct thread *thread = world.threads; thread; thread = thread->next)
		if (thread->tid == tid && !thread->is_gone) return thread;
	return NULL;
}

struct thread *add_thread(pid_t tid, struct process *process) {
	struct thread *thread = find_thread(tid);
	if (!thread) {
		thread = calloc(1, sizeof *thread);
		if (!thread) refuse("out of memory for threads");
		thread->tid = tid;
		struct thread **last = &world.threads;
		while (*last) last = &(*last)->next;
		*last = thread;
		world.live_threads++;
	}
	if (process && !thread->process) {
		thread->process = process;
		process->threads++;
	}
	return thread;
}

struct process *add_process(pid_t tgid, struct process *parent) {
	struct process *process = calloc(1, sizeof *process);
	if (!process) refuse("out of memory for processes");
	process->tgid = tgid;
	process->parent = parent;
	process->pidfd = (int)syscall(SYS_pidfd_open, tgid, 0);
	if (process->pidfd < 0) refuse("pidfd_open is not available: %m");
	process->random = derive_random(parent);
	world.live_processes++;
	process->next = world.processes;
	world.processes = process;
	return process;
}

static void free_process(struct process *process) {
	struct process **slot = &world.processes;
	while (*slot != process) slot = &(*slot)->next;
	*slot = process->next;
	for (struct process *other = world.processes; other; other = other->next)
		if (other->parent == process) other->parent = NULL;
	drop_timers(process);
	close(process->pidfd);
	world.live_processes--;
	free(process);
}

// Forgets a thread that has ended; its memory is freed by the scheduler, which may still look at it.
void bury_thread(struct thread *thread) {
	struct process *process = thread->process;
	if (thread->is_gone) return;
	thread->is_gone = true;
	world.live_threads--;
	world.deaths++;
	world.signal_moves++;
	if (!process) return;
	wake_at_exit(thread);
	thread->process = NULL;
	if (--process->threads > 0) return;
	wake_shared_waiters();
	free_process(process);
}

void note_death(pid_t tid, int status) {
	struct thread *thread = find_thread(tid);
	if (tid == world.first) {
		world.is_over = true;
		world.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	if (thread) bury_thread(thread);
}

static struct thread *any_thread_of(struct process *process) {
	for (struct thread *thread = world.threads; thread; thread = thread->next)
		if (thread->process == process && !thread->is_gone) return thread;
	return NULL;
}

// Waits for all threads of a process that was killed or exits, so that its end is one event for everybody else.
void await_end_of(struct process *process) {
	struct thread *thread;
	pid_t tgid = process->tgid;
	while ((thread = any_thread_of(process))) {
		int status;
		pid_t ended = waitpid(-1, &status, __WALL);
		if (ended < 0) continue;
		if (!WIFSTOPPED(status)) note_death(ended, status);
		else {
			struct thread *other = find_thread(ended);
			if (other) other->status = status, other->has_status = true;
		}
		if (ended == tgid && !WIFSTOPPED(status)) return;
	}
}

bool is_alone(void) { return world.live_threads == 1; }
