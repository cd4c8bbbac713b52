// Reading and writing: a call that would wait in the kernel waits here instead, and what comes from or goes to the outside of
// the job happens while nobody else runs.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

// What a pipe takes at once after it has polled as writable: PIPE_BUF. A local socket takes a whole buffer.
#define PIPE_PIECE 4096
#define SOCKET_PIECE 32768
#define SEGMENTS 1024

static struct stat outside[3];

void remember_outside_descriptors(void) {
	for (int descriptor = 0; descriptor < 3; descriptor++) fstat(descriptor, &outside[descriptor]);
}

static bool is_outside(const struct stat *look) {
	for (int index = 0; index < 3; index++)
		if (outside[index].st_dev == look->st_dev && outside[index].st_ino == look->st_ino) return true;
	return false;
}

// A duplicate of the thread's descriptor in this process; to be closed.
int borrow_descriptor(struct thread *thread, int descriptor) {
	return (int)syscall(SYS_pidfd_getfd, thread->process->pidfd, descriptor, 0);
}

static bool is_borrowed_ready(int borrowed, short events) {
	struct pollfd ask = {.fd = borrowed, .events = events};
	int ready;
	do ready = poll(&ask, 1, 0);
	while (ready < 0 && errno == EINTR); // the alarm rings even in a call that does not wait
	return ready != 0;
}

bool is_descriptor_ready(struct thread *thread, int descriptor, short events) {
	int borrowed = borrow_descriptor(thread, descriptor);
	if (borrowed < 0) return true;
	bool is_ready = is_borrowed_ready(borrowed, events);
	close(borrowed);
	return is_ready;
}

static bool never_waits(const struct stat *look) { return S_ISREG(look->st_mode) || S_ISDIR(look->st_mode) || S_ISBLK(look->st_mode) || S_ISCHR(look->st_mode); }

static bool is_random_device(const struct stat *look) {
	return S_ISCHR(look->st_mode) && (look->st_rdev == makedev(1, 8) || look->st_rdev == makedev(1, 9));
}

static bool must_wait(int borrowed, short events) {
	if (is_borrowed_ready(borrowed, events)) return false;
	return !(fcntl(borrowed, F_GETFL) & O_NONBLOCK);
}

static enum outcome wait_descriptor(struct thread *thread, int descriptor, short events) {
	wait_for(thread, WAITS_FOR_DESCRIPTOR, FOREVER);
	thread->wait.descriptor = descriptor;
	thread->wait.events = events;
	thread->wait.is_restartable = true;
	return WAITING;
}

static enum outcome wait_until(struct thread *thread, int descriptor, short events) {
	struct stat look;
	int borrowed = borrow_descriptor(thread, descriptor);
	if (borrowed < 0 || fstat(borrowed, &look)) return PROCEED;
	bool waits = !never_waits(&look) && !is_outside(&look) && must_wait(borrowed, events);
	close(borrowed);
	return waits ? wait_descriptor(thread, descriptor, events) : PROCEED;
}

static bool can_only_wait_for_outside(void) { return is_alone() && !has_timers(); }

static bool reads_random_device(struct thread *thread, int descriptor) {
	struct stat look;
	if (!world.has_random_device) return false;
	int borrowed = borrow_descriptor(thread, descriptor);
	bool is_random = borrowed >= 0 && fstat(borrowed, &look) == 0 && is_random_device(&look);
	if (borrowed >= 0) close(borrowed);
	return is_random;
}

enum outcome enter_read(struct thread *thread, registers *r) {
	int descriptor = (int)argument(r, 0);
	if (reads_random_device(thread, descriptor)) return answer_random(thread, r, argument(r, 1), argument(r, 2));
	if (can_only_wait_for_outside()) return PROCEED;
	return wait_until(thread, descriptor, POLLIN);
}

enum outcome enter_readv(struct thread *thread, registers *r) {
	int descriptor = (int)argument(r, 0);
	struct iovec first;
	if (reads_random_device(thread, descriptor) && read_memory(thread, argument(r, 1), &first, sizeof first))
		return answer_random(thread, r, (uint64_t)(uintptr_t)first.iov_base, first.iov_len);
	if (can_only_wait_for_outside()) return PROCEED;
	return wait_until(thread, descriptor, POLLIN);
}

enum outcome enter_recv(struct thread *thread, registers *r) {
	int flags_at = call_number(r) == SYS_recvmsg ? 2 : 3;
	if ((argument(r, flags_at) & MSG_DONTWAIT) || can_only_wait_for_outside()) return PROCEED;
	return wait_until(thread, (int)argument(r, 0), POLLIN);
}

enum outcome enter_accept(struct thread *thread, registers *r) { return wait_until(thread, (int)argument(r, 0), POLLIN); }

struct payload {
	struct iovec segments[SEGMENTS];
	size_t count, bytes;
};

