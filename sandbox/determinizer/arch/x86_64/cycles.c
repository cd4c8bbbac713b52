// RDTSC and RDTSCP: trapped by PR_SET_TSC as a SIGSEGV of the kernel, answered from the virtual clock.
#include "../../determinizer.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#define CYCLES_PER_NANOSECOND 2

int trap_cycle_counter(void) { return prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0); }

static int instruction_bytes(struct thread *thread, registers *r) {
	uint8_t code[3] = {0};
	if (!read_memory(thread, r->rip, code, 2)) return 0;
	if (code[0] == 0x0f && code[1] == 0x31) return 2;
	if (code[0] != 0x0f || code[1] != 0x01) return 0;
	if (!read_memory(thread, r->rip + 2, code + 2, 1) || code[2] != 0xf9) return 0;
	r->rcx = 0; // RDTSCP also names the CPU
	return 3;
}

bool answer_cycle_counter(struct thread *thread) {
	siginfo_t info;
	if (ptrace(PTRACE_GETSIGINFO, thread->tid, 0, &info) || info.si_code != SI_KERNEL) return false;
	registers r;
	get_registers(thread, &r);
	int bytes = instruction_bytes(thread, &r);
	if (!bytes) return false;
	uint64_t cycles = clock_tick() * CYCLES_PER_NANOSECOND;
	r.rax = (uint32_t)cycles;
	r.rdx = cycles >> 32;
	r.rip += bytes;
	set_registers(thread, &r);
	world.counts.cycles++;
	return true;
}
