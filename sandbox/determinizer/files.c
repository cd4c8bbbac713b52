// stat, statfs, and the calls that change what they show.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <unistd.h>

#define TMPFS 0x01021994
#define OVERLAY 0x794c7630

#define OPENAT2 437
#define NO_MOUNTS_NO_MAGIC 3 // RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS

// A path that crosses no mount and no link of /proc leads to the same file from here as from the job.
static int open_from(int base, const char *path, bool follows) {
	struct {
		uint64_t flags, mode, resolve;
	} how = {O_PATH | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW), 0, NO_MOUNTS_NO_MAGIC};
	int found = (int)syscall(OPENAT2, base, path, &how, sizeof how);
	return found < 0 ? -errno : found;
}

static int root = -1;

static int open_base(struct thread *thread, const char *path, int directory) {
	char link[64];
	if (path[0] == '/') return root;
	if (directory != AT_FDCWD) return borrow_descriptor(thread, directory);
	snprintf(link, sizeof link, "/proc/%d/cwd", thread->tid);
	return open(link, O_PATH | O_CLOEXEC);
}

static int open_here(struct thread *thread, int directory, uint64_t path_at, bool follows) {
	char path[4096];
	if (!read_text(thread, path_at, path, sizeof path) || !path[0]) return -EXDEV;
	if (root < 0) root = open("/", O_PATH | O_CLOEXEC);
	int base = open_base(thread, path, directory);
	if (base < 0) return -EXDEV;
	int found = open_from(base, path, follows);
	if (base != root) close(base);
	return found;
}

static int open_asked(struct thread *thread, const registers *r) {
	uint64_t first = argument(r, 0), flags = argument(r, 3);
	switch (call_number(r)) {
	case SYS_fstat: return borrow_descriptor(thread, (int)first);
	case SYS_stat: return open_here(thread, AT_FDCWD, first, true);
	case SYS_lstat: return open_here(thread, AT_FDCWD, first, false);
	default: break;
	}
	char start = 1;
	if (flags & AT_EMPTY_PATH && read_memory(thread, argument(r, 1), &start, 1) && !start)
		return (int)first == AT_FDCWD ? -EXDEV : borrow_descriptor(thread, (int)first);
	return open_here(thread, (int)first, argument(r, 1), !(flags & AT_SYMLINK_NOFOLLOW));
}

static bool is_exact(int error) { return error == -ENOENT || error == -ENOTDIR || error == -EACCES; }

// Answers from here where that is sure to be the same: one stop instead of two.
enum outcome enter_stat(struct thread *thread, registers *r) {
	struct stat look;
	uint64_t out = argument(r, call_number(r) == SYS_newfstatat ? 2 : 1);
	thread->kept[0] = out;
	world.counts.stats++;
	int found = open_asked(thread, r);
	if (found < 0 && !is_exact(found)) return PROCEED_TO_EXIT;
	int error = found < 0 ? found : fstat(found, &look) ? -errno : 0;
	if (found >= 0) close(found);
	if (!error) {
		hide_host(&shared->files, seen_inode(look.st_dev, look.st_ino), &look);
		if (!write_memory(thread, out, &look, sizeof look)) error = -EFAULT;
	}
	skip_call(r, error);
	return ANSWERED;
}

// The C library's struct stat is the kernel's on this architecture.
enum outcome leave_stat(struct thread *thread, registers *r) {
	struct stat look;
	if (call_result(r) != 0 || !read_memory(thread, thread->kept[0], &look, sizeof look)) return FINISHED;
	hide_host(&shared->files, seen_inode(look.st_dev, look.st_ino), &look);
	write_memory(thread, thread->kept[0], &look, sizeof look);
	return FINISHED;
}

// Flags with which a file that is open here can be asked in place of the path; the others are left to the kernel.
#define PLAIN_STATX (AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC)
#define MASK_THAT_FAILS 0x80000000u

