/** Masked by every engine: they leak or harm the host. */
const engineDefaults = "acpi asound kcore keys latency_stats sched_debug scsi timer_list timer_stats";

/** Files of /proc that describe the machine and not the job, so that they differ between runners. */
const hostWide = `
  bootconfig buddyinfo bus cgroups cmdline config.gz consoles cpuinfo crypto devices diskstats dma driver dynamic_debug execdomains
  fb filesystems fs interrupts iomem ioports irq kallsyms key-users kmsg kpagecgroup kpagecount kpageflags loadavg locks mdstat
  meminfo misc modules mtrr pagetypeinfo partitions pressure schedstat slabinfo softirqs stat swaps sysrq-trigger sysvipc tty
  uptime version version_signature vmallocinfo vmstat zoneinfo`;

/** What a job finds empty: an empty file, or an empty folder. Paths that a kernel does not have are skipped by the engine. */
export const maskedPaths: readonly string[] = [
  ...`${engineDefaults} ${hostWide}`
    .trim()
    .split(/\s+/)
    .map((name) => `/proc/${name}`),
  "/proc/sys/kernel/random",
  "/sys",
  "/etc/resolv.conf",
];
