// What a job is shown of a file. Used by the determinizer and, inside the job, by calls that need no stop.
#pragma once
#include <stddef.h>
#include <sys/stat.h>
#include "job_memory.h"

#define DIRECTORY_BYTES 4096

struct table {
	struct inode *slots;
	uint64_t count;
};

static inline uint64_t slot_of(const struct table *table, uint64_t device, uint64_t inode) {
	uint64_t hash = (device * 0x9E3779B97F4A7C15ULL) ^ (inode * 0xD1342543DE82EF95ULL);
	return (hash ^ (hash >> 29)) & (table->count - 1);
}

// The file's slot, or the free one where it belongs.
static inline struct inode *find_inode(const struct table *table, uint64_t device, uint64_t inode) {
	for (uint64_t at = slot_of(table, device, inode);; at = (at + 1) & (table->count - 1)) {
		struct inode *slot = &table->slots[at];
		if (!slot->number || (slot->device == device && slot->inode == inode && !slot->is_dead)) return slot;
	}
}

static inline bool is_crowded(const struct table *table, const struct files *files) { return files->used * 2 >= table->count; }

// The file's slot, with the next number when it is seen for the first time. The table must not be crowded.
static inline struct inode *see_inode(const struct table *table, struct files *files, uint64_t device, uint64_t inode) {
	struct inode *found = find_inode(table, device, inode);
	if (found->number) return found;
	files->used++;
	found->device = device;
	found->inode = inode;
	found->time_ns = 0;
	found->is_explicit = found->is_dead = false;
	found->number = (uint32_t)(files->first_inode + ++files->numbers);
	return found;
}

// A file of the image has the time that the archive gives it; directories get the time of what was mounted in them.
static inline bool is_of_image(const struct files *files, uint64_t device, bool is_directory) {
	for (uint64_t index = 0; index < files->mounts; index++)
		if (files->mounted[index] == device) return false;
	return !is_directory;
}

static inline struct timespec shown_time(const struct files *files, const struct inode *seen, const struct stat *look) {
	if (seen->is_explicit) return look->st_mtim;
	if (seen->time_ns) return (struct timespec){(time_t)(seen->time_ns / 1000000000u), (long)(seen->time_ns % 1000000000u)};
	// The sandbox gives the time 0 to a job's input: that is the same everywhere too.
	if (look->st_mtim.tv_sec == 0 || is_of_image(files, look->st_dev, S_ISDIR(look->st_mode))) return look->st_mtim;
	return (struct timespec){(time_t)files->epoch_s, 0};
}

static inline void hide_host(const struct files *files, const struct inode *seen, struct stat *look) {
	look->st_mtim = shown_time(files, seen, look);
	look->st_atim = look->st_ctim = look->st_mtim;
	look->st_ino = seen->number;
	look->st_dev = 1;
	look->st_blksize = 4096;
	if (S_ISDIR(look->st_mode)) {
		look->st_size = DIRECTORY_BYTES;
		look->st_nlink = 1; // "not counted", as on file systems that do not
	}
	look->st_blocks = (look->st_size + 511) / 512;
}

struct statx_time {
	int64_t seconds;
	uint32_t nanoseconds;
	int32_t unused;
};

struct statx_answer {
	uint32_t mask, block_bytes;
	uint64_t attributes;
	uint32_t links, uid, gid;
	uint16_t mode, unused;
	uint64_t inode, size, blocks, attributes_mask;
	struct statx_time accessed, born, changed, modified;
	uint32_t raw_major, raw_minor, major, minor;
	uint64_t mount, rest[13];
};

// As stat spells it. The C library's makedev is a function, which the code in the job does not have.
static inline uint64_t statx_device(const struct statx_answer *x) {
	uint64_t major = x->major, minor = x->minor;
	return (major & 0xfffff000) << 32 | (major & 0xfff) << 8 | (minor & 0xffffff00) << 12 | (minor & 0xff);
}

static inline void hide_host_x(const struct files *files, const struct inode *seen, struct statx_answer *x) {
	struct stat look;
	look.st_dev = statx_device(x);
	look.st_mode = x->mode;
	look.st_size = (off_t)x->size;
	look.st_nlink = x->links;
	look.st_mtim = (struct timespec){x->modified.seconds, x->modified.nanoseconds};
	hide_host(files, seen, &look);
	x->modified = (struct statx_time){look.st_mtim.tv_sec, (uint32_t)look.st_mtim.tv_nsec, 0};
	x->accessed = x->changed = x->born = x->modified;
	x->mask = 0x0fff; // the basic fields and the birth time, which not every file system keeps
	x->inode = look.st_ino;
	x->size = (uint64_t)look.st_size;
	x->blocks = (uint64_t)look.st_blocks;
	x->links = (uint32_t)look.st_nlink;
	x->block_bytes = 4096;
	x->major = 0;
	x->minor = 1;
	x->attributes = x->attributes_mask = x->mount = 0;
	for (int index = 0; index < 13; index++) x->rest[index] = 0;
}
