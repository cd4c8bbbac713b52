// What /proc and /sys tell: a few files are written here, without what differs between runs and hosts; what tells only of the
// host does not exist.
#include "determinizer.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char text[1 << 20]; // of the file that is being opened: one thread runs at a time
static size_t text_bytes;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...) {
	__builtin_va_list arguments;
	__builtin_va_start(arguments, format);
	int added = vsnprintf(text + text_bytes, sizeof text - text_bytes, format, arguments);
	__builtin_va_end(arguments);
	if (added > 0) text_bytes += (size_t)added;
	if (text_bytes >= sizeof text) text_bytes = sizeof text - 1;
}

static size_t read_real(const char *path, char *out, size_t size) {
	size_t have = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return 0;
	for (ssize_t got; have < size - 1 && (got = read(fd, out + have, size - 1 - have)) > 0;) have += (size_t)got;
	close(fd);
	out[have] = 0;
	return have;
}

// Fields of /proc/PID/stat, counted from 1, that are zero here: flags, faults, times, addresses in the kernel, CPU, delays.
static bool is_zeroed(int field) {
	return (field >= 9 && field <= 17) || (field >= 29 && field <= 32) || field == 35 || field == 36 || field == 37 || (field >= 39 && field <= 44);
}

static bool put_stat(const char *path, bool is_own) {
	char real[4096];
	if (!read_real(path, real, sizeof real)) return false;
	char *rest = strrchr(real, ')');
	if (!rest) return false;
	put("%.*s)", (int)(rest - real), real);
	int field = 3;
	for (char *save, *word = strtok_r(rest + 1, " \n", &save); word; word = strtok_r(NULL, " \n", &save), field++) {
		if (field == 3) put(" %s", is_own ? "R" : *word == 'Z' ? "Z" : "S");
		else if (field == 22) put(" 100");
		else if (field == 24) put(" 4096");
		else put(" %s", is_zeroed(field) ? "0" : word);
	}
	put("\n");
	return true;
}

static const char *const KEPT_STATUS[] = {"Name:", "Umask:", "Tgid:", "Ngid:", "Pid:", "PPid:", "Uid:", "Gid:", "FDSize:", "Groups:",
	"NStgid:", "NSpid:", "NSpgid:", "NSsid:", "Threads:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "CapInh:", "CapPrm:",
	"CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:"};

static bool is_kept(const char *line) {
	for (size_t index = 0; index < sizeof KEPT_STATUS / sizeof *KEPT_STATUS; index++)
		if (strncmp(line, KEPT_STATUS[index], strlen(KEPT_STATUS[index])) == 0) return true;
	return false;
}

static bool put_status(const char *path, bool is_own) {
	char real[8192];
	if (!read_real(path, real, sizeof real)) return false;
	for (char *save, *line = strtok_r(real, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "State:", 6) == 0) put("State:\t%s\n", is_own ? "R (running)" : "S (sleeping)");
		else if (strncmp(line, "TracerPid:", 10) == 0) put("TracerPid:\t0\n");
		else if (strncmp(line, "VmPeak:", 7) == 0) put("VmPeak:\t  65536 kB\nVmSize:\t  65536 kB\nVmHWM:\t  16384 kB\nVmRSS:\t  16384 kB\n");
		else if (is_kept(line)) put("%s\n", line);
	}
	put("Cpus_allowed_list:\t0-%d\n", world.options.cpus - 1);
	return true;
}

