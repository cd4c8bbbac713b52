import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { runLifecycles } from "../../../test/contracts/fuzz/lifecycles.ts";
import { useArtifacts } from "../../../test/contracts/support/chain.ts";
import { compileInto } from "./compile.ts";
import { apply, type Mutant, mutantsOf, nameOf } from "./operators.ts";

/** What became of a mutant. */
type Fate = "invalid" | "killed by the fuzz" | "killed by a test" | "equivalent" | "SURVIVED";

const contracts = new URL("../../../contracts/", import.meta.url);
const files = [
  "TaskEscrow.sol",
  "TaskEscrowFactory.sol",
  "gates/MerkleGate.sol",
  "gates/TokenGate.sol",
  "libraries/Asset.sol",
  "libraries/BountySplit.sol",
  "libraries/Commitment.sol",
  "libraries/GateCall.sol",
  "libraries/PackedSlot.sol",
  "libraries/PackedTask.sol",
  "libraries/QuorumTally.sol",
  "libraries/TaskPhase.sol",
  "libraries/TermsRules.sol",
];
/** Fixed, so that two runs of the tool say the same. */
const seeds = [1, 2];

const { values } = parseArgs({ options: { only: { type: "string" }, shard: { type: "string", default: "1/1" } } });
const [shard = 1, shards = 1] = values.shard.split("/").map(Number);
const equivalents = JSON.parse(await readFile(new URL("equivalents.json", import.meta.url), "utf8")) as Record<string, string>;

/** Lets the fuzz and then the tests look for the mutant. */
async function fateOf(mutant: Mutant, source: string, folder: URL): Promise<Fate> {
  const errors = await compileInto(folder, { path: `contracts/${mutant.file}`, source: apply(mutant, source) });
  if (errors.length > 0) return "invalid";
  useArtifacts(folder);
  for (const seed of seeds) {
    for (const asset of ["native", "token"] as const) {
      const hasPassed = await runLifecycles({ seed, lifecycles: 12, asset }).then(
        () => true,
        () => false,
      );
      if (!hasPassed) return "killed by the fuzz";
    }
  }
  if (!(await testsPass(folder))) return "killed by a test";
  return nameOf(mutant, source) in equivalents ? "equivalent" : "SURVIVED";
}

/** The contracts' tests in a process of their own, up to the first that fails. */
function testsPass(folder: URL): Promise<boolean> {
  const tests = ["test/contracts/*.test.ts", "test/contracts/gates/*.test.ts"];
  const ignored = ["generated", "gas"].flatMap((name) => ["--ignore", `test/contracts/${name}.test.ts`]);
  const env = { ...process.env, PARITY_ARTIFACTS: folder.href };
  const child = spawn("npx", ["--no-install", "mocha", "--bail", "--retries", "0", ...ignored, ...tests], { env, stdio: "ignore" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code === 0));
  });
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "parity-mutants-"));
  const folderUrl = pathToFileURL(`${folder}/`);
  const sources = await Promise.all(files.map(async (file) => ({ file, source: await readFile(new URL(file, contracts), "utf8") })));
  const mutants = sources
    .flatMap(({ file, source }) => mutantsOf(file, source).map((mutant) => ({ mutant, source, name: nameOf(mutant, source) })))
    .filter(({ name }, i) => i % shards === shard - 1 && name.includes(values.only ?? ""));
  const [unharmed] = sources.map(({ file, source }) => ({ file, at: 0, original: "", replacement: "", operator: "nothing", source }));
  if (unharmed && (await fateOf(unharmed, unharmed.source, folderUrl)) !== "SURVIVED") throw new Error("the tests fail without any mutant");
  const fates = new Map<Fate, number>();
  console.log(`mutate: ${mutants.length} mutants`);
  for (const { mutant, source, name } of mutants) {
    const fate = await fateOf(mutant, source, folderUrl);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    console.log(`${fate.padEnd(18)}  ${mutant.operator}: ${name}`);
  }
  await rm(folder, { recursive: true });
  console.log(`mutate: ${[...fates].map(([fate, count]) => `${count} ${fate}`).join(", ")}`);
  process.exit(fates.has("SURVIVED") ? 1 : 0);
}

await main();
