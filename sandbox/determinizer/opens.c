// Opening files: which ones are answered from here, and what a new file does to the times of its directory.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

// What a program that cannot do without will not say by itself, or in other words.
static void name_device(const char *path) {
	static const char *const devices[] = {"/dev/kvm", "/dev/nvidia", "/dev/dri", "/dev/kfd", "/dev/vfio", "/dev/fuse", "/dev/net/tun",
		"/dev/mem", "/dev/infiniband", "/dev/video", "/dev/snd"};
	static bool is_told[sizeof devices / sizeof *devices];
	for (size_t index = 0; index < sizeof devices / sizeof *devices; index++) {
		if (!starts_with(path, devices[index]) || is_told[index]) continue;
		is_told[index] = true;
		notice("%.100s is not available: a job has no devices of the machine", path);
	}
}

// Remembers whether the file was there, to tell a new one from a truncated one.
static enum outcome open_for_writing(struct thread *thread, uint64_t directory, const char *path, int flags) {
	struct stat look;
	thread->kept[1] = stat_path(thread, directory, path, &look);
	thread->kept[2] = (uint64_t)flags;
	thread->kept[3] = directory;
	return PROCEED_TO_EXIT;
}

// Opening a named pipe waits for its other end.
static bool waits_for_other_end(struct thread *thread, uint64_t directory, const char *path, int flags) {
	struct stat look;
	if (is_alone() || flags & O_NONBLOCK || (flags & O_ACCMODE) == O_RDWR) return false;
	return stat_path(thread, directory, path, &look) && S_ISFIFO(look.st_mode);
}

static enum outcome open_named_pipe(struct thread *thread) {
	wait_for(thread, WAITS_IN_KERNEL, FOREVER);
	memset(thread->kept, 0, sizeof thread->kept);
	thread->kept[1] = 1; // it was there
	return PROCEED_TO_EXIT;
}

static enum outcome enter(struct thread *thread, registers *r, uint64_t directory, uint64_t path_at, int flags) {
	char path[4096];
	world.counts.opens++;
	thread->kept[0] = path_at;
	if (!read_text(thread, path_at, path, sizeof path)) return PROCEED;
	if (starts_with(path, "/dev/")) name_device(path);
	if (starts_with(path, "/dev/") && strstr(path, "random")) world.has_random_device = true;
	if (is_proc_path(thread, directory, path, sizeof path)) return open_proc(thread, r, path, flags);
	if (waits_for_other_end(thread, directory, path, flags)) return open_named_pipe(thread);
	if (flags & (O_CREAT | O_TRUNC) || (flags & O_TMPFILE) == O_TMPFILE) return open_for_writing(thread, directory, path, flags);
	return PROCEED;
}

enum outcome enter_open(struct thread *thread, registers *r) {
	return enter(thread, r, (uint64_t)AT_FDCWD, argument(r, 0), (int)argument(r, 1));
}

enum outcome enter_creat(struct thread *thread, registers *r) {
	return enter(thread, r, (uint64_t)AT_FDCWD, argument(r, 0), O_CREAT | O_TRUNC | O_WRONLY);
}

enum outcome enter_openat(struct thread *thread, registers *r) {
	return enter(thread, r, argument(r, 0), argument(r, 1), (int)argument(r, 2));
}

// Hardly used; the C library's fallback is openat.
enum outcome enter_openat2(struct thread *thread, registers *r) {
	(void)thread;
	skip_call(r, -ENOSYS);
	return ANSWERED;
}

static void note_opened(struct thread *thread, int descriptor) {
	char path[4096];
	struct stat look;
	int borrowed = borrow_descriptor(thread, descriptor), flags = (int)thread->kept[2];
	bool is_known = borrowed >= 0 && fstat(borrowed, &look) == 0, is_new = !thread->kept[1];
	if (borrowed >= 0) close(borrowed);
	if (!is_known || !S_ISREG(look.st_mode) || (!is_new && !(flags & O_TRUNC))) return;
	if (is_new) forget_inode(look.st_dev, look.st_ino);
	touch_inode(look.st_dev, look.st_ino, false);
	if (is_new && read_text(thread, thread->kept[0], path, sizeof path)) touch_parent(thread, thread->kept[3], path);
}

enum outcome leave_open(struct thread *thread, registers *r) {
	if (thread->kept[1] == FOREVER) return leave_served(thread, r);
	if (call_result(r) >= 0) note_opened(thread, (int)call_result(r));
	return FINISHED;
}
