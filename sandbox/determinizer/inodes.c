// Numbers and times of files: numbers in the order of first sight, times by the virtual clock in the order of change.
#include "determinizer.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FIRST_SLOTS 4096

static struct table table; // in the shared memory, until it does not fit any more

static struct table empty_table(uint64_t count) {
	struct table made = {calloc(count, sizeof(struct inode)), count};
	if (!made.slots) refuse("out of memory for inodes");
	return made;
}

static bool is_living(const struct inode *slot) { return slot->number && !slot->is_dead; }

static uint64_t count_living(void) {
	uint64_t living = 0;
	for (uint64_t at = 0; at < table.count; at++) living += is_living(&table.slots[at]);
	return living;
}

// Calls inside the job look into the table only while it lies where they can.
static void place(struct table *made) {
	bool fits = made->count <= MOST_SHARED_SLOTS && !world.options.randomizes_addresses;
	shared->files.slots = fits ? made->count : 0;
	if (!fits) {
		table = *made;
		return;
	}
	table = (struct table){shared_table(), made->count};
	memcpy(table.slots, made->slots, made->count * sizeof(struct inode));
	free(made->slots);
}

static void grow(void) {
	struct table old = table;
	bool was_shared = shared->files.slots;
	uint64_t living = count_living();
	struct table made = empty_table(!old.count ? FIRST_SLOTS : living * 4 >= old.count ? old.count * 2 : old.count);
	for (uint64_t at = 0; at < old.count; at++)
		if (is_living(&old.slots[at])) *find_inode(&made, old.slots[at].device, old.slots[at].inode) = old.slots[at];
	shared->files.used = living;
	place(&made);
	if (!was_shared) free(old.slots);
}

struct inode *seen_inode(dev_t device, ino_t inode) {
	if (is_crowded(&table, &shared->files)) grow();
	return see_inode(&table, &shared->files, device, inode);
}

uint64_t virtual_inode(dev_t device, ino_t inode) { return seen_inode(device, inode)->number; }

void touch_inode(dev_t device, ino_t inode, bool is_explicit) {
	struct inode *found = seen_inode(device, inode);
	found->is_explicit = is_explicit;
	found->time_ns = world.options.file_epoch_s * SECOND_NS + clock_now();
}

// The kernel may give the number to another file, or not, as the file system likes.
void forget_inode(dev_t device, ino_t inode) {
	struct inode *found = find_inode(&table, device, inode);
	if (found->number) found->is_dead = true;
}

static void learn_mount(dev_t device) {
	struct files *files = &shared->files;
	if (files->mounts < MOST_MOUNTS) files->mounted[files->mounts++] = device;
}

static void learn_device_of(int descriptor) {
	struct stat look;
	if (descriptor < 0 || fstat(descriptor, &look)) return;
	learn_mount(look.st_dev);
	close(descriptor);
}

// What lies on no mount: pipes, sockets, memory files, event counters.
static void learn_nameless(void) {
	int ends[2];
	if (pipe(ends) == 0) {
		learn_device_of(ends[0]);
		close(ends[1]);
	}
	learn_device_of(socket(AF_UNIX, SOCK_STREAM, 0));
	learn_device_of(memfd_create("parity", 0));
	learn_device_of(eventfd(0, 0));
}

// Some engines put these beside the image's files, as of now: they must not take a number that the job's files get elsewhere.
static void hide_marks(void) {
	static const char *const made_by_engine[] = {"/.dockerenv", "/etc/mtab", "/etc/hostname", "/etc/resolv.conf", "/dev/console"};
	struct stat mark;
	for (size_t index = 0; index < sizeof made_by_engine / sizeof *made_by_engine; index++) {
		if (lstat(made_by_engine[index], &mark)) continue;
		touch_inode(mark.st_dev, mark.st_ino, false);
		seen_inode(mark.st_dev, mark.st_ino)->number = (uint32_t)world.options.first_inode;
	}
	shared->files.numbers = 0;
}

// Devices of everything that is mounted over the image: what lies there was made while the job was set up.
void learn_mounts(void) {
	char line[4096], where[4096];
	struct stat root;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	if (stat("/", &root) || !file) refuse("the mounts cannot be read: %m");
	shared->files.first_inode = world.options.first_inode;
	shared->files.epoch_s = world.options.file_epoch_s;
	learn_nameless();
	while (fgets(line, sizeof line, file)) {
		unsigned major, minor;
		if (sscanf(line, "%*d %*d %u:%u %*s %4095s", &major, &minor, where) == 3 && makedev(major, minor) != root.st_dev)
			learn_mount(makedev(major, minor));
	}
	fclose(file);
	hide_marks();
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
