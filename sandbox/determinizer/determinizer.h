// The nouns of the determinizer and what its files offer each other. Start reading at schedule.c.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "arch/x86_64/arch.h"
#include "job_memory.h"
#include "shown.h"

// The one exit code for "this program cannot be run deterministically"; the reason stands on stderr.
#define EXIT_REFUSED 125
#define FOREVER UINT64_MAX
#define SECOND_NS 1000000000ULL

enum wait_kind {
	NOT_WAITING,
	WAITS_FOR_TIME,
	WAITS_FOR_DESCRIPTOR, // readiness of one descriptor, asked from here
	WAITS_FOR_FUTEX,
	WAITS_FOR_CHILD,
	WAITS_FOR_SIGNAL,
	WAITS_FOR_CHANGE,     // tries its call again whenever another thread has run
	WAITS_IN_KERNEL,      // for the other end of a named pipe: the one wait that is left to the kernel
	WAITS_FOR_EXEC,       // a vfork parent, until its child runs another program or ends
};

// Why a thread does not run. It is kept while one call is tried again and again, and cleared when the call is over.
struct wait {
	enum wait_kind kind;
	bool is_begun;
	bool is_woken;          // by a futex wake
	bool has_mask;          // signal_mask holds during the call (ppoll, sigsuspend...)
	bool has_signal;
	bool is_restartable;    // after a signal's handler, if that asks for it
	uint64_t signal_moves;  // as of which has_signal was asked
	uint64_t deadline_ns;   // virtual; FOREVER without a time-out
	uint64_t signal_mask;
	uint64_t seen;          // value of the counter that it waits to move
	int descriptor;
	short events;
	uint64_t futex_key[2];
	uint32_t futex_bits;
	uint64_t original[2];   // arguments that were replaced and must be back at the end
	uint64_t done_bytes;    // of a write that is made in pieces
};

struct timer {
	struct timer *next;
	int id;                 // of timer_create; of a descriptor's event counter; -1 - which for setitimer
	int signal;             // 0: none
	pid_t target_tid;       // 0: the process
	uint64_t value;         // sigval
	uint64_t deadline_ns;
	uint64_t interval_ns;
	uint64_t base_ns;       // of its clock
	int descriptor;         // the event counter that stands for a timerfd; -1: not one
	long counter_id;        // its number in the kernel, since descriptors are used again
	bool is_posted;         // its signal is on its way
	uint64_t overruns;
};

// One address space and its threads.
struct process {
	struct process *next;
	struct process *parent;
	pid_t tgid;
	int pidfd;
	int threads;
	bool is_ending;
	uint64_t random;
	uint64_t looked_at[32]; // places of calls that were looked at for a shortcut
	struct timer *timers;
	int next_timer;
	uint64_t caught;        // signals with a handler or a deadly default, as last read
};

struct thread {
	struct thread *next;
	pid_t tid;
	struct process *process;
	bool is_gone;
	bool is_exiting;
	bool is_stopped;        // by job control
	bool is_at_entry;       // of the call that it waits in; else it is at an exit, rewound
	bool sees_exit;         // the exit of its call is to be looked at
	bool has_status;        // an unhandled stop
	int status;
	int deliver;            // signal to hand over on resume
	long call;
	long interrupted;       // call that a signal ended and that restarts after its handler
	uint64_t clear_tid;     // address that the kernel zeroes at its end
	struct wait wait;
	int spins;              // consecutive turns that were found to spin
	uint64_t rests_until;   // turn before which a thread that spins is passed over
	bool is_restarted;      // its call was broken off by us and begins again
	uint64_t probe_after_ns; // processor time before the next look for a spin
	uint64_t kept[4];       // what an entry wants its exit to know
	uint8_t *sets;          // of select: what it overwrites
};

enum outcome {
	PROCEED,          // run the call as it is now
	PROCEED_TO_EXIT,  // run it and look at its result
	ANSWERED,         // the call is skipped, its result is set
	WAITING,          // the thread waits; try again when its wait says so
	FINISHED,         // at an exit: over
};

