// At each exec: the start-up vector loses what the machine put into it, and the vDSO gives way to ours.
#include "determinizer.h"
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <unistd.h>

extern const uint8_t vdso_image[], vdso_image_end[];

#define VDSO_ADDRESS (CLOCK_PAGE_ADDRESS + 4096)

static uint64_t vdso_bytes(void) { return ((uint64_t)(vdso_image_end - vdso_image) + 4095) & ~4095UL; }

// Skips argc, argv and envp.
static uint64_t find_vector(struct thread *thread, uint64_t at) {
	uint64_t word;
	if (!read_memory(thread, at, &word, sizeof word)) return 0;
	at += 8 * (word + 2);
	do {
		if (!read_memory(thread, at, &word, sizeof word)) return 0;
		at += 8;
	} while (word);
	return at;
}

static void replace_entry(struct thread *thread, uint64_t at, uint64_t pair[2]) {
	uint8_t seed[16];
	switch (pair[0]) {
	case AT_RANDOM:
		fill_random(thread->process, seed, sizeof seed);
		write_memory(thread, pair[1], seed, sizeof seed);
		return;
	case AT_SYSINFO_EHDR: pair[1] = VDSO_ADDRESS; break;
	case AT_CLKTCK: pair[1] = 100; break;
	default: return;
	}
	write_memory(thread, at, pair, 16);
}

static void replace_vector(struct thread *thread, uint64_t stack) {
	uint64_t at = find_vector(thread, stack), pair[2];
	for (; at && read_memory(thread, at, pair, sizeof pair) && pair[0] != AT_NULL; at += 16) replace_entry(thread, at, pair);
}

// The kernel's own pages, which show the real clock: from the first [vvar] to the end of [vdso].
static bool find_kernel_pages(struct thread *thread, uint64_t *start, uint64_t *end) {
	char path[64], line[512];
	snprintf(path, sizeof path, "/proc/%d/maps", thread->tid);
	FILE *file = fopen(path, "re");
	if (!file) return false;
	*start = *end = 0;
	while (fgets(line, sizeof line, file)) {
		unsigned long low, high;
		if (!strstr(line, "[vvar") && !strstr(line, "[vdso]")) continue;
		if (sscanf(line, "%lx-%lx", &low, &high) != 2) continue;
		if (!*start) *start = low;
		*end = high;
	}
	fclose(file);
	return *end != 0;
}

static void fill_pages(struct thread *thread, int fd) {
	if (ftruncate(fd, (off_t)(4096 + vdso_bytes())) || pwrite(fd, vdso_image, (size_t)(vdso_image_end - vdso_image), 4096) < 0)
		refuse("the clock page could not be filled: %m");
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) refuse("the clock page could not be mapped: %m");
	struct clock_page *clock = page;
	clock->epoch_ns = world.options.epoch_s * SECOND_NS;
	clock->step_ns = world.options.clock_step_ns;
	clock->reads_left = READS_BETWEEN_YIELDS;
	memcpy(clock->name, "parity", 7);
	clock_drop(thread->process->clock);
	thread->process->clock = clock_new(page);
	clock_enter(thread->process);
}

static long inject(struct thread *thread, uint64_t at, long number, const uint64_t arguments[6]) {
	uint64_t call[7] = {(uint64_t)number};
	memcpy(call + 1, arguments, 6 * sizeof *arguments);
	return inject_call(thread, at, call);
}

static void map_clock(struct thread *thread, const registers *r) {
	uint64_t at = program_counter(r), name = stack_pointer(r) - 512;
	write_memory(thread, name, "parity", 7);
	long fd = inject(thread, at, SYS_memfd_create, (uint64_t[6]){name, 0});
	int ours = fd < 0 ? -1 : borrow_descriptor(thread, (int)fd);
	if (ours < 0) refuse("the clock page could not be made: %ld, %d, %m", fd, ours);
	fill_pages(thread, ours);
	close(ours);
	long page = inject(thread, at, SYS_mmap, (uint64_t[6]){CLOCK_PAGE_ADDRESS, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, (uint64_t)fd, 0});
	long code = inject(thread, at, SYS_mmap, (uint64_t[6]){VDSO_ADDRESS, vdso_bytes(), PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, (uint64_t)fd, 4096});
	inject(thread, at, SYS_close, (uint64_t[6]){(uint64_t)fd});
	if (page < 0 || code < 0) refuse("the clock page could not be mapped into the job (%ld, %ld)", page, code);
}

void start_program(struct thread *thread) {
	registers r;
	uint64_t start, end;
	get_registers(thread, &r);
	if (is_foreign(&r)) refuse("a 32-bit program: only 64-bit programs can be run");
	drop_timers(thread->process);
	map_clock(thread, &r);
	if (find_kernel_pages(thread, &start, &end))
		inject(thread, program_counter(&r), SYS_munmap, (uint64_t[6]){start, end - start});
	replace_vector(thread, stack_pointer(&r));
}
