// One source of difference a name: `sources NAME` prints what a program sees of it; `sources` lists the names.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

static char scratch[256];

static const char *in_scratch(const char *name) {
	static char path[512];
	if (!scratch[0]) {
		snprintf(scratch, sizeof scratch, "/tmp/probe.XXXXXX");
		if (!mkdtemp(scratch)) exit(9);
	}
	snprintf(path, sizeof path, "%s/%s", scratch, name);
	return path;
}

static void hex(const void *bytes, size_t count) {
	for (size_t at = 0; at < count; at++) printf("%02x", ((const uint8_t *)bytes)[at]);
	printf("\n");
}

static long now_ns(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void show(struct timespec at) { printf("%ld.%09ld\n", (long)at.tv_sec, at.tv_nsec); }

static void clock_at(clockid_t id) {
	struct timespec now;
	clock_gettime(id, &now);
	show(now);
}

static void clock_realtime(void) { clock_at(CLOCK_REALTIME); }
static void clock_monotonic(void) { clock_at(CLOCK_MONOTONIC); }
static void clock_boottime(void) { clock_at(CLOCK_BOOTTIME); }
static void clock_raw(void) { clock_at(CLOCK_MONOTONIC_RAW); }
static void clock_coarse(void) { clock_at(CLOCK_REALTIME_COARSE); }
static void clock_process(void) { clock_at(CLOCK_PROCESS_CPUTIME_ID); }
static void clock_thread(void) { clock_at(CLOCK_THREAD_CPUTIME_ID); }
static void clock_call(void) {
	struct timespec now;
	syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	show(now);
}
static void time_of_day(void) {
	struct timeval now;
	gettimeofday(&now, NULL);
	printf("%ld.%06ld\n", (long)now.tv_sec, (long)now.tv_usec);
}
static void time_call(void) { printf("%ld\n", (long)syscall(SYS_time, NULL)); }
static void times_call(void) {
	struct tms spent;
	printf("%ld\n", (long)times(&spent));
}
static void usage(void) {
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	printf("%ld %ld %ld %ld\n", (long)used.ru_utime.tv_usec, used.ru_maxrss, used.ru_minflt, used.ru_nvcsw);
}
static void cycles(void) { printf("%llu\n", (unsigned long long)__rdtsc()); }
static void cycles_cpu(void) {
	unsigned cpu;
	unsigned long long value = __rdtscp(&cpu);
	printf("%llu %u\n", value, cpu);
}
static void elapsed_work(void) {
	long start = now_ns();
	volatile double sum = 0;
	for (int at = 0; at < 3000000; at++) sum += at;
	printf("%ld\n", now_ns() - start);
}
static void deadline_loop(void) {
	long end = now_ns() + 20000000, turns = 0;
	while (now_ns() < end) turns++;
	printf("%ld\n", turns);
}
static void slept(void) {
	long start = now_ns();
	usleep(3000);
	printf("%ld\n", now_ns() - start);
}
static void slept_until(void) {
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
	clock_at(CLOCK_REALTIME);
}
static void polled(void) {
	long start = now_ns();
	poll(NULL, 0, 7);
	printf("%ld\n", now_ns() - start);
}
static void selected(void) {
	long start = now_ns();
	struct timeval span = {0, 5000};
	select(0, NULL, NULL, NULL, &span);
	printf("%ld\n", now_ns() - start);
}
static void epolled(void) {
	long start = now_ns();
	struct epoll_event event;
	epoll_wait(epoll_create1(0), &event, 1, 6);
	printf("%ld\n", now_ns() - start);
}
static void condition_timed(void) {
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never = PTHREAD_COND_INITIALIZER;
	struct timespec until;
	long start = now_ns();
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 4000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&lock);
	int answer = pthread_cond_timedwait(&never, &lock, &until);
	printf("%d %ld\n", answer, now_ns() - start);
}
static void timer_descriptor(void) {
	struct itimerspec every = {{0, 2000000}, {0, 2000000}};
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t times;
	timerfd_settime(timer, 0, &every, NULL);
	for (int at = 0; at < 3; at++) {
		if (read(timer, &times, sizeof times) != sizeof times) exit(9);
		printf("%llu %ld\n", (unsigned long long)times, now_ns());
	}
}
static volatile sig_atomic_t rung;
static void ring(int signal) { rung += signal == SIGALRM ? 1 : 100; }
static void alarm_counted(void) {
	struct itimerval once = {{0, 0}, {0, 10000}};
	long turns = 0;
	signal(SIGALRM, ring);
	setitimer(ITIMER_REAL, &once, NULL);
	while (!rung) turns += now_ns() > 0;
	printf("%ld\n", turns);
}
static void alarm_spun(void) {
	signal(SIGALRM, ring);
	alarm(1);
	while (!rung) {}
	clock_at(CLOCK_REALTIME);
}
static void timer_signal(void) {
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
	struct itimerspec every = {{0, 1000000}, {0, 1000000}};
	timer_t timer;
	signal(SIGALRM, ring);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &every, NULL);
	while (rung < 3) pause();
	printf("%d %ld\n", (int)rung, now_ns());
}
static void random_call(void) {
	uint8_t bytes[16];
	syscall(SYS_getrandom, bytes, sizeof bytes, 0);
	hex(bytes, sizeof bytes);
}
static void random_vector(void) { hex((void *)getauxval(AT_RANDOM), 16); }
static void random_from(const char *path) {
	uint8_t bytes[16];
	int file = open(path, O_RDONLY);
	if (file < 0 || read(file, bytes, sizeof bytes) != sizeof bytes) printf("none\n");
	else hex(bytes, sizeof bytes);
}
static void device_random(void) { random_from("/dev/random"); }
static void device_urandom(void) { random_from("/dev/urandom"); }
static void random_instruction(void) {
	unsigned long long value = 0;
	__asm__ volatile("rdrand %0" : "=r"(value));
	printf("%llx\n", value);
}
static void temporary_name(void) {
	char name[] = "/tmp/XXXXXX";
	close(mkstemp(name));
	unlink(name);
	puts(name);
}
static void address_stack(void) { int here; printf("%p\n", (void *)&here); }
static void address_heap(void) { printf("%p %p\n", malloc(10), malloc(1 << 20)); }
static void address_code(void) { printf("%p\n", (void *)&address_code); }
static void address_map(void) { printf("%p\n", mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }
static void address_vdso(void) { printf("%lx\n", getauxval(AT_SYSINFO_EHDR)); }
static void *own_address(void *unused) { (void)unused; return (void *)pthread_self(); }
static void address_thread(void) {
	pthread_t thread;
	void *address;
	pthread_create(&thread, NULL, own_address, NULL);
	pthread_join(thread, &address);
	printf("%p\n", address);
}
static void own_pid(void) { printf("%d %d\n", getpid(), getppid()); }
static void own_tid(void) { printf("%d\n", (int)syscall(SYS_gettid)); }
static void child_pids(void) {
	for (int at = 0; at < 3; at++) {
		pid_t child = fork();
		if (!child) _exit(0);
		waitpid(child, NULL, 0);
		printf("%d\n", child);
	}
}
static void machine_name(void) {
	struct utsname name;
	uname(&name);
	printf("%s %s %s %s\n", name.sysname, name.release, name.version, name.machine);
}
static void host_name(void) {
	char name[256];
	gethostname(name, sizeof name);
	puts(name);
}
static void machine_size(void) {
	struct sysinfo info;
	sysinfo(&info);
	printf("%ld %lu %lu %d\n", info.uptime, info.totalram, info.freeram, info.procs);
}
static void affinity(void) {
	cpu_set_t set;
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof set, &set);
	hex(&set, 16);
	printf("%ld\n", sysconf(_SC_NPROCESSORS_ONLN));
}
static void cpu_number(void) { printf("%d\n", sched_getcpu()); }
static void cpu_features(void) {
	unsigned a = 1, b, c, d;
	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	printf("%x %x %x %x\n", a, b & 0xffffff, c, d);
}
static void file_of(const char *path) {
	char bytes[4096];
	int file = open(path, O_RDONLY);
	ssize_t got = file < 0 ? -1 : read(file, bytes, sizeof bytes);
	if (got < 0) printf("error %d\n", errno);
	else fwrite(bytes, 1, (size_t)got, stdout);
}
static void proc_stat(void) { file_of("/proc/self/stat"); }
static void proc_status(void) { file_of("/proc/self/status"); }
static void proc_maps(void) { file_of("/proc/self/maps"); }
static void proc_statm(void) { file_of("/proc/self/statm"); }
static void proc_uptime(void) { file_of("/proc/uptime"); }
static void proc_meminfo(void) { file_of("/proc/meminfo"); }
static void proc_loadavg(void) { file_of("/proc/loadavg"); }
static void proc_cpuinfo(void) { file_of("/proc/cpuinfo"); }
static void proc_version(void) { file_of("/proc/version"); }
static void proc_machine_stat(void) { file_of("/proc/stat"); }
static void proc_interrupts(void) { file_of("/proc/interrupts"); }
static void proc_mounts(void) { file_of("/proc/self/mountinfo"); }
static void proc_cgroup(void) { file_of("/proc/self/cgroup"); }
static void proc_schedule(void) { file_of("/proc/self/sched"); }
static void proc_uuid(void) { file_of("/proc/sys/kernel/random/uuid"); }
static void proc_boot(void) { file_of("/proc/sys/kernel/random/boot_id"); }
static void proc_relative(void) {
	int folder = open("/proc/self", O_RDONLY | O_DIRECTORY);
	char bytes[512];
	int file = openat(folder, "stat", O_RDONLY);
	ssize_t got = read(file, bytes, sizeof bytes);
	if (got > 0) fwrite(bytes, 1, (size_t)got, stdout);
}
static void proc_pipe_name(void) {
	char name[64] = "";
	int ends[2];
	if (pipe(ends)) exit(9);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	if (readlink(path, name, sizeof name - 1) > 0) puts(name);
}
static void system_cpus(void) { file_of("/sys/devices/system/cpu/online"); }
static void show_file(const char *path) {
	struct stat look;
	if (stat(path, &look)) printf("error %d\n", errno);
	else printf("%lu %lu %lu %ld %ld %ld.%09ld %ld.%09ld %ld.%09ld\n", (unsigned long)look.st_dev, (unsigned long)look.st_ino,
		(unsigned long)look.st_nlink, (long)look.st_size, (long)look.st_blocks, (long)look.st_mtim.tv_sec, look.st_mtim.tv_nsec,
		(long)look.st_ctim.tv_sec, look.st_ctim.tv_nsec, (long)look.st_atim.tv_sec, look.st_atim.tv_nsec);
}
static void show_descriptor(int descriptor) {
	struct stat look;
	if (fstat(descriptor, &look)) exit(9);
	printf("%lu %ld.%09ld %ld.%09ld\n", (unsigned long)look.st_ino, (long)look.st_mtim.tv_sec, look.st_mtim.tv_nsec, (long)look.st_ctim.tv_sec,
		look.st_ctim.tv_nsec);
}
static void file_nameless(void) {
	int ends[2], sockets[2];
	if (pipe(ends) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) exit(9);
	show_descriptor(ends[0]);
	show_descriptor(sockets[0]);
	show_descriptor(memfd_create("m", 0));
	show_descriptor(eventfd(0, 0));
}
static void segment_times(void) {
	struct shmid_ds look;
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	if (shmat(id, NULL, 0) == (void *)-1 || shmctl(id, IPC_STAT, &look)) exit(9);
	printf("%ld %ld\n", (long)look.shm_atime, (long)look.shm_ctime);
	shmctl(id, IPC_RMID, NULL);
}
static void file_shown(void) { show_file("/tmp"); show_file("/"); }
static void make(const char *name) {
	int file = open(in_scratch(name), O_CREAT | O_WRONLY, 0644);
	if (write(file, name, strlen(name)) < 0) exit(9);
	close(file);
}
// Enough calls of one place that a tracer may answer them in another way.
static void file_often(void) {
	struct stat look;
	char name[64];
	for (int at = 0; at < 300; at++) {
		snprintf(name, sizeof name, "often-%d", at % 40);
		if (at % 3 == 0) make(name);
		else if (at % 3 == 1) stat(in_scratch(name), &look);
		else unlink(in_scratch(name));
		int file = open("/proc/self/stat", O_RDONLY), here = open("/", O_RDONLY), pair[2];
		if (fstat(here, &look) || pipe(pair)) exit(9);
		close(file);
		close(here);
		if (at % 10 == 0) show_descriptor(pair[0]);
		close(pair[0]);
		close(pair[1]);
	}
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%d %lu %ld.%09ld\n", access(in_scratch("often-3"), F_OK), (unsigned long)look.st_ino, (long)now.tv_sec, now.tv_nsec);
}
static void file_new(void) {
	make("b"); make("a");
	show_file(in_scratch("a")); show_file(in_scratch("b")); show_file(scratch);
}
static void file_reused_number(void) {
	make("one"); show_file(in_scratch("one")); unlink(in_scratch("one"));
	make("two"); show_file(in_scratch("two"));
}
static void file_extended(void) {
	struct statx look;
	make("x");
	statx(AT_FDCWD, in_scratch("x"), 0, STATX_ALL, &look);
	printf("%llu %x %lld.%u %u:%u %llu\n", (unsigned long long)look.stx_ino, look.stx_mask, (long long)look.stx_btime.tv_sec,
		look.stx_btime.tv_nsec, look.stx_dev_major, look.stx_dev_minor, (unsigned long long)look.stx_blocks);
}
static void file_system(void) {
	struct statfs look;
	statfs("/", &look);
	printf("%lx %lu %lu %lu %lu %d\n", (unsigned long)look.f_type, (unsigned long)look.f_blocks, (unsigned long)look.f_bfree,
		(unsigned long)look.f_files, (unsigned long)look.f_ffree, look.f_fsid.__val[0]);
}
static void directory_order(void) {
	char name[32];
	for (int at = 0; at < 300; at++) {
		snprintf(name, sizeof name, "f%d", at * 7919 % 1000);
		make(name);
	}
	DIR *folder = opendir(scratch);
	for (struct dirent *entry; (entry = readdir(folder));) printf("%s %lu\n", entry->d_name, (unsigned long)entry->d_ino);
}
static void directory_large(void) {
	char name[64], last[64] = "";
	int count = 0, sorted = 1;
	for (int at = 0; at < 1500; at++) {
		snprintf(name, sizeof name, "file-with-a-rather-long-name-%d", at * 7919 % 1511);
		make(name);
	}
	DIR *folder = opendir(scratch);
	for (struct dirent *entry; (entry = readdir(folder)); count++) {
		if (strcmp(last, entry->d_name) > 0) sorted = 0;
		snprintf(last, sizeof last, "%.63s", entry->d_name);
		if (unlinkat(dirfd(folder), entry->d_name, 0) && entry->d_name[0] != '.') exit(9);
	}
	printf("%d %d\n", count, sorted);
}
static void socket_name(void) {
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	socklen_t size = sizeof name;
	int made = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(made, (struct sockaddr *)&name, sizeof(sa_family_t));
	getsockname(made, (struct sockaddr *)&name, &size);
	hex(name.sun_path, size - sizeof(sa_family_t));
}
static void socket_network(void) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int made = socket(AF_INET, SOCK_STREAM, 0);
	printf("%d\n", made < 0 ? errno : connect(made, (struct sockaddr *)&to, sizeof to) ? errno : 0);
}

