// What the rest of the determinizer knows about the processor: how a system call is spelt in registers.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <linux/audit.h>
#include <sys/syscall.h>
#include <sys/user.h>

#define ARCH_AUDIT AUDIT_ARCH_X86_64
#define ARCH_MACHINE "x86_64"
#define CALLS_END 512

typedef struct user_regs_struct registers;

static inline long call_number(const registers *r) { return (long)r->orig_rax; }
static inline long call_result(const registers *r) { return (long)r->rax; }
static inline void set_call_number(registers *r, long number) { r->orig_rax = (unsigned long)number; }
static inline void set_call_result(registers *r, long value) { r->rax = (unsigned long)value; }
static inline uint64_t stack_pointer(const registers *r) { return r->rsp; }
static inline uint64_t program_counter(const registers *r) { return r->rip; }

// Whether the program is one of the 32-bit architecture.
static inline bool is_foreign(const registers *r) { return r->cs == 0x23; }

static inline uint64_t argument(const registers *r, int index) {
	const uint64_t values[6] = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9};
	return values[index];
}

static inline void set_argument(registers *r, int index, uint64_t value) {
	unsigned long *slots[6] = {&r->rdi, &r->rsi, &r->rdx, &r->r10, &r->r8, &r->r9};
	*slots[index] = value;
}

// Turns the call at whose entry the thread stands into one that does nothing and returns `value`.
static inline void skip_call(registers *r, long value) {
	set_call_number(r, -1);
	set_call_result(r, value);
}

// At the exit of a call: makes the thread issue it once more when it is resumed.
static inline void rewind_call(registers *r, long number) {
	r->rip -= 2;
	r->rax = (unsigned long)number;
}

static inline void undo_rewind(registers *r, long value) {
	r->rip += 2;
	r->rax = (unsigned long)value;
}

// Points the registers at an injected call; `address` is that of a system call instruction.
static inline void aim_at_call(registers *r, uint64_t address, const uint64_t call[7]) {
	r->rip = address;
	r->orig_rax = (unsigned long)-1;
	r->rax = call[0];
	for (int index = 0; index < 6; index++) set_argument(r, index, call[index + 1]);
}

#define CALL_INSTRUCTION_BYTES 2
static const uint8_t CALL_INSTRUCTION[8] = {0x0f, 0x05, 0xcc};

// Calls that may be answered in the job, and go through the gate: its instruction returns to this address.
static const short SHORTCUTS[] = {SYS_newfstatat, SYS_stat, SYS_lstat, SYS_fstat, SYS_statx, SYS_openat, SYS_pread64, SYS_readlink, SYS_readlinkat, -1};
#define GATE_RETURN (GATE_ADDRESS + CALL_INSTRUCTION_BYTES)

struct thread;
// Answers a trapped read of the time-stamp counter; false when the fault was something else.
bool answer_cycle_counter(struct thread *thread);
// Asks the kernel to trap reads of the time-stamp counter; inherited by every child and kept across exec.
int trap_cycle_counter(void);
