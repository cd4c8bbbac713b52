import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { packFolder, type VerifiedArchive, verifyArchive } from "@parity-protocol/sandbox";
import { type Hex, identityOf, type PostedTask, type TaskEvent } from "@parity-protocol/sdk";
import { blobFromFile } from "@parity-protocol/sdk/node";
import { type Address, numberToHex, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getBalance, getBlock, getTransactionReceipt } from "viem/actions";
import { makeBusyboxFolder } from "../../support/busybox.ts";
import { fickleScript, type RunnerLab, type RunnerProgram } from "../support/lab.ts";

/** Where to kill, and what is gone when the runner comes back. */
export interface Trial {
  /** A boundary that a run without a crash crossed; nothing to only record them. */
  at?: string;
  losesJournal?: boolean;
}

/** How a trial ended: `problems` is empty where nothing was lost, done twice or left behind. */
export interface TrialOutcome {
  isReached: boolean;
  boundaries: string[];
  transactions: number;
  problems: string[];
}

const steps = ["SlotReserved", "ResultCommitted", "ResultRevealed", "PayoutClaimed"] as const;
const bountyWei = 3_000_000n;
const bondWei = 1_000n;
/** What is printed differs from run to run, and is committed once; without a journal only the same output again opens what was committed. */
const copyWords = 'while read l; do echo "> $l"; done < /input/words > /output/copy';

let lastRunner = 100;

/** Lets a runner of its own take one task of its own, kills it at a boundary, starts it again, and says what came of it. */
export async function runTrial(lab: RunnerLab, trial: Trial): Promise<TrialOutcome> {
  const setup = await setUp(lab, trial);
  const first = await lab.startProgram(
    setup.runner,
    { ...setup.environment, CRASH_TRACE: setup.trace, CRASH_AT: trial.at ?? "" },
    { preload: inject },
  );
  const isReached = await diesBeforeItsEnd(first, setup);
  const { promised, isDone } = atTheKill(setup);
  if (isReached && trial.losesJournal) for (const path of journalFiles(setup.directory)) rmSync(path);
  const last = isReached ? await lab.startProgram(setup.runner, setup.environment) : first;
  const hasRest = isReached && !(isDone && !trial.losesJournal);
  const problems = [
    ...(hasRest ? await restOf(last, setup) : []),
    ...(await end(last)),
    ...(await inspect(lab, setup, { promised, ...trial })),
  ];
  const transactions = (await transactionsOf(lab, setup)).length;
  const boundaries = boundariesIn(setup.trace);
  rmSync(setup.home, { recursive: true });
  return { isReached, boundaries, transactions, problems };
}

/** The last boundaries are those of an ordinary stop. */
async function diesBeforeItsEnd(program: RunnerProgram, { taskId }: Setup): Promise<boolean> {
  const isDead = await Promise.race([program.exited.then(() => true), program.said("Task done", taskId).then(() => false)]);
  if (isDead) return true;
  await program.kill("SIGTERM");
  return (await program.exited).signal === "SIGKILL";
}

/** Each line is a time and a name. */
function boundariesIn(trace: string): string[] {
  const lines = readFileSync(trace, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => line.slice(line.indexOf(" ") + 1));
}

const inject = join(import.meta.dirname, "inject.ts");

interface Setup extends PostedTask {
  runner: number;
  address: Address;
  /** Where the trial begins. */
  fromBlock: bigint;
  payee: Address;
  home: string;
  directory: string;
  temporary: string;
  trace: string;
  image: VerifiedArchive;
  environment: Record<string, string>;
}

