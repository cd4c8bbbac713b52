// Futexes are kept here and never wait in the kernel: first come, first woken. Spurious wakes are allowed by their contract.
#include "determinizer.h"
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>

// A private futex is named by its process; a shared one by what is mapped at its address.
static void shared_key(struct thread *thread, uint64_t address, uint64_t key[2]) {
	char path[64], line[512];
	snprintf(path, sizeof path, "/proc/%d/maps", thread->tid);
	FILE *file = fopen(path, "re");
	if (!file) return;
	while (fgets(line, sizeof line, file)) {
		unsigned long start, end, offset, inode;
		unsigned major, minor;
		char rights[8];
		if (sscanf(line, "%lx-%lx %7s %lx %x:%x %lu", &start, &end, rights, &offset, &major, &minor, &inode) != 7) continue;
		if (address < start || address >= end) continue;
		if (rights[3] == 's') {
			key[0] = ((uint64_t)major << 52) ^ ((uint64_t)minor << 40) ^ inode ^ (1ULL << 63);
			key[1] = offset + (address - start);
		}
		break;
	}
	fclose(file);
}

static void find_key(struct thread *thread, uint64_t address, bool is_private, uint64_t key[2]) {
	key[0] = (uint64_t)(uintptr_t)thread->process;
	key[1] = address;
	if (!is_private) shared_key(thread, address, key);
}

static bool waits_at(const struct thread *thread, const uint64_t key[2]) {
	if (thread->is_gone || thread->wait.kind != WAITS_FOR_FUTEX || thread->wait.is_woken) return false;
	return thread->wait.futex_key[0] == key[0] && thread->wait.futex_key[1] == key[1];
}

// The queue is in order of arrival: `seen` holds the ticket.
static struct thread *first_waiter(const uint64_t key[2], uint32_t bits) {
	struct thread *first = NULL;
	for (struct thread *thread = world.threads; thread; thread = thread->next) {
		if (!waits_at(thread, key) || !(thread->wait.futex_bits & bits)) continue;
		if (!first || thread->wait.seen < first->wait.seen) first = thread;
	}
	return first;
}

static long wake(const uint64_t key[2], uint32_t bits, int most) {
	long woken = 0;
	struct thread *thread;
	while (woken < most && (thread = first_waiter(key, bits))) {
		thread->wait.is_woken = true;
		woken++;
	}
	return woken;
}

static long requeue(const uint64_t from[2], const uint64_t to[2], int most) {
	long moved = 0;
	struct thread *thread;
	while (moved < most && (from[0] != to[0] || from[1] != to[1]) && (thread = first_waiter(from, ~0u))) {
		memcpy(thread->wait.futex_key, to, sizeof thread->wait.futex_key);
		moved++;
	}
	return moved;
}

void wake_at_exit(struct thread *thread) {
	uint64_t key[2] = {(uint64_t)(uintptr_t)thread->process, thread->clear_tid};
	if (thread->clear_tid) wake(key, ~0u, INT32_MAX);
}

// A process that ends may have held robust or shared locks: all that wait for shared ones look again.
void wake_shared_waiters(void) {
	for (struct thread *thread = world.threads; thread; thread = thread->next)
		if (thread->wait.kind == WAITS_FOR_FUTEX && thread->wait.futex_key[0] >> 63) thread->wait.is_woken = true;
}

static enum outcome answered(registers *r, long value) {
	skip_call(r, value);
	return ANSWERED;
}

static uint64_t wait_deadline(struct thread *thread, registers *r, int operation) {
	uint64_t span = read_relative(thread, argument(r, 3));
	if (span == FOREVER) return FOREVER;
	if (operation == FUTEX_WAIT) return deadline_after(span);
	uint64_t base = clock_base(argument(r, 1) & FUTEX_CLOCK_REALTIME ? 0 : 1);
	return span > base ? span - base : 0;
}