static volatile long counter;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t order = 1469598103934665603ULL;
static void note(long value) { order = (order ^ (uint64_t)value) * 1099511628211ULL; }
static void run_threads(void *(*body)(void *), int count) {
	pthread_t threads[16];
	for (long at = 0; at < count; at++) pthread_create(&threads[at], NULL, body, (void *)at);
	for (int at = 0; at < count; at++) pthread_join(threads[at], NULL);
	printf("%ld %llx\n", counter, (unsigned long long)order);
}
static void *add_plainly(void *me) {
	(void)me;
	for (int at = 0; at < 300000; at++) counter++;
	return NULL;
}
static void race_data(void) { run_threads(add_plainly, 4); }
static void *take_lock(void *me) {
	for (int at = 0; at < 3000; at++) {
		pthread_mutex_lock(&lock);
		note((long)me);
		pthread_mutex_unlock(&lock);
		if (at % 97 == 0) sched_yield();
	}
	return NULL;
}
static void race_lock(void) { run_threads(take_lock, 4); }
static volatile int flag;
static void *spin_lock(void *me) {
	for (int at = 0; at < 12; at++) {
		while (__atomic_exchange_n(&flag, 1, __ATOMIC_ACQUIRE)) {}
		note((long)me);
		for (volatile int work = 0; work < 20000; work++) {}
		__atomic_store_n(&flag, 0, __ATOMIC_RELEASE);
	}
	return NULL;
}
static void race_spin(void) { run_threads(spin_lock, 3); }
static volatile int turn;
static void *take_turns(void *me) {
	for (int at = 0; at < 6; at++) {
		while (turn != (long)me) {}
		note((long)me);
		turn = (turn + 1) % 3;
	}
	return NULL;
}
static void race_turns(void) { run_threads(take_turns, 3); }
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static void *signal_each_other(void *me) {
	for (int at = 0; at < 500; at++) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec = (until.tv_nsec + 50000) % 1000000000;
		pthread_mutex_lock(&lock);
		note((long)me);
		pthread_cond_signal(&ready);
		note(pthread_cond_timedwait(&ready, &lock, &until));
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}
static void race_condition(void) { run_threads(signal_each_other, 4); }
static void *sleep_and_note(void *me) {
	for (int at = 0; at < 40; at++) {
		usleep(100 + (unsigned)((long)me * 37 + at) % 50);
		pthread_mutex_lock(&lock);
		note((long)me);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}
static void race_sleep(void) { run_threads(sleep_and_note, 5); }
static void race_pipe(void) {
	int ends[2];
	char line[32], got[4096];
	if (pipe(ends)) exit(9);
	for (int child = 0; child < 4; child++) {
		if (fork()) continue;
		for (int at = 0; at < 50; at++) {
			int bytes = snprintf(line, sizeof line, "%d:%d ", child, at);
			if (write(ends[1], line, (size_t)bytes) != bytes) _exit(9);
		}
		_exit(0);
	}
	close(ends[1]);
	for (ssize_t bytes; (bytes = read(ends[0], got, sizeof got)) > 0;) printf("[%zd]%.*s\n", bytes, (int)bytes, got);
	while (wait(NULL) > 0) {}
}
static void race_file_lock(void) {
	int file = open(in_scratch("locked"), O_CREAT | O_RDWR | O_APPEND, 0600);
	char line[16];
	for (int child = 0; child < 3; child++) {
		if (fork()) continue;
		int own = open(in_scratch("locked"), O_RDWR | O_APPEND);
		for (int at = 0; at < 20; at++) {
			flock(own, LOCK_EX);
			int bytes = snprintf(line, sizeof line, "%d", child);
			if (write(own, line, (size_t)bytes) != bytes) _exit(9);
			if (at % 3 == 0) sched_yield();
			flock(own, LOCK_UN);
		}
		_exit(0);
	}
	while (wait(NULL) > 0) {}
	char all[256];
	ssize_t got = pread(file, all, sizeof all, 0);
	printf("%.*s\n", (int)got, all);
}
static void race_pipe_large(void) {
	int ends[2];
	static char block[300000], got[70000];
	if (pipe(ends)) exit(9);
	for (int child = 0; child < 3; child++) {
		if (fork()) continue;
		memset(block, 'a' + child, sizeof block);
		struct iovec parts[3] = {{block, 100000}, {block, 7}, {block, 199993}};
		if (writev(ends[1], parts, 3) != (ssize_t)sizeof block) _exit(9);
		_exit(0);
	}
	close(ends[1]);
	long total = 0;
	for (ssize_t bytes; (bytes = read(ends[0], got, sizeof got)) > 0; total += bytes)
		for (ssize_t at = 0; at < bytes; at += 512) note(got[at]);
	printf("%ld %llx\n", total, (unsigned long long)order);
}
static void race_socket(void) {
	int pair[2];
	char got[64];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) exit(9);
	for (int child = 0; child < 3; child++) {
		if (fork()) continue;
		for (int at = 0; at < 30; at++) if (send(pair[1], &"xyz"[child], 1, 0) != 1) _exit(9);
		_exit(0);
	}
	close(pair[1]);
	for (ssize_t bytes; (bytes = recv(pair[0], got, sizeof got, 0)) > 0;) printf("%.*s|", (int)bytes, got);
	puts("");
}
static void race_shared_memory(void) {
	struct shared { pthread_mutex_t lock; uint64_t order; } *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->lock, &attributes);
	for (uint64_t child = 0; child < 3; child++) {
		if (fork()) continue;
		for (int at = 0; at < 200; at++) {
			pthread_mutex_lock(&shared->lock);
			shared->order = (shared->order ^ child) * 1099511628211ULL;
			if (at % 7 == 0) usleep(10);
			pthread_mutex_unlock(&shared->lock);
		}
		_exit(0);
	}
	while (wait(NULL) > 0) {}
	printf("%llx\n", (unsigned long long)shared->order);
}
static void race_children(void) {
	for (int child = 0; child < 5; child++) {
		if (fork()) continue;
		for (volatile int work = 0; work < 1000000 * (5 - child); work++) {}
		_exit(child);
	}
	for (int status; wait(&status) > 0;) printf("%d ", WEXITSTATUS(status));
	puts("");
}
static void race_signals(void) {
	signal(SIGUSR1, ring);
	signal(SIGALRM, ring);
	pid_t parent = getpid();
	for (int child = 0; child < 4; child++) {
		if (fork()) continue;
		for (int at = 0; at < 5; at++) kill(parent, at % 2 ? SIGUSR1 : SIGALRM);
		_exit(0);
	}
	long turns = 0;
	while (wait(NULL) > 0 || errno == EINTR) turns++;
	printf("%d %ld\n", (int)rung, turns);
}