static bool put_maps(const char *path) {
	static char real[1 << 20];
	if (!read_real(path, real, sizeof real)) return false;
	for (char *save, *line = strtok_r(real, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned major, minor, used = 0;
		unsigned long low, high, offset, inode;
		char rights[8];
		if (sscanf(line, "%lx-%lx %7s %lx %x:%x %lu %n", &low, &high, rights, &offset, &major, &minor, &inode, &used) < 7) continue;
		const char *name = line + used;
		if (low == SHARED_ADDRESS) {
			low = VDSO_ADDRESS;
			high = VDSO_ADDRESS + 8192;
			strcpy(rights, "r-xp");
			name = "[vdso]";
		}
		if (*name == '[') inode = 0;
		unsigned long number = inode ? virtual_inode(makedev(major, minor), inode) : 0;
		int width = (int)text_bytes;
		put("%08lx-%08lx %s %08lx 00:%02x %lu ", low, high, rights, *name == '[' ? 0 : offset, inode ? 1 : 0, number);
		width = (int)text_bytes - width;
		if (*name) put("%*s%s", width < 73 ? 73 - width : 0, "", name);
		put("\n");
	}
	return true;
}

static bool put_limits(const char *path) {
	static const char *const host[] = {"Max cpu time", "Max processes", "Max locked memory", "Max pending signals", "Max msgqueue size",
		"Max nice priority", "Max realtime priority", "Max realtime timeout"};
	char real[8192];
	if (!read_real(path, real, sizeof real)) return false;
	for (char *save, *line = strtok_r(real, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		bool is_host = false;
		for (size_t index = 0; index < sizeof host / sizeof *host; index++) is_host |= strncmp(line, host[index], strlen(host[index])) == 0;
		if (is_host) put("%.26s%-21s%-21s%s\n", line, "unlimited", "unlimited", strlen(line) > 68 ? line + 68 : "");
		else put("%s\n", line);
	}
	return true;
}

static void put_cpus(void) {
	for (int cpu = 0; cpu < world.options.cpus; cpu++)
		put("processor\t: %d\nvendor_id\t: Parity\ncpu family\t: 6\nmodel\t\t: 1\nmodel name\t: Parity\ncpu MHz\t\t: 2000.000\n"
			"cpu cores\t: %d\nflags\t\t: fpu sse sse2\n\n", cpu, world.options.cpus);
}

static void put_machine_stat(void) {
	put("cpu  0 0 0 0 0 0 0 0 0 0\n");
	for (int cpu = 0; cpu < world.options.cpus; cpu++) put("cpu%d 0 0 0 0 0 0 0 0 0 0\n", cpu);
	put("intr 0\nctxt 0\nbtime %llu\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n", (unsigned long long)world.options.epoch_s - 1);
}

static void put_cpu_list(void) {
	if (world.options.cpus == 1) put("0\n");
	else put("0-%d\n", world.options.cpus - 1);
}

static void put_uuid(struct process *process) {
	uint64_t high = next_random(process), low = next_random(process);
	put("%08x-%04x-4%03x-%04x-%012llx\n", (unsigned)(high >> 32), (unsigned)(high >> 16) & 0xffff, (unsigned)high & 0xfff,
		((unsigned)(low >> 48) & 0x3fff) | 0x8000, (unsigned long long)(low & 0xffffffffffffULL));
}

static bool put_machine(struct process *process, const char *name) {
	unsigned long long kib = world.options.memory_bytes / 1024;
	double up = (double)(MONOTONIC_START_NS + clock_tick()) / 1e9;
	if (!strcmp(name, "uptime")) put("%.2f 0.00\n", up);
	else if (!strcmp(name, "loadavg")) put("0.00 0.00 0.00 1/1 100\n");
	else if (!strcmp(name, "version")) put("Linux version %s (parity) #1 SMP parity\n", world.options.release);
	else if (!strcmp(name, "meminfo"))
		put("MemTotal:       %8llu kB\nMemFree:        %8llu kB\nMemAvailable:   %8llu kB\nBuffers:               0 kB\nCached:                0 kB\n"
			"SwapTotal:             0 kB\nSwapFree:              0 kB\n", kib, kib / 2, kib / 2);
	else if (!strcmp(name, "cpuinfo")) put_cpus();
	else if (!strcmp(name, "stat")) put_machine_stat();
	else if (!strcmp(name, "sys/kernel/random/uuid")) put_uuid(process);
	else if (!strcmp(name, "sys/kernel/random/boot_id")) put("00000000-0000-4000-8000-000000000000\n");
	else if (!strcmp(name, "sys/kernel/osrelease")) put("%s\n", world.options.release);
	else if (!strcmp(name, "sys/kernel/pid_max")) put("32768\n");
	else if (!strcmp(name, "sys/kernel/ngroups_max")) put("65536\n");
	else if (!strcmp(name, "sys/kernel/cap_last_cap")) put("40\n");
	else if (!strcmp(name, "sys/vm/overcommit_memory")) put("0\n");
	else if (!strcmp(name, "sys/vm/max_map_count")) put("65530\n");
	else return false;
	return true;
}

static const char *const PLAIN[] = {"", "cmdline", "environ", "exe", "cwd", "root", "comm", "auxv", "fd", "fdinfo", "task", "oom_score_adj", "attr"};

static bool is_plain(const char *name) {
	for (size_t index = 0; index < sizeof PLAIN / sizeof *PLAIN; index++) {
		size_t bytes = strlen(PLAIN[index]);
		if (strncmp(name, PLAIN[index], bytes) == 0 && (!name[bytes] || (bytes && name[bytes] == '/'))) return true;
	}
	return false;
}

enum served { AS_IT_IS, FROM_HERE, MISSING };

// `name` is what follows /proc/PID/.
static enum served serve_own(struct thread *thread, pid_t pid, const char *name) {
	char real[128];
	bool is_done = false;
	const char *nested = strncmp(name, "task/", 5) == 0 ? strchr(name + 5, '/') : NULL;
	if (nested) name = nested + 1;
	snprintf(real, sizeof real, "/proc/%d/%s", pid, name);
	if (!strcmp(name, "stat")) is_done = put_stat(real, pid == thread->process->tgid);
	else if (!strcmp(name, "status")) is_done = put_status(real, pid == thread->process->tgid);
	else if (!strcmp(name, "maps")) is_done = put_maps(real);
	else if (!strcmp(name, "limits")) is_done = put_limits(real);
	else if (!strcmp(name, "statm")) put("16384 4096 2048 256 0 2048 0\n"), is_done = true;
	else if (!strcmp(name, "cgroup")) put("0::/\n"), is_done = true;
	else return is_plain(name) ? AS_IT_IS : MISSING;
	return is_done ? FROM_HERE : MISSING;
}

static enum served serve(struct thread *thread, const char *path) {
	text_bytes = 0;
	if (strncmp(path, "/sys", 4) == 0) {
		const char *cpus[] = {"/sys/devices/system/cpu/online", "/sys/devices/system/cpu/possible", "/sys/devices/system/cpu/present"};
		for (int index = 0; index < 3; index++)
			if (!strcmp(path, cpus[index])) return put_cpu_list(), FROM_HERE;
		return MISSING;
	}
	const char *name = path + 5;
	while (*name == '/') name++;
	if (!*name || !strcmp(name, "self") || !strcmp(name, "thread-self")) return AS_IT_IS;
	const char *rest = strchr(name, '/');
	if (strncmp(name, "self/", 5) == 0) return serve_own(thread, thread->process->tgid, rest + 1);
	if (strncmp(name, "thread-self/", 12) == 0) return serve_own(thread, thread->tid, rest + 1);
	// Nothing of the determinizer is to be seen: its own descriptors and memory differ.
	if (isdigit((unsigned char)*name)) return atoi(name) == getpid() ? MISSING : rest ? serve_own(thread, atoi(name), rest + 1) : AS_IT_IS;
	return put_machine(thread->process, name) ? FROM_HERE : MISSING;
}

// "//proc/./self" is "/proc/self".
static void simplify(char *path) {
	char *to = path;
	for (const char *from = path; *from; from++) {
		bool is_start = to > path && to[-1] == '/';
		if (is_start && *from == '/') continue;
		if (is_start && from[0] == '.' && from[1] == '/') continue;
		*to++ = *from;
	}
	*to = 0;
}

// Makes a relative path whole when some thread may stand in /proc; true when the path leads into /proc or /sys.
bool is_proc_path(struct thread *thread, uint64_t directory, char *path, size_t size) {
	if (path[0] != '/' && shared->has_proc_directory) {
		char link[64], base[4096], whole[8200];
		if ((int)directory == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", thread->tid);
		else snprintf(link, sizeof link, "/proc/%d/fd/%d", thread->tid, (int)directory);
		ssize_t length = readlink(link, base, sizeof base - 1);
		if (length > 0 && strncmp(base, "/proc", 5) == 0) {
			base[length] = 0;
			snprintf(whole, sizeof whole, "%s/%s", base, path);
			snprintf(path, size, "%.*s", (int)size - 1, whole);
		}
	}
	simplify(path);
	if (!strcmp(path, "/etc/mtab")) strcpy(path, "/proc/mounts");
	for (int index = 0; index < 2; index++) {
		const char *root = index ? "/sys" : "/proc";
		size_t bytes = strlen(root);
		if (strncmp(path, root, bytes) == 0 && (path[bytes] == '/' || !path[bytes])) return true;
	}
	return false;
}

enum outcome open_proc(struct thread *thread, registers *r, const char *path, int flags) {
	switch (serve(thread, path)) {
	case AS_IT_IS:
		shared->has_proc_directory = true;
		return PROCEED;
	case MISSING:
		skip_call(r, -ENOENT);
		return ANSWERED;
	default: break;
	}
	memcpy(thread->kept, (uint64_t[4]){argument(r, 0), FOREVER, argument(r, 1), 0}, sizeof thread->kept);
	set_call_number(r, SYS_memfd_create);
	set_argument(r, 0, SHARED_ADDRESS + offsetof(struct shared, name));
	set_argument(r, 1, flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
	return PROCEED_TO_EXIT;
}

// The open has become a memory file: fill it with the text and put the arguments back.
enum outcome leave_served(struct thread *thread, registers *r) {
	set_argument(r, 0, thread->kept[0]);
	set_argument(r, 1, thread->kept[2]);
	if (call_result(r) < 0) return FINISHED;
	int borrowed = borrow_descriptor(thread, (int)call_result(r));
	if (borrowed < 0 || write(borrowed, text, text_bytes) != (ssize_t)text_bytes) refuse("a file of /proc could not be written: %m");
	lseek(borrowed, 0, SEEK_SET);
	close(borrowed);
	return FINISHED;
}

enum outcome enter_readlink(struct thread *thread, registers *r) {
	char path[4096];
	bool is_plain_call = call_number(r) == SYS_readlink;
	uint64_t at = argument(r, is_plain_call ? 0 : 1), directory = is_plain_call ? (uint64_t)AT_FDCWD : argument(r, 0);
	if (!read_text(thread, at, path, sizeof path) || !is_proc_path(thread, directory, path, sizeof path)) return PROCEED;
	return PROCEED_TO_EXIT;
}

// "pipe:[12345]" and "socket:[12345]" tell how many the host has made.
enum outcome leave_readlink(struct thread *thread, registers *r) {
	char link[64], renamed[64] = "";
	long length = call_result(r);
	uint64_t at = argument(r, call_number(r) == SYS_readlink ? 1 : 2);
	unsigned long inode;
	if (length <= 0 || length >= (long)sizeof link || !read_memory(thread, at, link, (size_t)length)) return FINISHED;
	link[length] = 0;
	char *bracket = strstr(link, ":[");
	if (!bracket || sscanf(bracket, ":[%lu]", &inode) != 1) return FINISHED;
	*bracket = 0;
	int bytes = snprintf(renamed, sizeof renamed, "%s:[%lu]", link, (unsigned long)virtual_inode((dev_t)-1, inode));
	if (bytes > length) bytes = (int)length;
	write_memory(thread, at, renamed, (size_t)length); // over all that the kernel has written
	set_call_result(r, bytes);
	return FINISHED;
}

enum outcome enter_chdir(struct thread *thread, registers *r) {
	char path[8];
	if (read_memory(thread, argument(r, 0), path, 5) && strncmp(path, "/proc", 5) == 0) shared->has_proc_directory = true;
	return PROCEED;
}