struct call {
	enum outcome (*enter)(struct thread *, registers *);
	enum outcome (*leave)(struct thread *, registers *);
};

struct counts {
	uint64_t stops, calls, switches, clock, cycles, random, stats, directories, opens, waits, spins, execs, forks;
};

struct options {
	uint64_t epoch_s, seed, memory_bytes;
	int cpus;
	bool counts;
	// What a level has once and for all, and `check` changes to see whether a job's output depends on it.
	uint64_t file_epoch_s, clock_step_ns, first_inode;
	int first_pid;
	int calls_a_turn; // few enough that threads that poll for each other get on, many enough that a switch costs little
	const char *release;
	bool reverses_directories, reverses_turns, randomizes_addresses;
	bool stops_always; // answers no call in the job: a test compares
};

struct world {
	struct options options;
	struct counts counts;
	struct thread *threads;
	struct process *processes;
	struct thread *running;
	int live_threads, live_processes;
	uint64_t turns;          // other threads may have changed anything since
	uint64_t deaths;
	uint64_t signal_moves;   // a waiting thread may have a signal since
	bool gives_way;          // the running thread's turn ends
	bool has_random_device;  // some thread has opened one
	pid_t first;
	int exit_code;
	bool is_over;
	bool asked_for_uring;
};
extern struct world world;

// main.c
_Noreturn void refuse(const char *format, ...);
void notice(const char *format, ...);

// trace.c
void get_registers(struct thread *, registers *);
void set_registers(struct thread *, const registers *);
bool read_memory(struct thread *, uint64_t address, void *out, size_t bytes);
bool write_memory(struct thread *, uint64_t address, const void *from, size_t bytes);
bool read_text(struct thread *, uint64_t address, char *out, size_t size);
long inject_call(struct thread *, uint64_t at, const uint64_t call[7]);
void resume(struct thread *);
int await_stop(struct thread *);
bool await_status(pid_t tid, int *status);
bool is_still_stopped(struct thread *);
char thread_state(struct thread *);
bool is_in_kernel(struct thread *);

// threads.c
struct thread *find_thread(pid_t tid);
struct thread *add_thread(pid_t tid, struct process *);
struct process *add_process(pid_t tgid, struct process *parent);
void bury_thread(struct thread *);
void note_death(pid_t tid, int status);
void await_end_of(struct process *);
bool is_alone(void);

// schedule.c
void run_world(void);
bool wait_for(struct thread *, enum wait_kind, uint64_t deadline_ns);
bool has_timed_out(struct thread *);

// clock.c
uint64_t clock_now(void);
uint64_t clock_tick(void);
void clock_advance_to(uint64_t now_ns);
uint64_t deadline_after(uint64_t relative_ns);
uint64_t read_relative(struct thread *, uint64_t timespec_address);
uint64_t clock_base(long clock_id);

// timers.c
uint64_t next_timer_deadline(void);
void fire_timers(void);
bool has_timers(void);
void drop_timers(struct process *);
void disguise_signal(struct thread *, void *siginfo);

// signals.c
bool has_signal(struct thread *);
void interrupt_wait(struct thread *);
void prepare_delivery(struct thread *, int signal);

// descriptors.c
void remember_outside_descriptors(void);
int borrow_descriptor(struct thread *, int descriptor);
bool is_descriptor_ready(struct thread *, int descriptor, short events);

// futex.c
void wake_at_exit(struct thread *);
void wake_shared_waiters(void);

// random.c
uint64_t next_random(struct process *);
void fill_random(struct process *, void *out, size_t bytes);
uint64_t derive_random(struct process *parent);
enum outcome answer_random(struct thread *, registers *, uint64_t address, uint64_t bytes);

