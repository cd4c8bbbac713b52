// The page that a job's clock reads advance. It lies just below the replaced vDSO, at CLOCK_PAGE_ADDRESS.
#pragma once
#include <stdint.h>

#define CLOCK_STEP_NS 1000 // in every level
// After so many reads without a trap the vDSO yields once, so that a loop that waits for another thread by the clock ends.
#define READS_BETWEEN_YIELDS 1000
#define MONOTONIC_START_NS 1000000000ULL

struct clock_page {
	uint64_t now_ns;   // since the start of the job
	uint64_t epoch_ns; // wall clock at the start of the job
	uint64_t step_ns;  // what a reading costs
	uint64_t reads;
	uint64_t reads_left;
	char name[16];     // for memfd_create calls that the determinizer puts in place of an open
	uint8_t scratch[256]; // arguments of rewritten calls
};