#define SOURCE(name) {#name, name}
static const struct { const char *name; void (*show)(void); } SOURCES[] = {
	SOURCE(clock_realtime), SOURCE(clock_monotonic), SOURCE(clock_boottime), SOURCE(clock_raw), SOURCE(clock_coarse), SOURCE(clock_process),
	SOURCE(clock_thread), SOURCE(clock_call), SOURCE(time_of_day), SOURCE(time_call), SOURCE(times_call), SOURCE(usage), SOURCE(cycles),
	SOURCE(cycles_cpu), SOURCE(elapsed_work), SOURCE(deadline_loop), SOURCE(slept), SOURCE(slept_until), SOURCE(polled), SOURCE(selected),
	SOURCE(epolled), SOURCE(condition_timed), SOURCE(timer_descriptor), SOURCE(alarm_counted), SOURCE(alarm_spun), SOURCE(timer_signal),
	SOURCE(random_call), SOURCE(random_vector), SOURCE(device_random), SOURCE(device_urandom), SOURCE(random_instruction), SOURCE(temporary_name),
	SOURCE(address_stack), SOURCE(address_heap), SOURCE(address_code), SOURCE(address_map), SOURCE(address_vdso), SOURCE(address_thread),
	SOURCE(own_pid), SOURCE(own_tid), SOURCE(child_pids), SOURCE(machine_name), SOURCE(host_name), SOURCE(machine_size), SOURCE(affinity),
	SOURCE(cpu_number), SOURCE(cpu_features), SOURCE(proc_stat), SOURCE(proc_status), SOURCE(proc_maps), SOURCE(proc_statm), SOURCE(proc_uptime),
	SOURCE(proc_meminfo), SOURCE(proc_loadavg), SOURCE(proc_cpuinfo), SOURCE(proc_version), SOURCE(proc_machine_stat), SOURCE(proc_interrupts),
	SOURCE(proc_mounts), SOURCE(proc_cgroup), SOURCE(proc_schedule), SOURCE(proc_uuid), SOURCE(proc_boot), SOURCE(proc_relative),
	SOURCE(proc_pipe_name), SOURCE(system_cpus), SOURCE(file_shown), SOURCE(file_nameless), SOURCE(segment_times), SOURCE(file_often), SOURCE(file_new), SOURCE(file_reused_number), SOURCE(file_extended),
	SOURCE(file_system), SOURCE(directory_order), SOURCE(directory_large), SOURCE(socket_name), SOURCE(socket_network), SOURCE(race_data),
	SOURCE(race_lock), SOURCE(race_spin), SOURCE(race_turns), SOURCE(race_condition), SOURCE(race_sleep), SOURCE(race_pipe), SOURCE(race_file_lock),
	SOURCE(race_pipe_large), SOURCE(race_socket), SOURCE(race_shared_memory), SOURCE(race_children), SOURCE(race_signals),
};

static void clean(void) {
	DIR *folder = scratch[0] ? opendir(scratch) : NULL;
	for (struct dirent *entry; folder && (entry = readdir(folder));) unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder) rmdir(scratch);
}

int main(int count, char **names) {
	for (size_t at = 0; at < sizeof SOURCES / sizeof *SOURCES; at++) {
		if (count < 2) puts(SOURCES[at].name);
		else if (!strcmp(names[1], SOURCES[at].name)) {
			SOURCES[at].show();
			clean();
			return 0;
		}
	}
	return count < 2 ? 0 : 2;
}