static enum outcome enter_wait(struct thread *thread, registers *r, int operation, bool is_private) {
	static uint64_t tickets;
	if (thread->wait.is_begun) {
		if (thread->wait.is_woken) return answered(r, 0);
		return has_timed_out(thread) ? answered(r, -ETIMEDOUT) : WAITING;
	}
	uint32_t value;
	if (!read_memory(thread, argument(r, 0), &value, sizeof value)) return answered(r, -EFAULT);
	if (value != (uint32_t)argument(r, 2)) return answered(r, -EAGAIN);
	wait_for(thread, WAITS_FOR_FUTEX, wait_deadline(thread, r, operation));
	thread->wait.is_restartable = thread->wait.deadline_ns == FOREVER;
	thread->wait.seen = ++tickets;
	thread->wait.futex_bits = operation == FUTEX_WAIT ? ~0u : (uint32_t)argument(r, 5);
	find_key(thread, argument(r, 0), is_private, thread->wait.futex_key);
	return WAITING;
}

static int32_t apply(uint32_t code, int32_t old) {
	int32_t operand = (int32_t)(code << 8) >> 20;
	if (code & 0x80000000u) operand = 1 << (operand & 31);
	switch ((code >> 28) & 7) {
	case FUTEX_OP_SET: return operand;
	case FUTEX_OP_ADD: return old + operand;
	case FUTEX_OP_OR: return old | operand;
	case FUTEX_OP_ANDN: return old & ~operand;
	default: return old ^ operand;
	}
}

static bool compares(uint32_t code, int32_t old) {
	int32_t operand = (int32_t)(code << 20) >> 20;
	switch ((code >> 24) & 15) {
	case FUTEX_OP_CMP_EQ: return old == operand;
	case FUTEX_OP_CMP_NE: return old != operand;
	case FUTEX_OP_CMP_LT: return old < operand;
	case FUTEX_OP_CMP_LE: return old <= operand;
	case FUTEX_OP_CMP_GT: return old > operand;
	default: return old >= operand;
	}
}

static enum outcome wake_and_change(struct thread *thread, registers *r, const uint64_t first[2], const uint64_t second[2]) {
	int32_t old;
	uint32_t code = (uint32_t)argument(r, 5);
	if (!read_memory(thread, argument(r, 4), &old, sizeof old)) return answered(r, -EFAULT);
	int32_t changed = apply(code, old);
	if (!write_memory(thread, argument(r, 4), &changed, sizeof changed)) return answered(r, -EFAULT);
	long woken = wake(first, ~0u, (int)argument(r, 2));
	if (compares(code, old)) woken += wake(second, ~0u, (int)argument(r, 3));
	return answered(r, woken);
}

static enum outcome move_waiters(struct thread *thread, registers *r, const uint64_t first[2], const uint64_t second[2]) {
	uint32_t value;
	if ((argument(r, 1) & FUTEX_CMD_MASK) == FUTEX_CMP_REQUEUE) {
		if (!read_memory(thread, argument(r, 0), &value, sizeof value)) return answered(r, -EFAULT);
		if (value != (uint32_t)argument(r, 5)) return answered(r, -EAGAIN);
	}
	long woken = wake(first, ~0u, (int)argument(r, 2));
	return answered(r, woken + requeue(first, second, (int)argument(r, 3)));
}

enum outcome enter_futex(struct thread *thread, registers *r) {
	int operation = (int)argument(r, 1) & FUTEX_CMD_MASK;
	bool is_private = argument(r, 1) & FUTEX_PRIVATE_FLAG;
	uint64_t first[2], second[2];
	if (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET) return enter_wait(thread, r, operation, is_private);
	// Priority inheritance is not kept here; libraries take the answer as "not supported".
	if (operation > FUTEX_WAKE_BITSET || operation == FUTEX_FD || operation >= FUTEX_LOCK_PI && operation <= FUTEX_TRYLOCK_PI)
		return answered(r, -ENOSYS);
	find_key(thread, argument(r, 0), is_private, first);
	if (operation == FUTEX_WAKE) return answered(r, wake(first, ~0u, (int)argument(r, 2)));
	if (operation == FUTEX_WAKE_BITSET) return answered(r, wake(first, (uint32_t)argument(r, 5), (int)argument(r, 2)));
	find_key(thread, argument(r, 4), is_private, second);
	if (operation == FUTEX_WAKE_OP) return wake_and_change(thread, r, first, second);
	return move_waiters(thread, r, first, second);
}
