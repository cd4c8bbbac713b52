// Directories are read whole, sorted by name, and handed out in that order. The position in the sorted list is kept as the
// descriptor's own position, so that duplicates, forks, rewinding and seeking work as always.
#include "determinizer.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
	uint64_t inode;
	int64_t position;
	uint16_t bytes;
	uint8_t type;
	char name[];
};

// A list is kept while it is being read: names that come or go meanwhile must not shift it.
struct listing {
	struct listing *next;
	pid_t tgid;
	int descriptor;
	dev_t device;
	ino_t inode;
	uint8_t *bytes;
	struct entry **entries;
	size_t count;
};

static struct listing *listings;

static int by_name(const void *left, const void *right) {
	int order = strcmp((*(struct entry *const *)left)->name, (*(struct entry *const *)right)->name);
	return world.options.reverses_directories ? -order : order;
}

static void drop_listing(struct listing *gone) {
	struct listing **slot = &listings;
	while (*slot != gone) slot = &(*slot)->next;
	*slot = gone->next;
	free(gone->bytes);
	free(gone->entries);
	free(gone);
}

static uint8_t *read_whole(int borrowed, size_t *total) {
	size_t room = 1 << 15, have = 0;
	uint8_t *bytes = malloc(room);
	lseek(borrowed, 0, SEEK_SET);
	for (;;) {
		if (!bytes) refuse("out of memory for a directory");
		long got = syscall(SYS_getdents64, borrowed, bytes + have, room - have);
		if (got <= 0) break;
		have += (size_t)got;
		if (room - have < 4096) bytes = realloc(bytes, room *= 2);
	}
	*total = have;
	return bytes;
}

static void sort_entries(struct listing *listing, size_t total) {
	size_t room = 64;
	listing->entries = malloc(room * sizeof *listing->entries);
	for (size_t at = 0; at < total; at += ((struct entry *)(listing->bytes + at))->bytes) {
		if (listing->count == room) listing->entries = realloc(listing->entries, (room *= 2) * sizeof *listing->entries);
		if (!listing->entries) refuse("out of memory for a directory");
		listing->entries[listing->count++] = (struct entry *)(listing->bytes + at);
	}
	qsort(listing->entries, listing->count, sizeof *listing->entries, by_name);
}

static struct listing *read_listing(struct thread *thread, int descriptor, int borrowed, const struct stat *look) {
	size_t total;
	struct listing *listing = calloc(1, sizeof *listing);
	if (!listing) refuse("out of memory for a directory");
	*listing = (struct listing){listings, thread->process->tgid, descriptor, look->st_dev, look->st_ino, NULL, NULL, 0};
	listing->bytes = read_whole(borrowed, &total);
	sort_entries(listing, total);
	listings = listing;
	return listing;
}

static struct listing *find_listing(struct thread *thread, int descriptor, const struct stat *look) {
	for (struct listing *listing = listings; listing; listing = listing->next)
		if (listing->tgid == thread->process->tgid && listing->descriptor == descriptor && listing->device == look->st_dev && listing->inode == look->st_ino)
			return listing;
	return NULL;
}

// Copies what fits from position `from`; the position after it, or `from` when not even one entry fits.
static size_t copy_entries(const struct listing *listing, size_t from, uint8_t *out, size_t room, size_t *used) {
	*used = 0;
	for (; from < listing->count; from++) {
		struct entry *entry = listing->entries[from];
		if (*used + entry->bytes > room) break;
		struct entry *copy = memcpy(out + *used, entry, entry->bytes);
		copy->inode = 1; // file systems differ in whether this agrees with stat
		copy->position = (int64_t)from + 1;
		*used += entry->bytes;
	}
	return from;
}

static long hand_out(struct thread *thread, registers *r, struct listing *listing, int borrowed, size_t from) {
	static uint8_t out[1 << 16];
	size_t used, room = argument(r, 2) < sizeof out ? argument(r, 2) : sizeof out;
	size_t next = copy_entries(listing, from, out, room, &used);
	lseek(borrowed, (off_t)next, SEEK_SET);
	if (!used && next < listing->count) return -EINVAL;
	if (used && !write_memory(thread, argument(r, 1), out, used)) return -EFAULT;
	return (long)used;
}

static long list(struct thread *thread, registers *r, int borrowed) {
	struct stat look;
	int descriptor = (int)argument(r, 0);
	if (fstat(borrowed, &look) || !S_ISDIR(look.st_mode)) return -ENOTDIR;
	off_t from = lseek(borrowed, 0, SEEK_CUR);
	struct listing *listing = find_listing(thread, descriptor, &look);
	if (listing && from == 0) {
		drop_listing(listing);
		listing = NULL;
	}
	if (!listing) listing = read_listing(thread, descriptor, borrowed, &look);
	long answer = hand_out(thread, r, listing, borrowed, (size_t)from);
	if (answer == 0) drop_listing(listing);
	return answer;
}

enum outcome enter_getdents(struct thread *thread, registers *r) {
	int borrowed = borrow_descriptor(thread, (int)argument(r, 0));
	if (borrowed < 0) return PROCEED;
	world.counts.directories++;
	skip_call(r, list(thread, r, borrowed));
	close(borrowed);
	return ANSWERED;
}
