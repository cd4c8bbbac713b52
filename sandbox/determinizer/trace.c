// The tracer's hands: registers, memory, one injected call, resume, and waiting for the thread that runs.
#include "determinizer.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

void get_registers(struct thread *thread, registers *r) {
	if (ptrace(PTRACE_GETREGS, thread->tid, 0, r)) memset(r, 0, sizeof *r);
}

void set_registers(struct thread *thread, const registers *r) { ptrace(PTRACE_SETREGS, thread->tid, 0, r); }

bool read_memory(struct thread *thread, uint64_t address, void *out, size_t bytes) {
	struct iovec here = {out, bytes}, there = {(void *)address, bytes};
	return process_vm_readv(thread->tid, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

bool write_memory(struct thread *thread, uint64_t address, const void *from, size_t bytes) {
	struct iovec here = {(void *)from, bytes}, there = {(void *)address, bytes};
	return process_vm_writev(thread->tid, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

// Reads a path or name; never past the page in which it ends, so that a string at the end of a mapping can be read.
bool read_text(struct thread *thread, uint64_t address, char *out, size_t size) {
	size_t have = 0;
	while (have < size) {
		size_t piece = 4096 - ((address + have) & 4095);
		if (piece > size - have) piece = size - have;
		if (!read_memory(thread, address + have, out + have, piece)) return false;
		if (memchr(out + have, 0, piece)) return true;
		have += piece;
	}
	return false;
}

// Waits for one thread, whatever alarm rings meanwhile.
bool await_status(pid_t tid, int *status) {
	for (;;) {
		if (waitpid(tid, status, __WALL) == tid) return true;
		if (errno != EINTR) return false;
	}
}

// Lets the stopped thread make one system call of ours through the instruction at `at`, which is put back afterwards.
long inject_call(struct thread *thread, uint64_t at, const uint64_t call[7]) {
	registers saved, r;
	get_registers(thread, &saved);
	errno = 0;
	long word = ptrace(PTRACE_PEEKTEXT, thread->tid, at, 0), instruction;
	if (errno) return -errno;
	memcpy(&instruction, CALL_INSTRUCTION, sizeof instruction);
	ptrace(PTRACE_POKETEXT, thread->tid, at, instruction);
	r = saved;
	// The first step after an exec ends where it began, with the result of the exec in the registers: aim again.
	do {
		int status;
		aim_at_call(&r, at, call);
		set_registers(thread, &r);
		if (ptrace(PTRACE_SINGLESTEP, thread->tid, 0, 0)) return -ESRCH;
		if (!await_status(thread->tid, &status) || !WIFSTOPPED(status)) return -ESRCH;
		get_registers(thread, &r);
	} while (program_counter(&r) == at);
	ptrace(PTRACE_POKETEXT, thread->tid, at, word);
	set_registers(thread, &saved);
	return call_result(&r);
}

void resume(struct thread *thread) {
	int signal = thread->deliver;
	thread->deliver = 0;
	ptrace(thread->sees_exit ? PTRACE_SYSCALL : PTRACE_CONT, thread->tid, 0, signal);
}

// A thread that was killed leaves its stop without being asked to.
bool is_still_stopped(struct thread *thread) {
	unsigned long message;
	return ptrace(PTRACE_GETEVENTMSG, thread->tid, 0, &message) == 0;
}

// The letter that /proc has for what a thread does; 0 when it is gone.
char thread_state(struct thread *thread) {
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%d/stat", thread->tid);
	FILE *file = fopen(path, "re");
	bool is_read = file && fgets(line, sizeof line, file);
	if (file) fclose(file);
	char *rest = is_read ? strrchr(line, ')') : NULL;
	return rest ? rest[2] : 0;
}

// Whether a thread that was let into a call which waits in the kernel still waits there; its stop is kept when it does not.
bool is_in_kernel(struct thread *thread) {
	while (!thread->has_status) {
		if (waitpid(thread->tid, &thread->status, __WALL | WNOHANG) == thread->tid) thread->has_status = true;
		else if (thread_state(thread) == 'S') return true;
		else sched_yield();
	}
	return false;
}

static void keep_status(pid_t tid, int status) {
	struct thread *other = find_thread(tid);
	if (!WIFSTOPPED(status)) {
		note_death(tid, status);
		return;
	}
	// A child may stop before its parent's event names it.
	if (!other) other = add_thread(tid, NULL);
	other->status = status;
	other->has_status = true;
}

// Waits until the thread has stopped or ended; what happens to others meanwhile is kept for them.
int await_stop(struct thread *thread) {
	pid_t tid = thread->tid;
	if (thread->has_status) {
		thread->has_status = false;
		return thread->status;
	}
	for (;;) {
		int status;
		pid_t stopped = waitpid(-1, &status, __WALL);
		if (stopped < 0 && errno == EINTR) {
			if (is_spinning(thread)) return -1;
			continue;
		}
		if (stopped < 0) refuse("lost thread %d", tid);
		world.counts.stops++;
		if (stopped == tid) return status;
		keep_status(stopped, status);
		if (thread->is_gone) return -1;
	}
}
