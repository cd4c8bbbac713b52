import { access, constants } from "node:fs/promises";
import { ParityError } from "@parity-protocol/sdk";
import Docker from "dockerode";
import { callEngine } from "./call.ts";

/** A Docker engine that answers and can enforce every limit. `docker` is for this room only. */
export interface Engine {
  /** The address, to show in messages. */
  readonly address: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly platform: "linux/amd64" | "linux/arm64";
  /** CPUs of the engine's machine; jobs see the first ones of a set of them. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** The version of the kernel that jobs run on. */
  readonly kernel: string;
  /** Which control groups bound them: "1" or "2". */
  readonly cgroupVersion: string;
  readonly docker: Docker;
}

/** Where an engine listens when nobody says otherwise: the usual socket, then the one of this project's set-up. */
const usualSockets = ["/var/run/docker.sock", "/run/parity-docker/docker.sock"];

/**
 * Finds the Docker engine and checks that it can enforce the limits of jobs. `dockerHost` is the value of DOCKER_HOST
 * (`unix:///path` or `tcp://host:port`), where the program's user has set it.
 * @throws ENGINE_UNREACHABLE, ENGINE_UNSUPPORTED, PLATFORM_UNSUPPORTED
 */
export async function connectEngine(options: { dockerHost?: string | undefined } = {}): Promise<Engine> {
  const tried = options.dockerHost ? [options.dockerHost] : usualSockets.map((path) => `unix://${path}`);
  const failures: string[] = [];
  for (const address of tried) {
    const docker = await openAddress(address);
    const failure = docker ? await pingFailure(docker) : "no such socket";
    if (docker && failure === undefined) return describeEngine(docker, address);
    failures.push(`${address}: ${failure}`);
  }
  throw new ParityError("ENGINE_UNREACHABLE", `No Docker engine answers (${failures.join("; ")}).`);
}

/** dockerode reads DOCKER_HOST from the environment by itself; every field that it would take from there is set here. */
async function openAddress(address: string): Promise<Docker | undefined> {
  if (address.startsWith("unix://")) {
    const socketPath = address.slice("unix://".length);
    return (await isWritable(socketPath)) ? new Docker({ socketPath, host: undefined, port: undefined, protocol: "http" }) : undefined;
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "tcp:" && url?.protocol !== "http:")
    throw new ParityError("ENGINE_UNREACHABLE", `The engine's address ${address} is neither unix:// nor tcp://.`, {
      hint: "Set DOCKER_HOST to unix:///path/to/docker.sock or tcp://host:port; for ssh, forward the socket first.",
    });
  return new Docker({ socketPath: undefined, host: url.hostname, port: url.port || "2375", protocol: "http" });
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function pingFailure(docker: Docker): Promise<string | undefined> {
  return callEngine("ping", () => docker.ping(), { timeoutMs: 5_000 }).then(
    () => undefined,
    (error: ParityError) => error.message,
  );
}

interface EngineInfo {
  OSType: string;
  Architecture: string;
  NCPU: number;
  MemTotal: number;
  MemoryLimit: boolean;
  SwapLimit: boolean;
  PidsLimit: boolean;
  CPUSet: boolean;
  SecurityOptions?: string[];
  KernelVersion: string;
  CgroupVersion?: string;
}

async function describeEngine(docker: Docker, address: string): Promise<Engine> {
  const [info, version]: [EngineInfo, { Version: string; ApiVersion: string }] = await Promise.all([
    callEngine("info", () => docker.info()),
    callEngine("version", () => docker.version()),
  ]);
  refuseWeakEngine(info, address);
  const platform = platformOf(info);
  return {
    address,
    version: version.Version,
    apiVersion: version.ApiVersion,
    platform,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
    kernel: info.KernelVersion,
    cgroupVersion: info.CgroupVersion ?? "1",
    docker,
  };
}

/** An engine that ignores a limit would run a job that others stop: its answer would differ, and its machine would be open. */
function refuseWeakEngine(info: EngineInfo, address: string): void {
  const limits = { memory: info.MemoryLimit, swap: info.SwapLimit, pids: info.PidsLimit, cpuset: info.CPUSet };
  const missing = Object.entries(limits).flatMap(([name, isThere]) => (isThere ? [] : [name]));
  if (!info.SecurityOptions?.some((option) => /^name=seccomp(,profile=(?!unconfined)|$)/.test(option))) missing.push("seccomp");
  if (missing.length > 0) throw new ParityError("ENGINE_UNSUPPORTED", `The engine at ${address} cannot enforce: ${missing.join(", ")}.`);
}

function platformOf(info: EngineInfo): Engine["platform"] {
  if (info.OSType === "linux" && ["x86_64", "amd64"].includes(info.Architecture)) return "linux/amd64";
  if (info.OSType === "linux" && ["aarch64", "arm64"].includes(info.Architecture)) return "linux/arm64";
  throw new ParityError("PLATFORM_UNSUPPORTED", `The engine runs ${info.OSType}/${info.Architecture}, not linux/amd64 or linux/arm64.`);
}
