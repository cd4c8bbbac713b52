import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { artifactOf } from "../../test/contracts/support/chain.ts";
import { type Costs, measureCosts } from "../../test/contracts/support/costs.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const snapshot = new URL("../../test/contracts/gas-snapshot.json", import.meta.url);
const measured = { native: await measureCosts("native"), token: await measureCosts("token") };
const before = JSON.parse(await readFile(snapshot, "utf8").catch(() => "{}")) as { native?: Costs; token?: Costs };
if (values.write) await writeFile(snapshot, `${JSON.stringify(measured, null, 2)}\n`);

const grouped = (gas: number | undefined) => (gas === undefined ? "-" : gas.toLocaleString("en-US"));
console.log("| gas | native | token | native in the snapshot |\n|---|---|---|---|");
for (const name of Object.keys(measured.native) as (keyof Costs)[]) {
  console.log(`| ${name} | ${grouped(measured.native[name])} | ${grouped(measured.token[name])} | ${grouped(before.native?.[name])} |`);
}

console.log("| contract | deployed bytes (of 24,576) |\n|---|---|");
for (const name of ["TaskEscrow", "TaskEscrowFactory", "gates/MerkleGate", "gates/TokenGate"]) {
  const { deployedBytecode } = (await artifactOf(name)) as unknown as { deployedBytecode: string };
  console.log(`| ${name} | ${grouped(deployedBytecode.length / 2 - 1)} |`);
}
process.exit(0); // the in-process chains keep threads alive
