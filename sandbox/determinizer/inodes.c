// Numbers and times of files: numbers in the order of first sight, times by the virtual clock in the order of change.
#include "determinizer.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct inode {
	dev_t device;
	ino_t inode;
	uint64_t number;   // 0: this slot is free
	uint64_t time_ns;  // wall clock of the last change; 0: not changed by the job
	bool is_explicit;  // the job has set its time: the file's own is right
	bool is_dead;      // deleted: the slot only keeps the chain
};

static struct inode *table;
static size_t slots, used;
static uint64_t numbers; // given out so far, from the first one on

static size_t slot_of(dev_t device, ino_t inode) {
	uint64_t hash = (device * 0x9E3779B97F4A7C15ULL) ^ (inode * 0xD1342543DE82EF95ULL);
	return (size_t)(hash ^ (hash >> 29)) & (slots - 1);
}

static struct inode *find(dev_t device, ino_t inode) {
	for (size_t at = slot_of(device, inode);; at = (at + 1) & (slots - 1))
		if (!table[at].number || (table[at].device == device && table[at].inode == inode && !table[at].is_dead)) return &table[at];
}

static void grow(void) {
	struct inode *old = table;
	size_t count = slots, live = 0;
	for (size_t at = 0; at < count; at++) live += old[at].number && !old[at].is_dead;
	if (live * 4 >= slots) slots = slots ? slots * 2 : 4096;
	table = calloc(slots, sizeof *table);
	if (!table) refuse("out of memory for inodes");
	used = 0;
	for (size_t at = 0; at < count; at++) {
		if (!old[at].number || old[at].is_dead) continue;
		*find(old[at].device, old[at].inode) = old[at];
		used++;
	}
	free(old);
}

static struct inode *look_up(dev_t device, ino_t inode) {
	if (used * 2 >= slots) grow();
	struct inode *found = find(device, inode);
	if (found->number) return found;
	used++;
	*found = (struct inode){.device = device, .inode = inode, .number = world.options.first_inode + ++numbers};
	return found;
}

uint64_t virtual_inode(dev_t device, ino_t inode) { return look_up(device, inode)->number; }

void touch_inode(dev_t device, ino_t inode, bool is_explicit) {
	struct inode *found = look_up(device, inode);
	found->is_explicit = is_explicit;
	found->time_ns = world.options.file_epoch_s * SECOND_NS + clock_now();
}

// The kernel may give the number to another file, or not, as the file system likes.
void forget_inode(dev_t device, ino_t inode) {
	struct inode *found = find(device, inode);
	if (found->number) found->is_dead = true;
}

// Devices of everything that is mounted over the image: what lies there was made while the job was set up.
static dev_t mounted[256];
static size_t mounts;

void learn_mounts(void) {
	char line[4096], place[4096];
	struct stat root, mark;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	if (stat("/", &root) || !file) refuse("the mounts cannot be read: %m");
	while (fgets(line, sizeof line, file) && mounts < sizeof mounted / sizeof *mounted) {
		unsigned major, minor;
		if (sscanf(line, "%*d %*d %u:%u %*s %4095s", &major, &minor, place) == 3 && makedev(major, minor) != root.st_dev)
			mounted[mounts++] = makedev(major, minor);
	}
	fclose(file);
	// Some engines put these beside the image's files, as of now: they must not take a number that the job's files get elsewhere.
	static const char *const made_by_engine[] = {"/.dockerenv", "/etc/mtab", "/etc/hostname", "/etc/resolv.conf", "/dev/console"};
	for (size_t index = 0; index < sizeof made_by_engine / sizeof *made_by_engine; index++) {
		if (lstat(made_by_engine[index], &mark)) continue;
		touch_inode(mark.st_dev, mark.st_ino, false);
		look_up(mark.st_dev, mark.st_ino)->number = world.options.first_inode;
	}
	numbers = 0;
}

// A file of the image has the time that the archive gives it; directories get the time of what was mounted in them.
static bool is_of_image(dev_t device, bool is_directory) {
	for (size_t index = 0; index < mounts; index++)
		if (mounted[index] == device) return false;
	return !is_directory;
}

// The time to show for a file; true when it is another than the file's own.
bool virtual_mtime(const struct stat *look, uint64_t *seconds, uint32_t *nanoseconds) {
	dev_t device = look->st_dev;
	ino_t inode = look->st_ino;
	struct inode *found = look_up(device, inode);
	if (found->is_explicit) return false;
	if (found->time_ns) {
		*seconds = found->time_ns / SECOND_NS;
		*nanoseconds = (uint32_t)(found->time_ns % SECOND_NS);
		return true;
	}
	// The sandbox gives the time 0 to a job's input: that is the same everywhere too.
	if (*seconds == 0 || is_of_image(device, S_ISDIR(look->st_mode))) return false;
	*seconds = world.options.file_epoch_s;
	*nanoseconds = 0;
	return true;
}

// Looks at a path as the thread sees it, relative to one of its directories.
bool stat_path(struct thread *thread, uint64_t directory, const char *path, struct stat *out) {
	char full[4200];
	if (path[0] == '/') return lstat(path, out) == 0;
	if ((int)directory == AT_FDCWD) snprintf(full, sizeof full, "/proc/%d/cwd/%s", thread->tid, path);
	else snprintf(full, sizeof full, "/proc/%d/fd/%d/%s", thread->tid, (int)directory, path);
	return lstat(full, out) == 0;
}

// A name has come or gone: its directory has changed.
void touch_parent(struct thread *thread, uint64_t directory, const char *path) {
	char parent[4200];
	struct stat look;
	snprintf(parent, sizeof parent, "%s", path);
	for (size_t end = strlen(parent); end > 1 && parent[end - 1] == '/'; end--) parent[end - 1] = 0;
	char *slash = strrchr(parent, '/');
	if (!slash) strcpy(parent, "./.");
	else strcpy(slash, "/.");
	if (stat_path(thread, directory, parent, &look)) touch_inode(look.st_dev, look.st_ino, false);
}
