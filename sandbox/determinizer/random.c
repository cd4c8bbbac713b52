// Seeded randomness: a stream a process, derived from the seed by the order of forks. What a job draws from it is public.
#include "determinizer.h"
#include <errno.h>
#include <string.h>

#define LONGEST_DRAW (32u << 20) // the kernel's own bound for one read of /dev/urandom

// splitmix64
uint64_t next_random(struct process *process) {
	uint64_t z = (process->random += 0x9E3779B97F4A7C15ULL);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	return z ^ (z >> 31);
}

uint64_t derive_random(struct process *parent) {
	if (parent) return next_random(parent) ^ 0xD1342543DE82EF95ULL;
	struct process first = {.random = world.options.seed};
	return next_random(&first);
}

void fill_random(struct process *process, void *out, size_t bytes) {
	uint8_t *next = out;
	for (; bytes > 0; ) {
		uint64_t word = next_random(process);
		size_t piece = bytes < sizeof word ? bytes : sizeof word;
		memcpy(next, &word, piece);
		next += piece;
		bytes -= piece;
	}
}

enum outcome answer_random(struct thread *thread, registers *r, uint64_t address, uint64_t bytes) {
	static uint8_t buffer[65536];
	uint64_t done = 0;
	if (bytes > LONGEST_DRAW) bytes = LONGEST_DRAW;
	world.counts.random++;
	while (done < bytes) {
		size_t piece = bytes - done < sizeof buffer ? bytes - done : sizeof buffer;
		fill_random(thread->process, buffer, piece);
		if (!write_memory(thread, address + done, buffer, piece)) break;
		done += piece;
	}
	skip_call(r, done < bytes && !done ? -EFAULT : (long)done);
	return ANSWERED;
}

enum outcome enter_getrandom(struct thread *thread, registers *r) {
	return answer_random(thread, r, argument(r, 0), argument(r, 1));
}