// inodes.c
struct inode *seen_inode(dev_t device, ino_t inode);
uint64_t virtual_inode(dev_t device, ino_t inode);
void touch_inode(dev_t device, ino_t inode, bool is_explicit);
void touch_parent(struct thread *, uint64_t directory, const char *path);
bool stat_path(struct thread *, uint64_t directory, const char *path, struct stat *out);
void forget_inode(dev_t device, ino_t inode);
void learn_mounts(void);

// procfs.c
enum outcome open_proc(struct thread *, registers *, const char *path, int flags);
bool is_proc_path(struct thread *, uint64_t directory, char *path, size_t size);
enum outcome leave_served(struct thread *, registers *);

// startup.c
extern struct shared *shared;
struct inode *shared_table(void);
void open_shared(void);
void start_program(struct thread *);

// spin.c
bool is_spinning(struct thread *);
void begin_running(void);

// arch/*/calls.c
const struct call *call_of(long number);
const char *call_name(long number);
// arch/*/shortcuts.c
void prepare_shortcuts(void);
void make_shortcut(struct thread *, const registers *);
// filter.c
int install_filter(void);

#define CALL(name) enum outcome name(struct thread *, registers *)
CALL(enter_clock_gettime); CALL(enter_gettimeofday); CALL(enter_time); CALL(enter_times);
CALL(enter_nanosleep); CALL(enter_clock_nanosleep);
CALL(enter_alarm); CALL(enter_setitimer); CALL(enter_getitimer);
CALL(enter_timer_create); CALL(enter_timer_settime); CALL(enter_timer_gettime); CALL(enter_timer_getoverrun); CALL(enter_timer_delete);
CALL(enter_timerfd_create); CALL(leave_timerfd_create); CALL(enter_timerfd_settime); CALL(enter_timerfd_gettime);
CALL(enter_getrandom);
CALL(enter_read); CALL(enter_readv); CALL(enter_recv); CALL(enter_write); CALL(leave_write); CALL(enter_writev); CALL(enter_accept); CALL(enter_pwrite);
CALL(enter_poll); CALL(leave_poll); CALL(enter_ppoll); CALL(enter_select); CALL(enter_pselect); CALL(enter_epoll_wait); CALL(enter_epoll_pwait2);
CALL(enter_flock); CALL(leave_flock); CALL(enter_fcntl); CALL(leave_fcntl); CALL(enter_splice); CALL(enter_copy); CALL(enter_vmsplice); CALL(enter_connect); CALL(leave_connect);
CALL(enter_futex);
CALL(enter_wait4); CALL(leave_wait4); CALL(enter_waitid); CALL(leave_waitid);
CALL(enter_kill); CALL(leave_kill); CALL(enter_pause); CALL(enter_sigsuspend); CALL(enter_sigtimedwait); CALL(leave_sigtimedwait);
CALL(enter_exit); CALL(enter_exit_group); CALL(enter_yield); CALL(enter_clone); CALL(enter_fork);
CALL(enter_stat); CALL(leave_stat); CALL(enter_statx); CALL(leave_statx); CALL(enter_statfs); CALL(leave_statfs);
CALL(enter_getdents); CALL(enter_open); CALL(enter_openat); CALL(enter_openat2); CALL(enter_creat); CALL(leave_open);
CALL(enter_namespace); CALL(leave_namespace); CALL(enter_utimes); CALL(leave_utimes); CALL(enter_readlink); CALL(leave_readlink); CALL(enter_chdir);
CALL(enter_uname); CALL(enter_sysinfo); CALL(enter_getrusage); CALL(enter_getcpu); CALL(enter_getaffinity); CALL(enter_setaffinity);
CALL(enter_personality); CALL(enter_prctl); CALL(enter_getrlimit); CALL(enter_setrlimit); CALL(enter_prlimit); CALL(enter_seccomp); CALL(enter_shmctl); CALL(leave_shmctl); CALL(enter_socket); CALL(enter_bind);
CALL(leave_restored); CALL(refuse_missing); CALL(refuse_uring); CALL(refuse_forbidden);
