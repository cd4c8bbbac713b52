/**
 * The system calls that every job may make: what engines allow by default, less what has effects that differ between runs or hosts (io_uring,
 * performance counters, keys, memory policy), and less what only a privileged job could use. What the determinizer itself needs is in it:
 * reading and writing its tracees' memory, copies of their descriptors. The determinizer does not rely on it, nor it on the determinizer.
 */
const allowed = `
accept accept4 access alarm arch_prctl bind brk capget capset chdir chmod chown clock_getres clock_gettime clock_nanosleep close
close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd
eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchown fchownat fcntl fdatasync
fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futimesat get_robust_list get_thread_area getcpu
getcwd getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid
getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init
inotify_init1 inotify_rm_watch ioctl ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown
lgetxattr link linkat listen listxattr llistxattr lremovexattr lseek lsetxattr lstat madvise membarrier memfd_create mkdir mkdirat mknod
mknodat mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap nanosleep newfstatat open openat openat2 pause pidfd_getfd
pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64
process_vm_readv process_vm_writev pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg
recvmsg remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rt_sigaction rt_sigpending rt_sigprocmask
rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_setaffinity sched_setattr sched_setparam sched_setscheduler
sched_yield seccomp select sendfile sendmmsg sendmsg sendto set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid
setgroups setitimer setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid setxattr shmat shmctl
shmdt shmget shutdown sigaltstack socketpair splice stat statfs statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time
timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate
umask uname unlink unlinkat utime utimensat utimes vfork vmsplice wait4 waitid write writev
`;

/** Programs look for these and do without: they must not take "not permitted" for the answer to a call that exists. */
const missing = ["clone3", "rseq", "io_setup", "futex_waitv", "getdents", "mincore", "signalfd", "signalfd4", "statmount"];

/**
 * Left to the tracer, which is the determinizer: it refuses them with words. Where no tracer is, the kernel answers that they do not exist.
 */
const refused = `
add_key adjtimex bpf clock_adjtime io_uring_setup keyctl mq_open msgrcv msgsnd perf_event_open request_key semop semtimedop setns unshare userfaultfd
`;

const localSocket = 1; // AF_UNIX
/** Local ones, those of the two internet protocols, and netlink: they belong to the container's own, empty network. */
const containedSockets = [localSocket, 2, 10, 16];
/** PTRACE_TRACEME: the parent of a job's first process is the engine's shim, which takes a stop of it for its end. */
const traceMe = 0;
const namespaceFlags = 0x7e020000; // CLONE_NEW*
/** Asked (all ones), the default, and without address randomisation. */
const personalities = [0, 0x40000, 0xffffffff];
const notImplemented = 38;

const allow = "SCMP_ACT_ALLOW";
const trace = "SCMP_ACT_TRACE";

const wordsOf = (list: string) => list.trim().split(/\s+/);

/** What a job of `standard@1` may use besides: nothing of it reaches out of its container. */
const allowedUntraced = `
adjtimex clock_adjtime futex_requeue futex_wait futex_waitv futex_wake getdents io_cancel io_destroy io_getevents io_pgetevents io_setup
io_submit memfd_secret mincore mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd
name_to_handle_at process_madvise process_mrelease rseq semctl semget semop semtimedop set_mempolicy_home_node signalfd
signalfd4
`;

/** What calls are named in the 32-bit interfaces, whose programs a 64-bit machine runs too, and on arm. */
const allowedOnOthers = `
_llseek _newselect arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush chown32 clock_getres_time64 clock_gettime64
clock_nanosleep_time64 fadvise64_64 fchown32 fcntl64 fstat64 fstatat64 fstatfs64 ftruncate64 futex_time64 get_tls getegid32 geteuid32 getgid32
getgroups32 getresgid32 getresuid32 getuid32 io_pgetevents_time64 lchown32 lstat64 mmap2 mq_timedreceive_time64 mq_timedsend_time64 nice
oldfstat oldlstat oldstat oldolduname olduname ppoll_time64 pselect6_time64 readdir recv recvmmsg_time64 rt_sigtimedwait_time64
sched_rr_get_interval_time64 semtimedop_time64 send sendfile64 set_tls setfsgid32 setfsuid32 setgid32 setgroups32 setregid32 setresgid32
setresuid32 setreuid32 setuid32 sigaction signal sigpending sigprocmask sigreturn sigsuspend stat64 statfs64 sync_file_range2
timer_gettime64 timer_settime64 timerfd_gettime64 timerfd_settime64 truncate64 ugetrlimit utimensat_time64 waitpid
`;

const firstArgument = (value: number, op: "SCMP_CMP_EQ" | "SCMP_CMP_NE") => [{ index: 0, value, op }];
const noNamespaces = [{ index: 0, value: namespaceFlags, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }];
const missingCalls = (names: readonly string[]) => ({ names, action: "SCMP_ACT_ERRNO", errnoRet: notImplemented });

/** What both filters have; in the engine's own format, for a `seccomp=` security option. */
const common = [
  { names: wordsOf(allowed), action: allow },
  { names: ["clone"], action: allow, args: noNamespaces },
  ...personalities.map((value) => ({ names: ["personality"], action: allow, args: firstArgument(value, "SCMP_CMP_EQ") })),
];

const refuseTheRest = { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1 } as const;

/** Whatever the engine's own filter is: older ones let a job reach the machine's hypervisor by a socket, and trace the engine's shim. */
export const standardSeccomp = {
  ...refuseTheRest,
  archMap: [
    { architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86"] },
    { architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"] },
  ],
  syscalls: [
    ...common,
    { names: [...wordsOf(allowedUntraced), ...wordsOf(allowedOnOthers)], action: allow },
    ...containedSockets.map((family) => ({ names: ["socket"], action: allow, args: firstArgument(family, "SCMP_CMP_EQ") })),
    { names: ["ptrace"], action: allow, args: firstArgument(traceMe, "SCMP_CMP_NE") },
    missingCalls(["clone3", "io_uring_setup"]),
  ],
};

export const strictSeccomp = {
  ...refuseTheRest,
  archMap: [{ architecture: "SCMP_ARCH_X86_64", subArchitectures: [] as string[] }],
  syscalls: [
    ...common,
    { names: ["ptrace"], action: allow },
    { names: ["socket"], action: allow, args: firstArgument(localSocket, "SCMP_CMP_EQ") },
    { names: ["socket"], action: trace, args: firstArgument(localSocket, "SCMP_CMP_NE") },
    { names: wordsOf(refused), action: trace },
    missingCalls(missing),
  ],
};