static bool find_payload(struct thread *thread, const registers *r, struct payload *payload) {
	payload->bytes = 0;
	if (call_number(r) != SYS_writev) {
		payload->count = 1;
		payload->segments[0] = (struct iovec){(void *)argument(r, 1), argument(r, 2)};
	} else {
		payload->count = argument(r, 2);
		if (payload->count > SEGMENTS || !read_memory(thread, argument(r, 1), payload->segments, payload->count * sizeof(struct iovec)))
			return false;
	}
	for (size_t index = 0; index < payload->count; index++) payload->bytes += payload->segments[index].iov_len;
	return true;
}

static bool write_fully(int borrowed, const uint8_t *bytes, size_t count) {
	while (count > 0) {
		ssize_t done = write(borrowed, bytes, count);
		if (done < 0 && errno == EAGAIN) {
			struct pollfd ask = {.fd = borrowed, .events = POLLOUT};
			poll(&ask, 1, -1);
		} else if (done < 0 && errno != EINTR) return false;
		else if (done > 0) bytes += done, count -= (size_t)done;
	}
	return true;
}

static bool send_segment(struct thread *thread, int borrowed, struct iovec segment) {
	static uint8_t buffer[65536];
	for (size_t done = 0; done < segment.iov_len;) {
		size_t piece = segment.iov_len - done < sizeof buffer ? segment.iov_len - done : sizeof buffer;
		if (!read_memory(thread, (uint64_t)(uintptr_t)segment.iov_base + done, buffer, piece)) return false;
		if (!write_fully(borrowed, buffer, piece)) return false;
		done += piece;
	}
	return true;
}

// Output to the outside is written here, whole: how fast the reader is must not be seen as a short or refused write.
static enum outcome send_outside(struct thread *thread, registers *r, int borrowed, const struct payload *payload) {
	for (size_t index = 0; index < payload->count; index++)
		if (!send_segment(thread, borrowed, payload->segments[index])) return PROCEED;
	skip_call(r, (long)payload->bytes);
	return ANSWERED;
}

static uint64_t piece_for(int borrowed, const struct stat *look) {
	int queued = 1;
	if (S_ISSOCK(look->st_mode)) return SOCKET_PIECE;
	if (S_ISFIFO(look->st_mode) && ioctl(borrowed, FIONREAD, &queued) == 0 && queued == 0) return (uint64_t)fcntl(borrowed, F_GETPIPE_SZ);
	return PIPE_PIECE;
}

// Aims the call at what is left of the payload, at most `piece` bytes of it.
static void aim_at_piece(struct thread *thread, registers *r, const struct payload *payload, uint64_t piece) {
	uint64_t skip = thread->wait.done_bytes;
	for (size_t index = 0; index < payload->count; index++) {
		struct iovec segment = payload->segments[index];
		if (skip >= segment.iov_len) {
			skip -= segment.iov_len;
			continue;
		}
		uint64_t left = segment.iov_len - skip;
		if (call_number(r) == SYS_writev) set_call_number(r, SYS_write);
		set_argument(r, 1, (uint64_t)(uintptr_t)segment.iov_base + skip);
		set_argument(r, 2, left < piece ? left : piece);
		return;
	}
}

static enum outcome write_pieces(struct thread *thread, registers *r, int borrowed, const struct stat *look) {
	static struct payload payload;
	if (fcntl(borrowed, F_GETFL) & O_NONBLOCK) return PROCEED;
	if (call_number(r) == SYS_sendto && argument(r, 3) & MSG_DONTWAIT) return PROCEED;
	if (!is_borrowed_ready(borrowed, POLLOUT)) return wait_descriptor(thread, (int)argument(r, 0), POLLOUT);
	uint64_t piece = piece_for(borrowed, look);
	if (call_number(r) == SYS_sendmsg || !find_payload(thread, r, &payload)) return PROCEED;
	if (payload.bytes <= piece && !thread->wait.done_bytes) return PROCEED;
	wait_descriptor(thread, (int)argument(r, 0), POLLOUT);
	thread->kept[0] = argument(r, 1);
	thread->kept[1] = argument(r, 2);
	thread->kept[2] = payload.bytes;
	aim_at_piece(thread, r, &payload, piece);
	return PROCEED_TO_EXIT;
}

enum outcome leave_write(struct thread *thread, registers *r) {
	long written = call_result(r);
	set_argument(r, 1, thread->kept[0]);
	set_argument(r, 2, thread->kept[1]);
	if (written > 0) thread->wait.done_bytes += (uint64_t)written;
	if (written > 0 && thread->wait.done_bytes < thread->kept[2]) return WAITING;
	if (thread->wait.done_bytes) set_call_result(r, (long)thread->wait.done_bytes);
	return FINISHED;
}