static int open_asked_x(struct thread *thread, const registers *r) {
	char start = 1;
	int directory = (int)argument(r, 0);
	uint64_t flags = argument(r, 2);
	if (flags & ~(uint64_t)PLAIN_STATX || argument(r, 3) & MASK_THAT_FAILS) return -EXDEV;
	if (flags & AT_EMPTY_PATH && read_memory(thread, argument(r, 1), &start, 1) && !start)
		return directory == AT_FDCWD ? -EXDEV : borrow_descriptor(thread, directory);
	return open_here(thread, directory, argument(r, 1), !(flags & AT_SYMLINK_NOFOLLOW));
}

static void hide_in(struct statx_answer *x) { hide_host_x(&shared->files, seen_inode(statx_device(x), x->inode), x); }

// statx(directory, path, flags, mask, answer)
enum outcome enter_statx(struct thread *thread, registers *r) {
	struct statx_answer x;
	world.counts.stats++;
	int found = open_asked_x(thread, r);
	if (found < 0 && !is_exact(found)) return PROCEED_TO_EXIT;
	long error = found;
	if (found >= 0) {
		error = syscall(SYS_statx, found, "", AT_EMPTY_PATH, (unsigned)argument(r, 3), &x) ? -errno : 0;
		close(found);
	}
	if (!error) {
		hide_in(&x);
		if (!write_memory(thread, argument(r, 4), &x, sizeof x)) error = -EFAULT;
	}
	skip_call(r, error);
	return ANSWERED;
}

enum outcome leave_statx(struct thread *thread, registers *r) {
	struct statx_answer x;
	if (call_result(r) != 0 || !read_memory(thread, argument(r, 4), &x, sizeof x)) return FINISHED;
	hide_in(&x);
	write_memory(thread, argument(r, 4), &x, sizeof x);
	return FINISHED;
}

enum outcome enter_statfs(struct thread *thread, registers *r) {
	(void)thread;
	(void)r;
	return PROCEED_TO_EXIT;
}

enum outcome leave_statfs(struct thread *thread, registers *r) {
	struct statfs look;
	if (call_result(r) != 0 || !read_memory(thread, argument(r, 1), &look, sizeof look)) return FINISHED;
	long type = look.f_type == TMPFS ? TMPFS : OVERLAY;
	memset(&look, 0, sizeof look);
	look.f_type = (unsigned long)type;
	look.f_bsize = look.f_frsize = 4096;
	look.f_blocks = 262144;
	look.f_bfree = look.f_bavail = 131072;
	look.f_files = 65536;
	look.f_ffree = 32768;
	look.f_namelen = 255;
	write_memory(thread, argument(r, 1), &look, sizeof look);
	return FINISHED;
}

// Calls that make or remove names: where the (directory, path) pairs of each stand among its arguments.
struct names {
	long call;
	int8_t directory[2], path[2]; // -1: the working directory, or no second path
	bool removes;
};

static const struct names NAMES[] = {
	{SYS_mkdir, {-1, -1}, {0, -1}, false},
	{SYS_mkdirat, {0, -1}, {1, -1}, false},
	{SYS_mknod, {-1, -1}, {0, -1}, false},
	{SYS_mknodat, {0, -1}, {1, -1}, false},
	{SYS_symlink, {-1, -1}, {1, -1}, false},
	{SYS_symlinkat, {1, -1}, {2, -1}, false},
	{SYS_link, {-1, -1}, {1, -1}, false},
	{SYS_linkat, {2, -1}, {3, -1}, false},
	{SYS_unlink, {-1, -1}, {0, -1}, true},
	{SYS_rmdir, {-1, -1}, {0, -1}, true},
	{SYS_unlinkat, {0, -1}, {1, -1}, true},
	{SYS_rename, {-1, -1}, {1, 0}, true},
	{SYS_renameat, {2, 0}, {3, 1}, true},
	{SYS_renameat2, {2, 0}, {3, 1}, true},
	{SYS_truncate, {-1, -1}, {0, -1}, false},
};

static const struct names *names_of(long call) {
	for (size_t index = 0; index < sizeof NAMES / sizeof *NAMES; index++)
		if (NAMES[index].call == call) return &NAMES[index];
	return NULL;
}