/** Everything is this trial's own: key, payee, image, directory and place for temporary files, so that what is left behind shows. */
async function setUp(lab: RunnerLab, { losesJournal = false }: Trial): Promise<Setup> {
  const runner = lastRunner++;
  const home = mkdtempSync(join(lab.directory, "trial-"));
  const [directory, temporary] = [join(home, "runner"), join(home, "tmp")];
  for (const path of [directory, temporary]) mkdirSync(path);
  const key = generatePrivateKey();
  const { address } = privateKeyToAccount(key);
  const payee = privateKeyToAccount(generatePrivateKey()).address;
  await lab.rpc("hardhat_setBalance", [address, numberToHex(parseEther("10"))]);
  const image = await packOwnImage(lab, home);
  const jobHash = await uploadOwnJob(lab, image, losesJournal);
  const { number: fromBlock } = await getBlock(lab.submitter);
  const posted = await inTurn(async () => {
    const gate = await lab.gateForAddresses([address]);
    return lab.post(jobHash, { bountyWei, bondWei, gate });
  });
  const environment = {
    RUNNER_DIRECTORY: directory,
    RUNNER_PRIVATE_KEY: key,
    RUNNER_PAYEE: payee,
    RUNNER_ALLOW_OPEN_TASKS: "false",
    TMPDIR: temporary,
    // Two programs a trial: what one compiled, the next ones need not.
    NODE_COMPILE_CACHE: join(lab.directory, "compiled"),
  };
  return { ...posted, runner, address, fromBlock, payee, home, directory, temporary, trace: join(home, "trace"), image, environment };
}

/** The trials share a submitter, whose nonces are given out one at a time. */
let tail: Promise<unknown> = Promise.resolve();

function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const turn = tail.then(act);
  tail = turn.catch(() => undefined);
  return turn;
}

/** What a trial publishes is its own too: an upload of what another one left at the store never happens. */
async function uploadOwnJob(lab: RunnerLab, { sha256, bytes, platform }: VerifiedArchive, losesJournal: boolean): Promise<Hex> {
  const own = randomUUID();
  const job = {
    script: `${copyWords}; ${losesJournal ? "echo same" : fickleScript}; echo ${own}`,
    input: { words: `one\ntwo\n${own}\n` },
  };
  await lab.upload(job);
  return lab.uploadSpec({ ...lab.spec(job), image: { archive: sha256, bytes, platform } });
}

async function packOwnImage(lab: RunnerLab, home: string): Promise<VerifiedArchive> {
  const folder = makeBusyboxFolder(join(home, "image"));
  writeFileSync(join(folder, "trial"), home);
  const packed = await packFolder({ folder, outputDirectory: home });
  await lab.store.put(await blobFromFile(packed.path));
  return verifyArchive(packed.path, packed);
}

function journalFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith("journal.sqlite"))
    .map((name) => join(directory, name));
}

/** What the journal holds when the process is dead, read from a copy: opening it would mend it. */
function atTheKill({ home, directory, taskId }: Setup): { promised?: Hex; isDone: boolean } {
  const copy = join(home, "journal-at-the-kill");
  mkdirSync(copy);
  for (const path of journalFiles(directory)) cpSync(path, join(copy, relative(directory, path)));
  const database = new DatabaseSync(join(copy, "journal.sqlite"));
  const read = (column: string, table: string) =>
    database.prepare(`SELECT ${column} AS value FROM ${table} WHERE task_id = ?`).get(taskId)?.value as string | null | undefined;
  try {
    const promised = read("commitment", "promises") as Hex | undefined;
    return { ...(promised ? { promised } : {}), isDone: typeof read("done_why", "tasks") === "string" };
  } catch {
    return { isDone: false }; // killed before its tables were made
  } finally {
    database.close();
  }
}

async function restOf(program: RunnerProgram, { taskId }: Setup): Promise<string[]> {
  const isDone = program.said("Task done", taskId).then(() => "done");
  const ending = await Promise.race([isDone, program.exited.then(() => "ended"), pause(180_000, "late", { ref: false })]);
  if (ending === "done") return [];
  return [`the runner did not finish (${ending}): ${program.stderr.split("\n").slice(-6).join(" | ")}`];
}

async function end(program: RunnerProgram): Promise<string[]> {
  await Promise.race([program.ready(), program.exited]);
  await program.kill("SIGTERM");
  const { code } = await program.exited;
  return code === 0 ? [] : [`the runner ended with ${code}`];
}

