// Calls that are answered in the job itself, without a stop: what the kernel says to them is hidden here as the determinizer would. What
// it would do more for than that is left to it. Nobody else runs meanwhile, and no signal arrives: both happen at stops only.
#include "../../../shown.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/syscall.h>

static struct shared *const shared = (struct shared *)SHARED_ADDRESS;

struct answer {
	long result, is_taken;
};

static long pass_gate(long number, const uint64_t a[6]) {
	register uint64_t fourth __asm__("r10") = a[3];
	register uint64_t fifth __asm__("r8") = a[4];
	long result;
	__asm__ volatile("call *%[gate]" : "=a"(result) : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(fourth), "r"(fifth),
		[gate] "r"((uint64_t)GATE_ADDRESS) : "rcx", "r11", "memory", "cc");
	return result;
}

static const struct inode *see(uint64_t device, uint64_t inode) {
	const struct table table = {(struct inode *)TABLE_ADDRESS, shared->files.slots};
	if (is_crowded(&table, &shared->files)) return NULL; // also when it is not shared
	return see_inode(&table, &shared->files, device, inode);
}

static bool stat_here(long number, const uint64_t a[6], long *result) {
	struct stat *look = (struct stat *)a[number == SYS_newfstatat ? 2 : 1];
	*result = pass_gate(number, a);
	if (*result != 0) return true;
	const struct inode *seen = see(look->st_dev, look->st_ino);
	if (seen) hide_host(&shared->files, seen, look);
	return seen;
}

static bool statx_here(const uint64_t a[6], long *result) {
	struct statx_answer *look = (struct statx_answer *)a[4];
	*result = pass_gate(SYS_statx, a);
	if (*result != 0) return true;
	const struct inode *seen = see(statx_device(look), look->inode);
	if (seen) hide_host_x(&shared->files, seen, look);
	return seen;
}

static bool starts(const char *text, const char *start) {
	for (; *start; text++, start++)
		if (*text != *start) return false;
	return true;
}

static bool ends_in_mtab(const char *path) {
	for (; *path; path++)
		if (starts(path, "mtab") && !path[4]) return true;
	return false;
}

// Paths that may lead to what the determinizer answers for, in any way of writing them.
static bool is_looked_at(const char *path) {
	if (*path != '/') return shared->has_proc_directory;
	while (*path == '/' || (path[0] == '.' && path[1] == '/')) path++;
	return starts(path, "proc") || starts(path, "sys") || starts(path, "dev") || (starts(path, "etc") && ends_in_mtab(path));
}

// Whether the path can be read here, and does not lead to a named pipe, whose opening may have to wait.
static bool is_plain_path(uint64_t directory, uint64_t path, bool follows) {
	const struct stat *look = (const struct stat *)shared->look;
	long found = pass_gate(SYS_newfstatat, (uint64_t[6]){directory, path, (uint64_t)look, follows ? 0 : AT_SYMLINK_NOFOLLOW});
	if (found == -EFAULT || found == -ENAMETOOLONG || (found == 0 && S_ISFIFO(look->st_mode))) return false;
	return !is_looked_at((const char *)path);
}

#define READING (O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_NOATIME | O_PATH | 0100000)

static bool open_here(const uint64_t a[6], long *result) {
	int flags = (int)a[2];
	if (flags & ~READING || !is_plain_path(a[0], a[1], !(flags & O_NOFOLLOW))) return false;
	*result = pass_gate(SYS_openat, a);
	return true;
}

static bool readlink_here(long number, const uint64_t a[6], long *result) {
	bool is_at = number == SYS_readlinkat;
	if (!is_plain_path(is_at ? a[0] : (uint64_t)AT_FDCWD, a[is_at ? 1 : 0], false)) return false;
	*result = pass_gate(number, a);
	return true;
}

static bool read_here(long number, const uint64_t a[6], long *result) {
	const struct stat *look = (const struct stat *)shared->look;
	if (pass_gate(SYS_fstat, (uint64_t[6]){a[0], (uint64_t)look}) != 0 || !S_ISREG(look->st_mode)) return false;
	*result = pass_gate(number, a);
	return true;
}

static bool is_answered(long number, const uint64_t a[6], long *result) {
	switch (number) {
	case SYS_newfstatat:
	case SYS_stat:
	case SYS_lstat:
	case SYS_fstat: return stat_here(number, a, result);
	case SYS_statx: return statx_here(a, result);
	case SYS_openat: return open_here(a, result);
	case SYS_readlink:
	case SYS_readlinkat: return readlink_here(number, a, result);
	case SYS_pread64: return read_here(number, a, result);
	default: return false;
	}
}

// The counters pass through registers: a loop over such calls never looks like one that waits without any.
static void account(void) {
	uint64_t now = __atomic_load_n(&shared->now_ns, __ATOMIC_RELAXED) + shared->step_ns;
	__atomic_store_n(&shared->now_ns, now, __ATOMIC_RELAXED);
	shared->calls_left--;
	shared->shortcuts++;
}

// The last call of a turn stops.
struct answer take_shortcut(long number, const uint64_t a[6]) {
	long result;
	if (!shared->has_shortcuts || shared->calls_left <= 1 || !is_answered(number, a, &result)) return (struct answer){0, 0};
	account();
	return (struct answer){result, 1};
}
