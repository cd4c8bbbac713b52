import { getChainTime, getEscrow, ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { findAccount } from "../keys/find-key.ts";
import { readBalance } from "../network/balance.ts";
import { type Connection, connect, escrowOf } from "../network/connect.ts";
import { isLocalChain } from "../network/network-file.ts";
import { findSettings, type Settings } from "../network/settings.ts";
import { configuredStores, uploadStore } from "../network/stores.ts";
import type { Act, Context } from "../program/context.ts";
import { asParityError } from "../program/exit-code.ts";
import { openEngine } from "../program/open-engine.ts";
import {
  type KeyOptions,
  type NetworkOptions,
  type StoreOptions,
  withExample,
  withKey,
  withNetwork,
  withStore,
} from "../program/options.ts";
import { pad } from "../terminal/columns.ts";
import { safeText } from "../terminal/safe-text.ts";
import { formatAmount } from "../units/amount.ts";
import { formatDuration } from "../units/duration.ts";
import { formatSize } from "../units/size.ts";

/** A chain's clock that is further behind than this has stopped, or its node is not in step. */
const OLDEST_BLOCK_SECONDS = 600;
/** Blocks may be dated a little into the future. */
const MOST_AHEAD_SECONDS = 30;
const ANY_NAME = "0".repeat(64);

type DoctorOptions = NetworkOptions & StoreOptions & KeyOptions;

/** Looks at one thing; what it says when all is well. Throws when it is not. */
interface Check {
  name: string;
  /** Without it, the checks that follow would all say the same. */
  isBasis?: boolean;
  look: () => Promise<string>;
}

/** `parity doctor`: checks everything that the other commands need. */
export function doctorCommand(act: Act): Command {
  const command = new Command("doctor")
    .summary("check what the other commands need")
    .description(
      "Checks what the other commands need, one line each: what is there, or what to do about it. Exits with 1 when something is missing.",
    );
  return withExample(withKey(withStore(withNetwork(command))), "parity doctor").action(
    act(async (context, options: DoctorOptions) => {
      let failures = 0;
      for (const check of checksOf(context, options)) {
        if (await report(context, check)) continue;
        failures++;
        if (check.isBasis) break;
      }
      return failures > 0 ? 1 : 0; // each failure has been printed with what to do about it
    }),
  );
}

async function report({ printer }: Context, { name, look }: Check): Promise<boolean> {
  printer.progress(`Checking ${name}…`);
  try {
    const detail = await look();
    printer.result({ check: name, isOk: true, detail }, [`${printer.paint("good", "ok  ")} ${pad(name, 8)} ${detail}`]);
    return true;
  } catch (thrown) {
    const { code, message, hint } = asParityError(thrown);
    printer.result({ check: name, isOk: false, code, message, hint }, [
      `${printer.paint("bad", "no  ")} ${pad(name, 8)} ${safeText(message)}`,
      `     ${pad("", 8)} ${printer.paint("accent", "->")} ${safeText(hint)}`,
    ]);
    return false;
  }
}

function checksOf(context: Context, options: DoctorOptions): Check[] {
  const settings = once(async () => findSettings(context, options));
  const connection = once(async () => connect(await settings()));
  return [
    { name: "node", look: async () => `${process.version} on ${process.platform}/${process.arch}` },
    { name: "engine", look: () => lookAtEngine(context) },
    { name: "kernel", look: () => lookAtKernel(context) },
    { name: "strict", look: () => lookAtStrict(context) },
    { name: "network", isBasis: true, look: async () => lookAtNetwork(await settings()) },
    { name: "chain", isBasis: true, look: async () => lookAtChain(await connection()) },
    { name: "clock", look: async () => lookAtClock(await connection()) },
    { name: "escrow", look: async () => lookAtEscrow(await settings(), await connection()) },
    { name: "store", look: async () => lookAtStore(context, await settings()) },
    { name: "key", look: async () => lookAtKey(context, options, { settings: await settings(), connection: await connection() }) },
  ];
}

/** Makes what several checks need, once; a failure is each one's failure. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function lookAtEngine(context: Context): Promise<string> {
  const engine = await openEngine(context);
  return `Docker ${engine.version} at ${engine.address}, ${engine.platform}, ${engine.cpus} CPUs, ${formatSize(engine.memoryBytes)} of memory`;
}

/** Connecting refused an engine that cannot bound jobs. */
async function lookAtKernel(context: Context): Promise<string> {
  const { kernel, cgroupVersion } = await openEngine(context);
  return `Linux ${kernel}: cgroups v${cgroupVersion} bound memory, swap, processes and CPUs, and seccomp the system calls`;
}

async function lookAtStrict(context: Context): Promise<string> {
  const engine = await openEngine(context);
  if (engine.platform !== "linux/amd64") return `not on ${engine.platform}: its jobs are of standard@1`;
  const { checkStrict } = await import("@parity-protocol/sandbox");
  await checkStrict(engine);
  return "jobs of strict@1 run here: a program under the determinizer could be traced";
}

function lookAtNetwork({ rpcUrl, chainId }: Settings): string {
  return `${new URL(rpcUrl).host}${chainId === undefined ? ", named by a flag or the environment" : ", from .parity/network.json"}`;
}

async function lookAtChain({ client, chainId }: Connection): Promise<string> {
  const { blockNumber } = await getChainTime(client);
  return `id ${chainId}, block ${blockNumber}`;
}

/** Deadlines are of the chain's time; this machine's is what a person sees counting down. @throws CLOCK_OFF */
async function lookAtClock({ client, chainId }: Connection): Promise<string> {
  const { latest } = await getChainTime(client);
  const age = Math.round(Date.now() / 1_000) - latest;
  if (isLocalChain(chainId)) return "a local chain's clock stands still between transactions";
  if (age < -MOST_AHEAD_SECONDS)
    throw new ParityError("CLOCK_OFF", `This machine's clock is ${formatDuration(-age)} behind the latest block.`);
  if (age > OLDEST_BLOCK_SECONDS)
    throw new ParityError("CLOCK_OFF", `By this machine's clock the latest block is ${formatDuration(age)} old.`);
  return `this machine's clock agrees with the latest block, ${formatDuration(Math.max(0, age))} ago`;
}

async function lookAtEscrow(settings: Settings, { client }: Connection): Promise<string> {
  const { address, asset, isNative } = await getEscrow(client, { escrow: escrowOf(settings) });
  return `${address} holds ${isNative ? "the chain's currency" : `the token ${asset}`}`;
}

async function lookAtStore({ signal }: Context, settings: Settings): Promise<string> {
  await uploadStore(settings).missing([ANY_NAME], { signal });
  const [store] = configuredStores(settings);
  return `${store?.label} answers${settings.storeToken ? "" : "; without PARITY_STORE_TOKEN it can only be read"}`;
}

async function lookAtKey(
  context: Context,
  options: KeyOptions,
  { settings, connection }: { settings: Settings; connection: Connection },
): Promise<string> {
  const { address } = await findAccount(context, options, settings.submitterKey);
  const balance = await readBalance(connection.client, address);
  if (balance > 0n) return `${address} has ${formatAmount(balance)}`;
  throw new ParityError("INSUFFICIENT_FUNDS", `${address} has nothing to pay gas with.`);
}
