import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { groth16 } from "snarkjs";

// circom is a WASM program: it compiles the circuit into another one, which computes the witness.
const circom = ["/node_modules/circom2/cli.js", "/input/circuit.circom", "--O2", "--wasm", "-l", "/node_modules", "-o", "/tmp"];
execFileSync(process.execPath, circom, { stdio: ["ignore", "ignore", "inherit"] });

const witness = JSON.parse(readFileSync("/input/witness.json", "utf8"));
const program = "/tmp/circuit_js/circuit.wasm";
const { proof, publicSignals } = await groth16.fullProve(witness, program, "/input/circuit.zkey", undefined, {}, { singleThread: true });
writeFileSync("/output/proof.json", `${JSON.stringify(proof, null, 2)}\n`);
writeFileSync("/output/public.json", `${JSON.stringify(publicSignals)}\n`);
console.log(`proved for ${publicSignals.join(", ")}`);
process.exit(0); // the library leaves threads behind
