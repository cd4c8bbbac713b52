// PID 1 of a strict job: starts the command stopped, traces it and all its descendants, and ends with its exit code.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

struct world world = {
	.options = {.epoch_s = 1893456000, .seed = 0x9E3779B97F4A7C15ULL, .memory_bytes = 512ULL << 20, .cpus = 1,
		.clock_step_ns = CLOCK_STEP_NS, .first_inode = 1000, .first_pid = 100, .calls_a_turn = 100, .release = "6.1.0-parity"},
};

static void say(const char *format, va_list arguments) {
	char line[512];
	int length = vsnprintf(line, sizeof line - 1, format, arguments);
	if (length < 0 || length >= (int)sizeof line - 1) length = sizeof line - 2;
	dprintf(2, "determinizer: %.*s\n", length, line);
}

void notice(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

// Ends the job: every thread dies with its tracer.
_Noreturn void refuse(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	_exit(EXIT_REFUSED);
}

// Asked to stop from outside of the job's process namespace. Nobody inside can ask.
static void stop_now(int signal, siginfo_t *info, void *context) {
	(void)context;
	if (getpid() == 1 && (info->si_code != SI_USER || info->si_pid != 0)) return;
	_exit(128 + signal);
}

static void stop_on(int signal) {
	struct sigaction action = {.sa_sigaction = stop_now, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigaction(signal, &action, NULL);
}

static void wake_up(int signal) { (void)signal; }

// A regular alarm interrupts the wait for a thread that makes no calls, so that spins are found.
static void watch_for_spins(void) {
	struct sigaction action = {.sa_handler = wake_up};
	struct itimerval tick = {{0, 5000}, {0, 5000}};
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
}

// What the engine's own threads used of the numbers differs: the job starts at a fixed one. Only where no other job counts too.
static void burn_pids(void) {
	if (getpid() != 1) return;
	for (pid_t pid = 0; pid < world.options.first_pid - 1;) {
		pid = vfork();
		if (pid == 0) _exit(0);
		if (pid < 0) refuse("fork failed: %m");
		waitpid(pid, NULL, 0);
	}
}

static void close_descriptors(void) {
	for (int descriptor = 3; descriptor < 256; descriptor++) close(descriptor);
	for (int descriptor = 0; descriptor < 3; descriptor++)
		if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", O_RDWR);
}

// One CPU is all that one running thread can use, and staying on it makes each stop cheaper.
static void stay_on_one_cpu(void) {
	cpu_set_t allowed, one;
	if (sched_getaffinity(0, sizeof allowed, &allowed)) return;
	int cpu = sched_getcpu();
	if (cpu < 0 || !CPU_ISSET(cpu, &allowed)) return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

_Noreturn static void become_job(int go, char **command) {
	char byte;
	struct rlimit no_core = {0, 0};
	if (read(go, &byte, 1) != 1) _exit(EXIT_REFUSED);
	close(go);
	setsid(); // a job that signals its own group does not mean its tracer
	setrlimit(RLIMIT_CORE, &no_core);
	if (!world.options.randomizes_addresses && personality(ADDR_NO_RANDOMIZE) < 0) refuse("personality is not allowed: %m");
	if (trap_cycle_counter()) refuse("the cycle counter cannot be trapped: %m");
	if (install_filter()) refuse("the system call filter cannot be installed: %m");
	execvp(command[0], command);
	int error = errno;
	notice("%s cannot be started: %m", command[0]);
	_exit(error == ENOENT ? 127 : 126);
}

static void start_job(char **command) {
	int go[2];
	if (pipe(go)) refuse("pipe: %m");
	pid_t first = fork();
	if (first < 0) refuse("fork: %m");
	if (first == 0) {
		close(go[1]);
		become_job(go[0], command);
	}
	close(go[0]);
	long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD;
	if (ptrace(PTRACE_SEIZE, first, 0, options)) refuse("ptrace is not allowed here: %m");
	world.first = first;
	add_thread(first, add_process(first, NULL));
	ptrace(PTRACE_INTERRUPT, first, 0, 0);
	int status;
	waitpid(first, &status, __WALL);
	if (write(go[1], "", 1) != 1) refuse("pipe: %m");
	close(go[1]);
}

// Up to 64 hexadecimal digits, every one of which counts.
static uint64_t fold_seed(const char *digits) {
	uint64_t seed = 0;
	for (; *digits; digits++) {
		struct process mixed = {.random = seed ^ (uint8_t)*digits};
		seed = next_random(&mixed);
	}
	return seed;
}

// No level passes these.
static bool vary(int option) {
	uint64_t number = optarg ? strtoull(optarg, NULL, 10) : 0;
	switch (option) {
	case 'f': world.options.file_epoch_s = number; return true;
	case 't': world.options.clock_step_ns = number; return true;
	case 'i': world.options.first_inode = number; return true;
	case 'p': world.options.first_pid = (int)number; return true;
	case 'q': world.options.calls_a_turn = (int)number; return true;
	case 'r': world.options.release = optarg; return true;
	case 'd': world.options.reverses_directories = true; return true;
	case 'b': world.options.reverses_turns = true; return true;
	case 'a': world.options.randomizes_addresses = true; return true;
	case 'h': world.options.stops_always = true; return true;
	default: return false;
	}
}

static void parse(int count, char **values) {
	static const struct option known[] = {{"epoch", 1, 0, 'e'}, {"seed", 1, 0, 's'}, {"cpus", 1, 0, 'c'}, {"memory", 1, 0, 'm'},
		{"counts", 0, 0, 'n'}, {"version", 0, 0, 'v'}, {"vary-file-epoch", 1, 0, 'f'}, {"vary-clock-step", 1, 0, 't'},
		{"vary-first-inode", 1, 0, 'i'}, {"vary-first-pid", 1, 0, 'p'}, {"vary-calls-a-turn", 1, 0, 'q'}, {"vary-release", 1, 0, 'r'},
		{"vary-directories", 0, 0, 'd'}, {"vary-turns", 0, 0, 'b'}, {"vary-addresses", 0, 0, 'a'},
		{"vary-shortcuts", 0, 0, 'h'}, {0, 0, 0, 0}};
	for (int found; (found = getopt_long(count, values, "+", known, NULL)) != -1;) {
		switch (found) {
		case 'e': world.options.epoch_s = strtoull(optarg, NULL, 10); break;
		case 's': world.options.seed = fold_seed(optarg); break;
		case 'c': world.options.cpus = atoi(optarg); break;
		case 'm': world.options.memory_bytes = strtoull(optarg, NULL, 10); break;
		case 'n': world.options.counts = true; break;
		case 'v':
			// Run under itself, this shows that the machine lets it trace.
			puts("determinizer 1");
			exit(0);
		default:
			if (!vary(found)) _exit(EXIT_REFUSED);
		}
	}
	if (!world.options.file_epoch_s) world.options.file_epoch_s = world.options.epoch_s;
	if (optind >= count) refuse("usage: determinizer [--epoch S] [--seed HEX] [--cpus N] [--memory BYTES] [--counts] -- command...");
}

static void print_counts(void) {
	const struct counts *c = &world.counts;
	dprintf(2, "determinizer: {\"stops\":%llu,\"calls\":%llu,\"switches\":%llu,\"clock\":%llu,\"cycles\":%llu,\"random\":%llu,\"stats\":%llu,"
		"\"directories\":%llu,\"opens\":%llu,\"waits\":%llu,\"spins\":%llu,\"execs\":%llu,\"forks\":%llu,\"shortcuts\":%llu,\"virtual_ns\":%llu}\n",
		(unsigned long long)c->stops, (unsigned long long)c->calls, (unsigned long long)c->switches, (unsigned long long)c->clock,
		(unsigned long long)c->cycles, (unsigned long long)c->random, (unsigned long long)c->stats, (unsigned long long)c->directories,
		(unsigned long long)c->opens, (unsigned long long)c->waits, (unsigned long long)c->spins, (unsigned long long)c->execs,
		(unsigned long long)c->forks, (unsigned long long)shared->shortcuts, (unsigned long long)clock_now());
}

int main(int count, char **values) {
	parse(count, values);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	stop_on(SIGTERM);
	stop_on(SIGINT);
	close_descriptors();
	remember_outside_descriptors();
	open_shared();
	learn_mounts();
	burn_pids();
	stay_on_one_cpu();
	start_job(values + optind);
	// Its memory and descriptors are nobody's business in the job: the job's threads are of the same user.
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	// The same setting on both sides saves the kernel a change of control register at each switch, dear in a virtual machine.
	trap_cycle_counter();
	signal(SIGPIPE, SIG_IGN);
	watch_for_spins();
	run_world();
	if (world.exit_code && world.asked_for_uring) notice("io_uring is not available, if the job cannot do without: what it does is done in any order");
	if (world.options.counts) print_counts();
	return world.exit_code;
}
