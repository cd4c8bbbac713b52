// The system call filter: what is in the call table stops for the tracer, everything else runs at full speed.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct sock_filter program[CALLS_END * 2 + 64];
static unsigned short length;

static void add(struct sock_filter instruction) { program[length++] = instruction; }

static void load(unsigned offset) { add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }

static void answer(unsigned action) { add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action)); }

static void unless_equal_skip(unsigned value, unsigned char count) {
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count));
}

// fcntl is common and only its waiting locks matter.
static void trace_waiting_locks(void) {
	unless_equal_skip(SYS_fcntl, 5);
	load(offsetof(struct seccomp_data, args[1]));
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETLKW, 1, 0));
	unless_equal_skip(F_OFD_SETLKW, 1);
	answer(SECCOMP_RET_TRACE);
	answer(SECCOMP_RET_ALLOW);
}

// The call instruction behind the gate lets some calls through.
static void open_gate(void) {
	unsigned char count = 0;
	while (SHORTCUTS[count] >= 0) count++;
	load(offsetof(struct seccomp_data, instruction_pointer));
	unless_equal_skip((uint32_t)GATE_RETURN, (unsigned char)(3 + 2 * count));
	load(offsetof(struct seccomp_data, instruction_pointer) + 4);
	unless_equal_skip((uint32_t)(GATE_RETURN >> 32), (unsigned char)(1 + 2 * count));
	load(offsetof(struct seccomp_data, nr));
	for (int index = 0; index < count; index++) {
		unless_equal_skip((unsigned)SHORTCUTS[index], 1);
		answer(SECCOMP_RET_ALLOW);
	}
}

int install_filter(void) {
	load(offsetof(struct seccomp_data, arch));
	unless_equal_skip(ARCH_AUDIT, 1);
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
	answer(SECCOMP_RET_ERRNO | ENOSYS); // 32-bit programs are refused when they are started
	open_gate();
	load(offsetof(struct seccomp_data, nr));
	trace_waiting_locks();
	for (unsigned number = 0; number < CALLS_END; number++) {
		if (!call_of((long)number) || number == SYS_fcntl) continue;
		unless_equal_skip(number, 1);
		answer(SECCOMP_RET_TRACE);
	}
	// Calls newer than the table, and those of the x32 interface, do not exist here: their answers would differ by kernel.
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_END, 0, 1));
	answer(SECCOMP_RET_ERRNO | ENOSYS);
	answer(SECCOMP_RET_ALLOW);
	struct sock_fprog filter = {.len = length, .filter = program};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}
