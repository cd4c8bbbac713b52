import { readFileSync } from "node:fs";
import ort from "onnxruntime-web";
import { PNG } from "pngjs";
import { findLines } from "./lines.mjs";
import { decode, toTensor } from "./recognise.mjs";

ort.env.wasm.numThreads = 1; // the order of additions, and with it the last bits, are then the same everywhere
const model = await ort.InferenceSession.create(readFileSync("/models/recognise.onnx"));
const letters = ["", ...readFileSync("/models/letters.txt", "utf8").trimEnd().split("\n"), " "]; // the first stands for none

const page = PNG.sync.read(readFileSync("/input/page.png"));
const found = [];
for (const line of findLines(page)) {
  const { data, dims } = toTensor(page, line);
  const output = await model.run({ [model.inputNames[0]]: new ort.Tensor("float32", data, dims) });
  const { text, confidence } = decode(output[model.outputNames[0]], letters);
  found.push({ text, confidence: Number(confidence.toFixed(3)), top: line.top, bottom: line.bottom });
}
if (found.length === 0) throw new Error("There is no text on the page.");
console.log(JSON.stringify(found, null, 2));
