// Waiting for several descriptors, and for locks: the call is made without waiting, and made again when others have run.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>

#define LONGEST_SET 8192 // bytes of one fd_set that are kept across tries

static uint64_t zero_time(void) {
	memset(shared->scratch, 0, 32);
	return SHARED_ADDRESS + offsetof(struct shared, scratch);
}

// Tries with a time-out of zero, whose place is argument `at`.
static enum outcome try_once(struct thread *thread, registers *r, uint64_t deadline_ns, int at, uint64_t zero) {
	wait_for(thread, WAITS_FOR_CHANGE, deadline_ns);
	thread->kept[0] = (uint64_t)at;
	thread->kept[1] = argument(r, at);
	set_argument(r, at, zero);
	if (thread->wait.deadline_ns <= clock_now()) world.gives_way = true;
	return PROCEED_TO_EXIT;
}

enum outcome leave_poll(struct thread *thread, registers *r) {
	set_argument(r, (int)thread->kept[0], thread->kept[1]);
	if (call_result(r) != 0 || has_timed_out(thread)) return FINISHED;
	if (call_number(r) != SYS_select && call_number(r) != SYS_pselect6) return WAITING;
	size_t bytes = (argument(r, 0) + 63) / 64 * 8;
	for (int set = 0; set < 3 && thread->sets; set++)
		if (argument(r, set + 1)) write_memory(thread, argument(r, set + 1), thread->sets + (size_t)set * LONGEST_SET, bytes);
	return WAITING;
}

static uint64_t milliseconds(long timeout) { return timeout < 0 ? FOREVER : deadline_after((uint64_t)timeout * 1000000); }

enum outcome enter_poll(struct thread *thread, registers *r) {
	return try_once(thread, r, milliseconds((int)argument(r, 2)), 2, 0);
}

static void use_mask(struct thread *thread, uint64_t address) {
	if (address && read_memory(thread, address, &thread->wait.signal_mask, 8)) thread->wait.has_mask = true;
}

enum outcome enter_ppoll(struct thread *thread, registers *r) {
	enum outcome outcome = try_once(thread, r, deadline_after(read_relative(thread, argument(r, 2))), 2, zero_time());
	use_mask(thread, argument(r, 3));
	return outcome;
}

static void keep_sets(struct thread *thread, const registers *r) {
	size_t bytes = (argument(r, 0) + 63) / 64 * 8;
	if (bytes > LONGEST_SET) refuse("select over more than %d descriptors", LONGEST_SET * 8);
	if (!thread->sets) thread->sets = malloc(3 * LONGEST_SET);
	if (!thread->sets) refuse("out of memory for select");
	for (int set = 0; set < 3; set++)
		if (argument(r, set + 1)) read_memory(thread, argument(r, set + 1), thread->sets + (size_t)set * LONGEST_SET, bytes);
}

enum outcome enter_select(struct thread *thread, registers *r) {
	struct timeval span;
	uint64_t deadline = FOREVER;
	if (argument(r, 4) && read_memory(thread, argument(r, 4), &span, sizeof span))
		deadline = deadline_after((uint64_t)span.tv_sec * SECOND_NS + (uint64_t)span.tv_usec * 1000);
	keep_sets(thread, r);
	return try_once(thread, r, deadline, 4, zero_time());
}

enum outcome enter_pselect(struct thread *thread, registers *r) {
	uint64_t mask_at = 0;
	keep_sets(thread, r);
	enum outcome outcome = try_once(thread, r, deadline_after(read_relative(thread, argument(r, 4))), 4, zero_time());
	if (argument(r, 5) && read_memory(thread, argument(r, 5), &mask_at, sizeof mask_at)) use_mask(thread, mask_at);
	return outcome;
}

// An epoll set is itself a descriptor that can be asked from here.
static enum outcome wait_epoll(struct thread *thread, registers *r, uint64_t deadline_ns, uint64_t zero) {
	if (!is_descriptor_ready(thread, (int)argument(r, 0), POLLIN)) {
		wait_for(thread, WAITS_FOR_DESCRIPTOR, deadline_ns);
		thread->wait.descriptor = (int)argument(r, 0);
		thread->wait.events = POLLIN;
		if (call_number(r) != SYS_epoll_wait) use_mask(thread, argument(r, 4));
		if (!has_timed_out(thread) && !(thread->wait.has_mask && has_signal(thread))) return WAITING;
	}
	enum outcome outcome = try_once(thread, r, deadline_ns, 3, zero);
	thread->wait.kind = WAITS_FOR_DESCRIPTOR;
	thread->wait.descriptor = (int)argument(r, 0);
	thread->wait.events = POLLIN;
	return outcome;
}

enum outcome enter_epoll_wait(struct thread *thread, registers *r) {
	return wait_epoll(thread, r, milliseconds((int)argument(r, 3)), 0);
}

enum outcome enter_epoll_pwait2(struct thread *thread, registers *r) {
	return wait_epoll(thread, r, deadline_after(read_relative(thread, argument(r, 3))), zero_time());
}

static enum outcome try_lock(struct thread *thread, registers *r, uint64_t without_waiting) {
	wait_for(thread, WAITS_FOR_CHANGE, FOREVER);
	thread->wait.is_restartable = true;
	thread->kept[0] = argument(r, 1);
	set_argument(r, 1, without_waiting);
	return PROCEED_TO_EXIT;
}

static enum outcome leave_lock(struct thread *thread, registers *r) {
	set_argument(r, 1, thread->kept[0]);
	return call_result(r) == -EAGAIN || call_result(r) == -EACCES ? WAITING : FINISHED;
}

enum outcome enter_flock(struct thread *thread, registers *r) {
	if (argument(r, 1) & (LOCK_NB | LOCK_UN)) return PROCEED;
	return try_lock(thread, r, argument(r, 1) | LOCK_NB);
}

enum outcome leave_flock(struct thread *thread, registers *r) { return leave_lock(thread, r); }

enum outcome enter_fcntl(struct thread *thread, registers *r) {
	return try_lock(thread, r, argument(r, 1) == F_SETLKW ? F_SETLK : F_OFD_SETLK);
}

enum outcome leave_fcntl(struct thread *thread, registers *r) { return leave_lock(thread, r); }
