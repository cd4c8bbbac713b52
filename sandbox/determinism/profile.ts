import { type JobSpec, ParityError } from "@parity-protocol/sdk";
import type { ContainerCreateOptions } from "dockerode";
import { maskedPaths } from "./masked-paths.ts";
import { standardSeccomp } from "./seccomp.ts";
import { determinizerBind, isStrict, strictEntrypoint, strictSecurity } from "./strict.ts";

/**
 * What the level `standard@1` gives to every job: container options alone, nothing inside the container. Every value here is part of the
 * level: changing one changes outputs, and needs a new level name.
 */
const hostname = "parity";
const user = "65534:65534";
const pageBytes = 4096;
const sharedMemoryBytes = 64 * 1024 ** 2;

/** What a job finds in /etc/hosts: the engine writes none for a container without a network. */
export const hostsFile = "127.0.0.1\tlocalhost\n::1\tlocalhost\n";

const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The same on every platform. SOURCE_DATE_EPOCH is 2000-01-01: formats such as zip cannot hold a time before 1980. */
const commonVariables = {
  HOME: "/tmp",
  HOSTNAME: hostname,
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  MKL_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  PYTHONHASHSEED: "0",
  SOURCE_DATE_EPOCH: "946684800",
  TZ: "UTC",
} as const;

/** Numerical libraries choose their code by the CPU's features, which changes the last bits of results: take the oldest common code. */
const platformVariables: Readonly<Record<JobSpec["image"]["platform"], Readonly<Record<string, string>>>> = {
  "linux/amd64": {
    GLIBC_TUNABLES: "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2",
    GODEBUG: "cpu.fma=off",
    NPY_DISABLE_CPU_FEATURES: "FMA3 AVX2 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    OPENBLAS_CORETYPE: "Nehalem",
  },
  "linux/arm64": { OPENBLAS_CORETYPE: "ARMV8" },
};

/** Environment variables that the level sets on some platform; a job cannot set them on any. */
export const reservedVariables: ReadonlySet<string> = new Set(
  [commonVariables, ...Object.values(platformVariables)].flatMap((variables) => Object.keys(variables)),
);

/** @throws JOB_ENVIRONMENT_RESERVED for a job whose env sets a variable that is its level's to set */
export function checkEnvironment({ env }: Pick<JobSpec, "env">): void {
  const taken = Object.keys(env).filter((name) => reservedVariables.has(name));
  if (taken.length > 0)
    throw new ParityError("JOB_ENVIRONMENT_RESERVED", `The job's env sets ${taken.join(", ")}, which its determinism level sets.`);
}

/** Merges the environment: the image's, then the job's, then the level's. */
export function environmentOf(spec: JobSpec, imageEnvironment: readonly string[]): string[] {
  const fromImage = imageEnvironment.map((entry) => [entry.split("=", 1)[0] ?? "", entry.slice(entry.indexOf("=") + 1)] as const);
  const merged = new Map<string, string>([
    ["PATH", searchPath],
    ...fromImage,
    ...Object.entries(spec.env),
    ...Object.entries(commonVariables),
    ...Object.entries(platformVariables[spec.image.platform]),
  ]);
  return [...merged].map(([name, value]) => `${name}=${value}`).sort();
}

/** Where the parts of a job's container come from in this engine; none of it can be seen in an output. */
export interface ContainerParts {
  imageId: string;
  imageEnvironment: readonly string[];
  /** Engine paths of the filled input folder and of the hosts file. */
  inputPath: string;
  hostsPath: string;
  /** Engine path of the determinizer, for jobs of a level that has one. */
  determinizerPath: string;
  outputVolume: string;
  /** The CPUs of the engine's machine to run on, such as "0,3". */
  cpuset: string;
  labels: Readonly<Record<string, string>>;
}

/** Turns a spec into the options of its container. */
export function containerOptions(spec: JobSpec, parts: ContainerParts): ContainerCreateOptions {
  return {
    Image: parts.imageId,
    Entrypoint: isStrict(spec) ? strictEntrypoint(spec) : spec.command,
    Cmd: [],
    Env: environmentOf(spec, parts.imageEnvironment),
    WorkingDir: spec.workingDirectory,
    User: user,
    Hostname: hostname,
    Domainname: "",
    Labels: { ...parts.labels },
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: false,
    Tty: false,
    NetworkDisabled: true,
    Healthcheck: { Test: ["NONE"] },
    HostConfig: { ...isolation, ...securityOf(spec), ...limitsOf(spec), ...mountsOf(spec, parts) },
  };
}

const isolation = {
  NetworkMode: "none", // and NetworkDisabled: the engine then sets up no sandbox, which halves the time to start
  ReadonlyRootfs: true,
  CapDrop: ["ALL"],
  IpcMode: "private",
  CgroupnsMode: "private",
  LogConfig: { Type: "none", Config: {} },
  Init: false,
  AutoRemove: false,
  RestartPolicy: { Name: "no" },
  MaskedPaths: [...maskedPaths],
};

const standardSecurity = ["no-new-privileges", `seccomp=${JSON.stringify(standardSeccomp)}`];

function securityOf(spec: JobSpec): ContainerCreateOptions["HostConfig"] {
  return { SecurityOpt: isStrict(spec) ? [...strictSecurity] : [...standardSecurity] };
}

function limitsOf(spec: JobSpec): ContainerCreateOptions["HostConfig"] {
  return {
    Memory: spec.limits.memoryBytes,
    MemorySwap: spec.limits.memoryBytes, // memory and swap together: no swap
    PidsLimit: isStrict(spec) ? spec.limits.pids + 1 : spec.limits.pids, // the determinizer is not the job's
    ShmSize: sharedMemoryBytes,
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: 4096, Hard: 4096 },
      { Name: "stack", Soft: 8 * 1024 ** 2, Hard: 8 * 1024 ** 2 },
    ],
  };
}

function mountsOf(spec: JobSpec, parts: ContainerParts): ContainerCreateOptions["HostConfig"] {
  const inodes = Math.min(1_000_000, Math.max(1_024, Math.ceil(spec.limits.scratchBytes / pageBytes)));
  // A tmpfs of size 0 is one without a limit.
  const scratchBytes = Math.max(pageBytes, spec.limits.scratchBytes);
  const binds = [`${parts.inputPath}:/input:ro`, `${parts.hostsPath}:/etc/hosts:ro`];
  return {
    CpusetCpus: parts.cpuset,
    Tmpfs: { "/tmp": `rw,nosuid,nodev,noexec,mode=1777,size=${scratchBytes},nr_inodes=${inodes}` },
    Binds: isStrict(spec) ? [...binds, determinizerBind(parts.determinizerPath)] : binds,
    Mounts: [{ Type: "volume", Source: parts.outputVolume, Target: "/output", VolumeOptions: noCopy }],
  };
}

/** Without it the engine fills a new volume with what the image has at the same path. */
const noCopy = { NoCopy: true, Labels: {}, DriverConfig: { Name: "local", Options: {} } };

/**
 * Returns the mount options of the volume behind /output. It is a little larger than the limits, so that exceeding one is seen as such
 * when the output is read, and not only as an error inside the job: one page more for each file, twice the files (for folders).
 */
export function outputVolumeOptions({ limits }: Pick<JobSpec, "limits">): string {
  const { outputBytes, outputFiles } = limits;
  const size = (Math.ceil(outputBytes / pageBytes) + outputFiles + 256) * pageBytes;
  return `size=${size},nr_inodes=${2 * outputFiles + 1_024},uid=65534,gid=65534,mode=0755,nosuid,nodev`;
}