static enum outcome write_to(struct thread *thread, registers *r, int borrowed) {
	static struct payload payload;
	struct stat look;
	if (fstat(borrowed, &look)) return PROCEED;
	if (S_ISREG(look.st_mode)) touch_inode(look.st_dev, look.st_ino, false);
	if (never_waits(&look)) return PROCEED;
	if (!is_outside(&look)) return write_pieces(thread, r, borrowed, &look);
	if (call_number(r) == SYS_sendmsg || !find_payload(thread, r, &payload)) return PROCEED;
	return send_outside(thread, r, borrowed, &payload);
}

enum outcome enter_write(struct thread *thread, registers *r) {
	int borrowed = borrow_descriptor(thread, (int)argument(r, 0));
	if (borrowed < 0) return PROCEED;
	enum outcome outcome = write_to(thread, r, borrowed);
	close(borrowed);
	return outcome;
}

enum outcome enter_writev(struct thread *thread, registers *r) { return enter_write(thread, r); }

static void touch_descriptor(struct thread *thread, int descriptor) {
	struct stat look;
	int borrowed = borrow_descriptor(thread, descriptor);
	if (borrowed < 0) return;
	if (fstat(borrowed, &look) == 0 && S_ISREG(look.st_mode)) touch_inode(look.st_dev, look.st_ino, false);
	close(borrowed);
}

// pwrite, ftruncate, fallocate: they never wait.
enum outcome enter_pwrite(struct thread *thread, registers *r) {
	touch_descriptor(thread, (int)argument(r, 0));
	return PROCEED;
}

enum outcome enter_copy(struct thread *thread, registers *r) {
	touch_descriptor(thread, (int)argument(r, 2));
	return PROCEED;
}

// splice(in, ..., out, ..., length), tee(in, out, length), sendfile(out, in, ..., length): a short count is a right answer.
enum outcome enter_splice(struct thread *thread, registers *r) {
	bool sends = call_number(r) == SYS_sendfile;
	int from = (int)argument(r, sends ? 1 : 0), to = (int)argument(r, sends ? 0 : call_number(r) == SYS_splice ? 2 : 1);
	int length_at = sends ? 3 : call_number(r) == SYS_splice ? 4 : 2;
	if (reads_random_device(thread, from)) {
		skip_call(r, -EINVAL);
		return ANSWERED;
	}
	touch_descriptor(thread, to);
	if (can_only_wait_for_outside()) return PROCEED;
	if (wait_until(thread, from, POLLIN) == WAITING || wait_until(thread, to, POLLOUT) == WAITING) return WAITING;
	uint64_t length = argument(r, length_at);
	memcpy(thread->kept, (uint64_t[4]){(uint64_t)length_at, length, (uint64_t)length_at, length}, sizeof thread->kept);
	if (length > PIPE_PIECE) set_argument(r, length_at, PIPE_PIECE);
	return PROCEED_TO_EXIT;
}

// vmsplice(pipe, segments, count, flags): into a pipe of the job as much as fits. A program does without it where the pipe leads outside.
enum outcome enter_vmsplice(struct thread *thread, registers *r) {
	struct stat look;
	int descriptor = (int)argument(r, 0), borrowed = borrow_descriptor(thread, descriptor);
	bool leads_outside = borrowed >= 0 && fstat(borrowed, &look) == 0 && is_outside(&look);
	short events = borrowed >= 0 && (fcntl(borrowed, F_GETFL) & O_ACCMODE) == O_RDONLY ? POLLIN : POLLOUT;
	if (borrowed >= 0) close(borrowed);
	if (leads_outside) {
		skip_call(r, -EINVAL);
		return ANSWERED;
	}
	if (!(argument(r, 3) & SPLICE_F_NONBLOCK) && wait_until(thread, descriptor, events) == WAITING) return WAITING;
	set_argument(r, 3, argument(r, 3) | SPLICE_F_NONBLOCK);
	return PROCEED;
}

// Connecting waits while the other side's queue is full, and cannot be polled for: it is tried without waiting, again and again.
enum outcome enter_connect(struct thread *thread, registers *r) {
	int borrowed = borrow_descriptor(thread, (int)argument(r, 0));
	int flags = borrowed < 0 ? O_NONBLOCK : fcntl(borrowed, F_GETFL);
	if (!(flags & O_NONBLOCK)) {
		wait_for(thread, WAITS_FOR_CHANGE, FOREVER);
		thread->wait.is_restartable = true;
		fcntl(borrowed, F_SETFL, flags | O_NONBLOCK);
	}
	if (borrowed >= 0) close(borrowed);
	return flags & O_NONBLOCK ? PROCEED : PROCEED_TO_EXIT;
}

enum outcome leave_connect(struct thread *thread, registers *r) {
	int borrowed = borrow_descriptor(thread, (int)argument(r, 0));
	if (borrowed >= 0) {
		fcntl(borrowed, F_SETFL, fcntl(borrowed, F_GETFL) & ~O_NONBLOCK);
		close(borrowed);
	}
	return call_result(r) == -EAGAIN ? WAITING : FINISHED;
}
