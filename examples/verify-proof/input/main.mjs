import { readFileSync } from "node:fs";
import { groth16 } from "snarkjs";

const read = (name) => JSON.parse(readFileSync(`/input/${name}`, "utf8"));
const statement = read("public.json");
const isValid = await groth16.verify(read("verification-key.json"), statement, read("proof.json"));
console.log(JSON.stringify({ isValid, statement }));
process.exit(isValid ? 0 : 1); // the library leaves threads behind
