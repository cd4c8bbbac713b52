// At each exec: the start-up vector loses what the machine put into it, and the vDSO gives way to ours.
#include "determinizer.h"
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <unistd.h>

extern const uint8_t vdso_image[], vdso_image_end[];

struct shared *shared;
static int segment;

struct inode *shared_table(void) { return (struct inode *)((uint8_t *)shared + (TABLE_ADDRESS - SHARED_ADDRESS)); }

// A segment needs no descriptor to be mapped after an exec. It goes with the last process that has it.
void open_shared(void) {
	// Other addresses may have anything in the place of the table.
	size_t bytes = world.options.randomizes_addresses ? TABLE_ADDRESS - SHARED_ADDRESS : SHARED_BYTES;
	segment = shmget(IPC_PRIVATE, bytes, IPC_CREAT | SHM_NORESERVE | 0700);
	shared = segment < 0 ? (void *)-1 : shmat(segment, NULL, 0);
	if (shared == (void *)-1) refuse("memory cannot be shared with the job: %m");
	shmctl(segment, IPC_RMID, NULL);
	shared->epoch_ns = world.options.epoch_s * SECOND_NS;
	shared->step_ns = world.options.clock_step_ns;
	shared->reads_left = READS_BETWEEN_YIELDS;
	strcpy(shared->name, "parity");
	memcpy((uint8_t *)shared + (VDSO_ADDRESS - SHARED_ADDRESS), vdso_image, (size_t)(vdso_image_end - vdso_image));
	prepare_shortcuts();
}

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

static uint64_t kernel_vdso; // where the program that starts has the kernel's

static void replace_entry(struct thread *thread, uint64_t at, uint64_t pair[2]) {
	uint8_t seed[16];
	switch (pair[0]) {
	case AT_RANDOM:
		fill_random(thread->process, seed, sizeof seed);
		write_memory(thread, pair[1], seed, sizeof seed);
		return;
	case AT_SYSINFO_EHDR:
		kernel_vdso = pair[1];
		pair[1] = VDSO_ADDRESS;
		break;
	case AT_CLKTCK: pair[1] = 100; break;
	default: return;
	}
	write_memory(thread, at, pair, 16);
}

static void replace_vector(struct thread *thread, uint64_t stack) {
	uint64_t at = find_vector(thread, stack), pair[2];
	for (; at && read_memory(thread, at, pair, sizeof pair) && pair[0] != AT_NULL; at += 16) replace_entry(thread, at, pair);
}

struct pages {
	uint64_t start, end;
};

// The kernel's own pages, which show the real clock: from the first [vvar] to the end of [vdso].
static struct pages find_kernel_pages(struct thread *thread) {
	char path[64], line[512];
	struct pages found = {0, 0};
	snprintf(path, sizeof path, "/proc/%d/maps", thread->tid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file)) {
		unsigned long low, high;
		if (!strstr(line, "[vvar") && !strstr(line, "[vdso]")) continue;
		if (sscanf(line, "%lx-%lx", &low, &high) != 2) continue;
		if (!found.start) found.start = low;
		found.end = high;
	}
	if (file) fclose(file);
	return found;
}

// They lie in one way around the vDSO, in every program.
static struct pages kernel_pages(struct thread *thread) {
	static struct pages found;
	static uint64_t found_for;
	if (!kernel_vdso) return (struct pages){0, 0};
	if (!found.end) {
		found = find_kernel_pages(thread);
		found_for = kernel_vdso;
	}
	uint64_t moved = kernel_vdso - found_for;
	return (struct pages){found.start + moved, found.end + moved};
}

static long inject(struct thread *thread, uint64_t at, long number, const uint64_t arguments[6]) {
	uint64_t call[7] = {(uint64_t)number};
	memcpy(call + 1, arguments, 6 * sizeof *arguments);
	return inject_call(thread, at, call);
}

static void share_with(struct thread *thread, const registers *r) {
	long at = inject(thread, program_counter(r), SYS_shmat, (uint64_t[6]){(uint64_t)segment, SHARED_ADDRESS, SHM_EXEC});
	if (at != (long)SHARED_ADDRESS) refuse("the clock could not be mapped into the job (%ld)", at);
}

void start_program(struct thread *thread) {
	registers r;
	get_registers(thread, &r);
	if (is_foreign(&r)) refuse("a 32-bit program: only 64-bit programs can be run");
	drop_timers(thread->process);
	share_with(thread, &r);
	memset(thread->process->looked_at, 0, sizeof thread->process->looked_at);
	kernel_vdso = 0;
	replace_vector(thread, stack_pointer(&r));
	struct pages kernel = kernel_pages(thread);
	if (kernel.end) inject(thread, program_counter(&r), SYS_munmap, (uint64_t[6]){kernel.start, kernel.end - kernel.start});
}
