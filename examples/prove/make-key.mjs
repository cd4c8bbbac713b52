// Makes the two keys of circuit.circom anew: input/circuit.zkey for who proves, verification-key.json for who verifies. Not a job, and not
// to be one: who knows the random numbers that are drawn here can prove what is false. cd image && npm ci && node ../make-key.mjs
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "package.json"));
const snarkjs = require("snarkjs");
const folder = import.meta.dirname;
const scratch = mkdtempSync(path.join(os.tmpdir(), "make-key-"));
const at = (name) => path.join(scratch, name);
const entropy = () => randomBytes(64).toString("hex");

const circom = [require.resolve("circom2/cli.js"), path.join(folder, "input/circuit.circom"), "--O2", "--r1cs", "-l", "node_modules", "-o", scratch];
execFileSync(process.execPath, circom, { stdio: "inherit" });
const curve = await snarkjs.curves.getCurveFromName("bn128");
await snarkjs.powersOfTau.newAccumulator(curve, 10, at("0.ptau"));
await snarkjs.powersOfTau.contribute(at("0.ptau"), at("1.ptau"), "first", entropy());
await snarkjs.powersOfTau.preparePhase2(at("1.ptau"), at("2.ptau"));
await snarkjs.zKey.newZKey(at("circuit.r1cs"), at("2.ptau"), at("0.zkey"));
await snarkjs.zKey.contribute(at("0.zkey"), path.join(folder, "input/circuit.zkey"), "second", entropy());
const key = await snarkjs.zKey.exportVerificationKey(path.join(folder, "input/circuit.zkey"));
writeFileSync(path.join(folder, "../verify-proof/input/verification-key.json"), `${JSON.stringify(key, null, 2)}\n`);
rmSync(scratch, { recursive: true });
process.exit(0);
