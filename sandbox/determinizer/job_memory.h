// The memory that the determinizer shares with every process of the job, at SHARED_ADDRESS in each of them: first this page, then
// the code of the replaced vDSO, the jumps into it, and the table of files. What the job does to it, it does to itself.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "arch/x86_64/places.h"

#define CLOCK_STEP_NS 1000 // in every level
// After so many reads without a trap the vDSO yields once, so that a loop that waits for another thread by the clock ends.
#define READS_BETWEEN_YIELDS 1000
#define MONOTONIC_START_NS 1000000000ULL
#define MOST_MOUNTS 256
#define MOST_SHARED_SLOTS (1u << 18)

// A file that has been seen. A slot without a number is free.
struct inode {
	uint64_t device, inode;
	uint64_t time_ns;  // wall clock of the last change; 0: not changed by the job
	uint32_t number;
	bool is_explicit;  // the job has set its time: the file's own is right
	bool is_dead;      // deleted: the slot only keeps the chain
};

struct files {
	uint64_t slots;    // of the table behind this page; 0: it has become too large to be shared
	uint64_t used, numbers, first_inode, epoch_s, mounts;
	uint64_t mounted[MOST_MOUNTS]; // devices of what lies over the image
};

struct shared {
	uint64_t now_ns;   // since the start of the job
	uint64_t epoch_ns; // wall clock at the start of the job
	uint64_t step_ns;  // what a reading costs, and a call
	uint64_t reads;
	uint64_t reads_left;
	// Of the running thread's turn. Calls that are answered in the job count and cost as those that stop.
	int64_t calls_left;
	uint64_t shortcuts;      // taken so far
	uint64_t has_shortcuts;
	uint64_t has_proc_directory; // some thread has a directory of /proc open or as its own
	char name[16];           // for memfd_create calls that the determinizer puts in place of an open
	uint8_t scratch[256];    // arguments of rewritten calls
	uint8_t look[256];       // answers that the job does not see
	struct files files;
};
_Static_assert(sizeof(struct shared) <= 4096, "one page");

#define VDSO_ADDRESS (SHARED_ADDRESS + 4096)
#define GATE_ADDRESS (SHARED_ADDRESS + 0x8000)  // the one call instruction that does not stop; then the jumps
#define TABLE_ADDRESS (SHARED_ADDRESS + 0x10000)
#define SHARED_BYTES (0x10000 + MOST_SHARED_SLOTS * sizeof(struct inode))
