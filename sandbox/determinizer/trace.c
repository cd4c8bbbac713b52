// The tracer's hands: registers, memory, one injected call, resume, and waiting for the thread that runs.
#include "determinizer.h"
#include <errno.h>
#include <signal.h>
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
	aim_at_call(&r, at, call);
	set_registers(thread, &r);
	do {
		int status;
		if (ptrace(PTRACE_SINGLESTEP, thread->tid, 0, 0)) return -ESRCH;
		if (waitpid(thread->tid, &status, __WALL) < 0 || !WIFSTOPPED(status)) return -ESRCH;
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
