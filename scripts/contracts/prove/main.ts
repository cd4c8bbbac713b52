import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Proof, proofs } from "./proofs.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const asked = proofs.filter(({ name }) => name.startsWith(values.only));

const root = new URL("../../../", import.meta.url);
const require = createRequire(import.meta.url);
interface Callbacks {
  import(path: string): { contents: string };
  smtSolver(query: string): { contents: string };
}
const solc = require("solc") as { compile(input: string, callbacks: Callbacks): string };

/** The real files, but for the two that a solver cannot see through; see the stand-ins. */
function sourceOf(path: string): string {
  const standIn = /contracts\/libraries\/((PackedTask|QuorumTally)\.sol)$/.exec(path)?.[1];
  if (standIn) return readFileSync(new URL(standIn, import.meta.url), "utf8");
  // The stand-in is a struct, so a parameter that is a word needs a data location; nothing else of the real files changes.
  return readFileSync(new URL(path, root), "utf8").replaceAll("PackedTask task", "PackedTask memory task");
}

const folder = mkdtempSync(join(tmpdir(), "parity-proofs-"));

/** Asks z3, and gives it up after this many seconds. */
function ask(query: string): { contents: string } {
  const file = join(folder, "query.smt2");
  writeFileSync(file, query);
  const { stdout } = spawnSync("z3", ["-smt2", "-T:30", file], { encoding: "utf8", maxBuffer: 2 ** 28 });
  return { contents: stdout };
}

interface Output {
  errors?: { severity: string; errorCode?: string; message: string; formattedMessage: string }[];
}

/** Proves one statement: every assertion in it, and that nothing in it overflows, underflows or divides by zero. */
function prove({ name, source }: Proof): { proved: number; open: string[] } {
  const file = `${name}.sol`;
  const input = {
    language: "Solidity",
    sources: { [file]: { content: source } },
    settings: {
      modelChecker: {
        engine: "bmc",
        contracts: { [file]: ["Proof"] },
        targets: ["assert", "overflow", "underflow", "divByZero"],
        showUnproved: true,
        showProvedSafe: true,
        solvers: ["smtlib2"],
        timeout: 0,
      },
      outputSelection: { "*": { "*": ["abi"] } },
    },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (path) => ({ contents: sourceOf(path) }), smtSolver: ask }),
  ) as Output;
  const messages = (output.errors ?? []).filter(({ errorCode }) => errorCode !== "3993"); // the engine's own notice of its age
  const isProved = (message: string) => message.endsWith("check is safe!");
  const open = messages.filter(({ severity, message }) => severity === "error" || /^(BMC|CHC)/.test(message));
  return {
    proved: messages.filter(({ message }) => isProved(message)).length,
    open: open.filter(({ message }) => !isProved(message)).map(({ formattedMessage }) => formattedMessage),
  };
}

try {
  execFileSync("z3", ["--version"]);
} catch {
  console.error("prove: z3 is not here. Install it (Debian and Ubuntu: apt-get install z3) and run this again.");
  process.exit(1);
}
let failed = 0;
for (const proof of asked) {
  const { proved, open } = prove(proof);
  const isProved = open.length === 0 && proved > 0;
  if (!isProved) failed++;
  console.log(`${isProved ? "proved" : "OPEN  "}  ${proof.name}: ${proof.statement} (${proved} checks)`);
  for (const message of open) console.log(message);
}
rmSync(folder, { recursive: true });
console.log(`prove: ${asked.length - failed} of ${asked.length} statements proved`);
process.exitCode = failed === 0 ? 0 : 1;
