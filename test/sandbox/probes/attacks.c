// What a hostile or a badly written job tries. Most kinds print a line for each attempt: its name, and "got it" or the error.
// Usage: attacks KIND [ARGUMENT]
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void tell(const char *name, long result) {
	printf("%s: %s\n", name, result >= 0 ? "got it" : strerrorname_np(errno));
	fflush(stdout);
}

#define TRY(call) (errno = 0, tell(#call, (long)(call)))

// Calls that only the host's administrator has.
static void calls(void) {
	struct timeval now = {0, 0};
	struct timex adjustment = {.modes = ADJ_OFFSET};
	struct perf_event_attr counter = {.type = PERF_TYPE_SOFTWARE, .size = sizeof counter, .exclude_kernel = 0};
	union bpf_attr map = {.map_type = 1, .key_size = 4, .value_size = 4, .max_entries = 1};
	struct {
		unsigned bytes;
		int type;
		unsigned char handle[128];
	} root = {8, 1, {2}};
	TRY(mount("none", "/tmp", "tmpfs", 0, NULL));
	TRY(mount("/", "/tmp", NULL, MS_BIND, NULL));
	TRY(umount2("/proc", MNT_DETACH));
	TRY(syscall(SYS_pivot_root, "/tmp", "/tmp"));
	TRY(chroot("/tmp"));
	TRY(syscall(SYS_open_tree, AT_FDCWD, "/", 1));
	TRY(syscall(SYS_fsopen, "proc", 0));
	TRY(unshare(CLONE_NEWUSER));
	TRY(unshare(CLONE_NEWNS));
	TRY(unshare(CLONE_NEWNET));
	TRY(setns(open("/proc/self/ns/mnt", O_RDONLY), 0));
	TRY(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	TRY(syscall(SYS_keyctl, 0, -3, 1, 0, 0));
	TRY(syscall(SYS_add_key, "user", "name", "secret", 6, -3));
	TRY(syscall(SYS_request_key, "user", "name", NULL, -3));
	TRY(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
	TRY(syscall(SYS_perf_event_open, &counter, -1, 0, -1, 0));
	TRY(syscall(SYS_userfaultfd, 0));
	TRY(syscall(SYS_init_module, "", 0, ""));
	TRY(syscall(SYS_finit_module, 0, "", 0));
	TRY(syscall(SYS_kexec_load, 0, 0, 0, 0));
	TRY(reboot(RB_DISABLE_CAD));
	TRY(swapon("/tmp/none", 0));
	TRY(syscall(SYS_iopl, 3));
	TRY(syscall(SYS_ioperm, 0x80, 1, 1));
	TRY(syscall(SYS_open_by_handle_at, open("/", O_RDONLY), &root, O_RDONLY)); // the escape called "shocker"
	TRY(settimeofday(&now, NULL));
	TRY(adjtimex(&adjustment));
	TRY(sethostname("mine", 4));
	TRY(syscall(SYS_syslog, 3, NULL, 0));
	TRY(syscall(SYS_quotactl, 0, "/", 0, NULL));
	TRY(acct("/tmp/none"));
	TRY(setuid(0));
	TRY(setpriority(PRIO_PROCESS, 0, -20));
	TRY(mknod("/tmp/null", S_IFCHR | 0666, makedev(1, 3)));
	TRY(mknod("/output/disk", S_IFBLK | 0666, makedev(8, 0)));
	TRY(mknod("/dev/shm/memory", S_IFCHR | 0666, makedev(1, 1)));
	TRY(link("/etc/hosts", "/output/hosts"));
}

// Ways out that are public knowledge, by files.
static void files(void) {
	static const char *const read_only[] = {"/var/run/docker.sock", "/run/docker.sock", "/run/parity-docker/docker.sock",
		"/run/containerd/containerd.sock", "/dev/kvm", "/dev/mem", "/dev/kmsg", "/dev/fuse", "/dev/net/tun", "/dev/loop-control", "/dev/sda",
		"/dev/nvidia0", "/dev/dri/card0", "/proc/1/root/etc/shadow", "/proc/kcore", "/sys/kernel/security", "/.dockerinit", "/etc/shadow"};
	static const char *const writable[] = {"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/modprobe",
		"/sys/kernel/uevent_helper", "/sys/fs/cgroup/memory/release_agent", "/sys/fs/cgroup/cgroup.procs", "/proc/self/exe", "/proc/1/exe",
		"/proc/self/uid_map", "/proc/self/setgroups", "/etc/hosts", "/attacks", "/.parity/determinizer"};
	for (size_t index = 0; index < sizeof read_only / sizeof *read_only; index++) {
		char byte;
		int fd = open(read_only[index], O_RDONLY);
		printf("%s: %s\n", read_only[index], fd >= 0 && read(fd, &byte, 1) > 0 ? "got it" : "nothing"); // a masked file is empty
	}
	for (size_t index = 0; index < sizeof writable / sizeof *writable; index++) {
		int fd = open(writable[index], O_WRONLY);
		printf("%s: %s\n", writable[index], fd >= 0 && write(fd, "0 0 1\n", 6) > 0 ? "got it" : "nothing");
	}
	for (int fd = 3; fd < 64; fd++) // what an engine forgot to close leads out of the container
		if (fcntl(fd, F_GETFD) >= 0 && fcntl(fd, F_GETFL) & O_DIRECTORY) printf("directory %d: got it\n", fd);
}

// Sends a byte through every kind of socket to where somebody outside may listen.
static void sockets(void) {
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
	struct {
		unsigned short family, port;
		unsigned char address[24];
	} peer = {0, 0x5000, {192, 0, 2, 1, 2, 0, 0, 0}};
	for (int family = 1; family < 46; family++)
		for (int type = 0; type < 4; type++) {
			int fd = socket(family, types[type], 0);
			if (fd < 0 || family == AF_NETLINK) continue; // the container's own network namespace, which is empty
			peer.family = (unsigned short)family;
			fcntl(fd, F_SETFL, O_NONBLOCK);
			int is_sent = connect(fd, (struct sockaddr *)&peer, sizeof peer) == 0 || errno == EINPROGRESS;
			if (is_sent && family != AF_UNIX && family != AF_ALG) printf("family %d type %d: got it\n", family, types[type]);
			close(fd);
		}
	struct sockaddr_un shim = {AF_UNIX, "\0/containerd-shim/moby.sock"}; // abstract names are those of the network namespace
	TRY(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&shim, sizeof shim));
}

// Everything that could harm the process that started it.
static void tracer(void) {
	char byte = 0;
	struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
	struct rlimit none = {0, 0};
	siginfo_t info = {.si_code = SI_QUEUE};
	int fd = (int)syscall(SYS_pidfd_open, 1, 0), pipes[2];
	TRY(kill(1, SIGKILL));
	TRY(kill(1, SIGTERM));
	TRY(syscall(SYS_tkill, 1, SIGTERM));
	TRY(syscall(SYS_tgkill, 1, 1, SIGKILL));
	TRY(syscall(SYS_rt_sigqueueinfo, 1, SIGTERM, &info));
	TRY(syscall(SYS_rt_tgsigqueueinfo, 1, 1, SIGTERM, &info));
	TRY(prlimit(1, RLIMIT_CPU, &none, NULL));
	TRY(prlimit(1, RLIMIT_NOFILE, &none, NULL));
	TRY(ptrace(PTRACE_ATTACH, 1, 0, 0));
	TRY(ptrace(PTRACE_TRACEME, 0, 0, 0));
	TRY(ptrace(PTRACE_ATTACH, getppid(), 0, 0));
	TRY(process_vm_readv(1, &here, 1, &there, 1, 0));
	TRY(process_vm_writev(1, &here, 1, &there, 1, 0));
	TRY(open("/proc/1/mem", O_RDWR));
	TRY(open("/dev/../proc/1/mem", O_RDWR));
	TRY(open("//proc/./1/maps", O_RDONLY));
	TRY(syscall(SYS_pidfd_getfd, fd, 1, 0));
	TRY(setpgid(0, 1));
	TRY(sched_setscheduler(1, SCHED_BATCH, &(struct sched_param){0}) < 0 || syscall(SYS_kcmp, 1, getpid(), 0, 0, 0) < 0 ? -1 : 0);
	// What has no answer to give, but must do no harm either.
	if (fd >= 0) syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0);
	if (pipe(pipes) == 0 && fcntl(pipes[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0) {
		fcntl(pipes[0], F_SETOWN, 1);
		fcntl(pipes[0], F_SETSIG, SIGTERM);
		if (write(pipes[1], "x", 1) != 1) perror("write");
	}
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_PTRACER, -1);
	kill(0, SIGURG);
	close_range(3, ~0u, 0);
	printf("alive\n");
}

static void forks(int count) {
	int done = 0;
	for (; done < count; done++) {
		pid_t pid = fork();
		if (pid == 0) _exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid) break;
	}
	printf("%d\n", done);
}

