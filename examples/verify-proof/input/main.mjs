import { readFileSync } from "node:fs";
import { buildBn128 } from "ffjavascript";
import { groth16 } from "snarkjs";

globalThis.curve_bn128 = await buildBn128(true); // of one thread: snarkjs takes the curve that is there, or starts threads that outlive it
const read = (name) => JSON.parse(readFileSync(`/input/${name}`, "utf8"));
const statement = read("public.json");
const isValid = await groth16.verify(read("verification-key.json"), statement, read("proof.json"));
console.log(JSON.stringify({ isValid, statement }));
process.exitCode = isValid ? 0 : 1;
