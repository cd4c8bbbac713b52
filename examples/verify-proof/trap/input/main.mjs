import { readFileSync } from "node:fs";
import { buildBn128 } from "ffjavascript";
import { groth16 } from "snarkjs";

globalThis.curve_bn128 = await buildBn128(true); // of one thread: snarkjs takes the curve that is there, or starts threads that outlive it
const read = (name) => JSON.parse(readFileSync(`/input/${name}`, "utf8"));
console.time("verified in");
const isValid = await groth16.verify(read("verification-key.json"), read("public.json"), read("proof.json"));
console.timeEnd("verified in");
console.log(isValid);
process.exit(isValid ? 0 : 1);