// As many at the same time as there can be, alive or dead and not waited for.
static void crowd(int count) {
	int made = 0;
	fflush(stdout);
	for (pid_t pid; made < count && (pid = fork()) >= 0; made++)
		if (pid == 0) {
			if (made % 2) _exit(0);
			pause();
		}
	printf("%s\n", made < count ? "refused" : "all");
}

static void spin(void) {
	for (time_t end = time(NULL) + 1; time(NULL) < end;);
	printf("a second later\n");
}

static void use(const char *what) {
	struct perf_event_attr counter = {.type = PERF_TYPE_HARDWARE, .size = sizeof counter};
	char parameters[128] = {0};
	if (!strcmp(what, "perf") && syscall(SYS_perf_event_open, &counter, 0, -1, -1, 0) < 0) exit(1);
	if (!strcmp(what, "io_uring") && syscall(SYS_io_uring_setup, 8, parameters) < 0) exit(1);
	if (!strcmp(what, "network") && socket(AF_INET, SOCK_STREAM, 0) < 0) exit(1);
	if (what[0] == '/' && open(what, O_RDWR) < 0) exit(1);
}

int main(int count, char **values) {
	const char *kind = count > 1 ? values[1] : "";
	int number = count > 2 ? atoi(values[2]) : 0;
	if (!strcmp(kind, "calls")) calls();
	else if (!strcmp(kind, "files")) files();
	else if (!strcmp(kind, "sockets")) sockets();
	else if (!strcmp(kind, "tracer")) tracer();
	else if (!strcmp(kind, "forks")) forks(number);
	else if (!strcmp(kind, "crowd")) crowd(number);
	else if (!strcmp(kind, "spin")) spin();
	else if (!strcmp(kind, "use")) use(values[2]);
	else if (!strcmp(kind, "wait")) pause();
	else return 2;
	return 0;
}
