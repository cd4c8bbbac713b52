import { readFileSync } from "node:fs";
import { groth16 } from "snarkjs";

const read = (name) => JSON.parse(readFileSync(`/input/${name}`, "utf8"));
console.time("verified in");
const isValid = await groth16.verify(read("verification-key.json"), read("public.json"), read("proof.json"));
console.timeEnd("verified in");
console.log(isValid);
process.exit(isValid ? 0 : 1);
