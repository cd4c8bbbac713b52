// Where the instruction that names a call (mov $N, %eax) stands right before the call, as in the C library, it is replaced by a jump
// into the shared memory. There the call is answered without a stop, or sent back to its own place, where it stops as ever. Both count
// and cost the same, so that a program cannot tell them apart. No other instruction changes: a thread may stand at either.
#include "../../determinizer.h"
#include <elf.h>
#include <string.h>
#include <sys/ptrace.h>

#define NAMING_BYTES 5
#define SITE_BYTES (NAMING_BYTES + CALL_INSTRUCTION_BYTES)
#define NEAR_BYTES 0x7ff00000
#define MOST_JUMPS 500

// One for each place, 64 bytes each: steps over what the program keeps below its stack, asks, and goes on behind the call or at it.
struct __attribute__((packed)) jump {
	uint8_t below[5], name[1];
	uint32_t number;
	uint8_t call[1];
	int32_t answer;
	uint8_t above[8], if_not[2], then[1];
	int32_t behind;
	uint8_t again[1];
	uint32_t same_number;
	uint8_t otherwise[1];
	int32_t at;
	uint8_t unused[24];
};
_Static_assert(sizeof(struct jump) == 64, "a cache line");

extern const uint8_t vdso_image[];

static struct jump *jumps;
static uint64_t sites[MOST_JUMPS];
static int count;

static uint64_t answer_address(void) { return VDSO_ADDRESS + ((const Elf64_Ehdr *)vdso_image)->e_entry; }

static uint64_t jump_address(int index) { return GATE_ADDRESS + sizeof(struct jump) * (uint64_t)(index + 1); }

void prepare_shortcuts(void) {
	uint8_t *gate = (uint8_t *)shared + (GATE_ADDRESS - SHARED_ADDRESS);
	memcpy(gate, (uint8_t[]){0x0f, 0x05, 0xc3}, 3); // syscall; ret
	jumps = (struct jump *)gate + 1;
	shared->has_shortcuts = !world.options.randomizes_addresses && !world.options.stops_always;
}

static int32_t from_to(uint64_t next, uint64_t target) { return (int32_t)(target - next); }

static void write_jump(int index, uint64_t site, long number) {
	uint64_t at = jump_address(index);
	jumps[index] = (struct jump){
		.below = {0x48, 0x8d, 0x64, 0x24, 0x80}, // lea -128(%rsp), %rsp
		.name = {0xb8}, .number = (uint32_t)number,
		.call = {0xe8}, .answer = from_to(at + offsetof(struct jump, above), answer_address()),
		.above = {0x48, 0x8d, 0xa4, 0x24, 0x80}, // lea 128(%rsp), %rsp
		.if_not = {0xe3, 5},                     // jrcxz
		.then = {0xe9}, .behind = from_to(at + offsetof(struct jump, again), site + SITE_BYTES),
		.again = {0xb8}, .same_number = (uint32_t)number,
		.otherwise = {0xe9}, .at = from_to(at + offsetof(struct jump, unused), site + NAMING_BYTES),
	};
	sites[index] = site;
}

// The jump for a place: that of another process with the same library, or a new one.
static int find_jump(uint64_t site, long number) {
	for (int index = 0; index < count; index++)
		if (sites[index] == site && jumps[index].number == (uint32_t)number) return index;
	if (count == MOST_JUMPS) return -1;
	write_jump(count, site, number);
	return count++;
}

static bool is_short(long number) {
	for (const short *known = SHORTCUTS; *known >= 0; known++)
		if (*known == number) return true;
	return false;
}

static bool is_near(uint64_t site) { return site > SHARED_ADDRESS - NEAR_BYTES && site < SHARED_ADDRESS; }

static bool is_first_look(struct process *process, uint64_t site) {
	uint64_t *slot = &process->looked_at[site / 4 % (sizeof process->looked_at / sizeof *process->looked_at)];
	if (*slot == site) return false;
	*slot = site;
	return true;
}

static bool names_call(struct thread *thread, uint64_t site, long number) {
	uint8_t code[SITE_BYTES], expected[SITE_BYTES] = {0xb8, (uint8_t)number, (uint8_t)(number >> 8), 0, 0, 0x0f, 0x05};
	return read_memory(thread, site, code, sizeof code) && memcmp(code, expected, sizeof code) == 0;
}

static void replace_naming(struct thread *thread, uint64_t site, uint64_t target) {
	uint8_t word[sizeof(long)];
	long value = ptrace(PTRACE_PEEKTEXT, thread->tid, site, 0);
	int32_t distance = from_to(site + NAMING_BYTES, target);
	memcpy(word, &value, sizeof word);
	word[0] = 0xe9;
	memcpy(word + 1, &distance, sizeof distance);
	memcpy(&value, word, sizeof value);
	ptrace(PTRACE_POKETEXT, thread->tid, site, value);
}

// Asked at the entry of each call that stops.
void make_shortcut(struct thread *thread, const registers *r) {
	long number = call_number(r);
	uint64_t site = program_counter(r) - SITE_BYTES;
	if (!shared->has_shortcuts || !is_short(number) || !is_near(site) || !is_first_look(thread->process, site)) return;
	if (!names_call(thread, site, number)) return;
	int index = find_jump(site, number);
	if (index >= 0) replace_naming(thread, site, jump_address(index));
}
