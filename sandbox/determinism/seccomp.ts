/**
 * The system calls of `strict@1`: what engines allow by default, less what has effects that differ between runs or hosts (io_uring,
 * performance counters, asynchronous I/O, keys, memory policy), less what only a privileged job could use, and sockets of the local kind
 * only. What the determinizer itself needs is in it: ptrace, reading and writing its tracees' memory, copies of their descriptors. The
 * determinizer does not rely on it, nor it on the determinizer.
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
process_vm_readv process_vm_writev pselect6 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg
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
const missing = [
  "clone3",
  "rseq",
  "io_uring_setup",
  "io_setup",

  "futex_waitv",
  "getdents",
  "mincore",
  "signalfd",
  "signalfd4",
  "statmount",
];

/**
 * Left to the tracer, which is the determinizer: it refuses them with words. Where no tracer is, the kernel answers that they do not exist.
 */
const refused = `
add_key adjtimex bpf clock_adjtime keyctl mq_open msgrcv msgsnd perf_event_open request_key semop semtimedop setns unshare userfaultfd
`;

const localSocket = 1; // AF_UNIX
const namespaceFlags = 0x7e020000; // CLONE_NEW*
/** Asked (all ones), the default, and without address randomisation. */
const personalities = [0, 0x40000, 0xffffffff];
const notImplemented = 38;

const allow = "SCMP_ACT_ALLOW";
const trace = "SCMP_ACT_TRACE";

const wordsOf = (list: string) => list.trim().split(/\s+/);

/** In the engine's own format, for a `seccomp=` security option. */
export const strictSeccomp = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 1,
  archMap: [{ architecture: "SCMP_ARCH_X86_64", subArchitectures: [] as string[] }],
  syscalls: [
    { names: wordsOf(allowed), action: allow },
    { names: ["socket"], action: allow, args: [{ index: 0, value: localSocket, op: "SCMP_CMP_EQ" }] },
    { names: ["socket"], action: trace, args: [{ index: 0, value: localSocket, op: "SCMP_CMP_NE" }] },
    { names: wordsOf(refused), action: trace },
    { names: ["clone"], action: allow, args: [{ index: 0, value: namespaceFlags, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }] },
    ...personalities.map((value) => ({ names: ["personality"], action: allow, args: [{ index: 0, value, op: "SCMP_CMP_EQ" }] })),
    { names: missing, action: "SCMP_ACT_ERRNO", errnoRet: notImplemented },
  ],
} as const;