static uint64_t directory_of(const registers *r, int at) { return at < 0 ? (uint64_t)AT_FDCWD : argument(r, at); }

// What the call is about to remove or to replace gives its number up, if that was its last name.
static void note_removed(struct thread *thread, registers *r, const struct names *names) {
	char path[4096];
	struct stat look;
	thread->kept[0] = 0;
	if (!names->removes || !read_text(thread, argument(r, names->path[0]), path, sizeof path)) return;
	if (!stat_path(thread, directory_of(r, names->directory[0]), path, &look)) return;
	if (look.st_nlink > 1 && !S_ISDIR(look.st_mode)) return;
	thread->kept[0] = 1;
	thread->kept[1] = look.st_dev;
	thread->kept[2] = look.st_ino;
}

enum outcome enter_namespace(struct thread *thread, registers *r) {
	note_removed(thread, r, names_of(call_number(r)));
	return PROCEED_TO_EXIT;
}

static void note_made(struct thread *thread, uint64_t directory, const char *path, bool is_new) {
	struct stat look;
	if (!stat_path(thread, directory, path, &look)) return;
	if (is_new) forget_inode(look.st_dev, look.st_ino);
	touch_inode(look.st_dev, look.st_ino, false);
}

enum outcome leave_namespace(struct thread *thread, registers *r) {
	char path[4096];
	long call = call_number(r);
	const struct names *names = names_of(call);
	if (call_result(r) != 0) return FINISHED;
	if (thread->kept[0]) forget_inode(thread->kept[1], thread->kept[2]);
	for (int index = 0; index < 2 && names->path[index] >= 0; index++) {
		if (!read_text(thread, argument(r, names->path[index]), path, sizeof path)) continue;
		uint64_t directory = directory_of(r, names->directory[index]);
		if (call != SYS_truncate) touch_parent(thread, directory, path);
		if (!names->removes) note_made(thread, directory, path, call != SYS_truncate && call != SYS_link && call != SYS_linkat);
	}
	return FINISHED;
}

enum outcome enter_utimes(struct thread *thread, registers *r) {
	(void)thread;
	(void)r;
	return PROCEED_TO_EXIT;
}

static bool sets_now(struct thread *thread, const registers *r) {
	struct timespec times[2];
	long call = call_number(r);
	uint64_t address = argument(r, call == SYS_utime || call == SYS_utimes ? 1 : 2);
	if (!address) return true;
	if (call != SYS_utimensat) return false;
	return read_memory(thread, address, times, sizeof times) && times[1].tv_nsec == UTIME_NOW;
}

// utime(path, times), utimes(path, times), futimesat(directory, path, times), utimensat(directory, path or null, times, flags)
enum outcome leave_utimes(struct thread *thread, registers *r) {
	char path[4096] = "";
	struct stat look;
	long call = call_number(r);
	bool is_plain = call == SYS_utime || call == SYS_utimes;
	uint64_t at = argument(r, is_plain ? 0 : 1), directory = is_plain ? (uint64_t)AT_FDCWD : argument(r, 0);
	if (call_result(r) != 0) return FINISHED;
	if (at && !read_text(thread, at, path, sizeof path)) return FINISHED;
	if (!(call == SYS_utimensat && argument(r, 3) & AT_SYMLINK_NOFOLLOW) && strlen(path) < sizeof path - 3 && at) {
		char followed[4100];
		strcpy(followed, path);
		if (stat_path(thread, directory, strcat(followed, "/."), &look)) strcpy(path, followed);
	}
	if (!at) {
		int borrowed = borrow_descriptor(thread, (int)directory);
		bool is_known = borrowed >= 0 && fstat(borrowed, &look) == 0;
		if (borrowed >= 0) close(borrowed);
		if (is_known) touch_inode(look.st_dev, look.st_ino, !sets_now(thread, r));
		return FINISHED;
	}
	if (stat_path(thread, directory, path, &look)) touch_inode(look.st_dev, look.st_ino, !sets_now(thread, r));
	return FINISHED;
}