async function inspect(lab: RunnerLab, setup: Setup, how: Trial & { promised?: Hex | undefined }): Promise<string[]> {
  const events = await lab.eventsOf(setup.taskId);
  return [
    ...steps.flatMap((name) => stepProblem(events, name)),
    ...commitmentProblem(events, how.promised),
    ...(await moneyProblems(lab, setup)),
    ...(await transactionProblems(lab, setup)),
    ...(await outputProblems(lab, events)),
    ...(await leftovers(lab, setup, how)),
  ];
}

function stepProblem(events: readonly TaskEvent[], name: (typeof steps)[number]): string[] {
  const count = events.filter((event) => event.name === name).length;
  return count === 1 ? [] : [`${name} happened ${count} times`];
}

function commitmentProblem(events: readonly TaskEvent[], promised: Hex | undefined): string[] {
  const sent = events.find((event) => event.name === "ResultCommitted")?.args.commitment;
  return promised === undefined || promised === sent ? [] : [`promised ${promised}, sent ${sent}`];
}

async function moneyProblems(lab: RunnerLab, { payee, address }: Setup): Promise<string[]> {
  const paid = await getBalance(lab.submitter, { address: payee });
  const expected = bountyWei + bondWei;
  return paid === expected ? [] : [`the payee of ${identityOf(address)} has ${paid} wei, not ${expected}`];
}

async function transactionProblems(lab: RunnerLab, setup: Setup): Promise<string[]> {
  const sent = await transactionsOf(lab, setup);
  const receipts = await Promise.all(sent.map((hash) => getTransactionReceipt(lab.submitter, { hash })));
  const failed = receipts.filter(({ status }) => status !== "success").length;
  return [
    ...(sent.length <= steps.length ? [] : [`${sent.length} transactions`]),
    ...(failed === 0 ? [] : [`${failed} failed transactions`]),
  ];
}

async function transactionsOf(lab: RunnerLab, { fromBlock, address }: Setup): Promise<Hex[]> {
  const hashes: Hex[] = [];
  const { number: head } = await getBlock(lab.submitter);
  for (let at = fromBlock; at <= head; at++) {
    const { transactions } = await getBlock(lab.submitter, { blockNumber: at, includeTransactions: true });
    hashes.push(...transactions.filter(({ from }) => from === address.toLowerCase()).map(({ hash }) => hash));
  }
  return hashes;
}

async function outputProblems(lab: RunnerLab, events: readonly TaskEvent[]): Promise<string[]> {
  const { outputHash } = events.find((event) => event.name === "ResultRevealed")?.args ?? {};
  if (outputHash === undefined) return []; // that it was not revealed is a problem already
  const missing = await lab.store.missing([outputHash.slice(2)]);
  return missing.length === 0 ? [] : ["the output was not published"];
}

async function leftovers(lab: RunnerLab, { directory, temporary, image }: Setup, { losesJournal }: Trial): Promise<string[]> {
  const inEngine = await lab.leftovers(lab.ownerOf(directory));
  // Only the journal says which images a runner brought: it keeps those for later, and never removes one that may be somebody else's.
  const images = await lab.imagesOf(image);
  const orphans = losesJournal ? [] : images.filter((id) => !isRecorded(directory, id));
  for (const id of images) await lab.removeImage(id);
  const files = [...strayFiles(directory), ...readdirSync(temporary).map((name) => `tmp/${name}`)];
  return [
    ...(inEngine === 0 ? [] : [`${inEngine} containers or volumes are left`]),
    ...orphans.map((id) => `the image ${id} is left`),
    ...files.map((name) => `the file ${name} is left`),
  ];
}

function isRecorded(directory: string, imageId: string): boolean {
  const database = new DatabaseSync(join(directory, "journal.sqlite"));
  try {
    return database.prepare("SELECT 1 FROM images WHERE image_id = ?").get(imageId) !== undefined;
  } finally {
    database.close();
  }
}

function strayFiles(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  return paths.filter((path) => /(^|\/)\.[^/]+$|\/incoming\//.test(path));
}
