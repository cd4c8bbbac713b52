import { readFileSync } from "node:fs";
import ort from "onnxruntime-web";

const model = await ort.InferenceSession.create(readFileSync("/models/recognise.onnx"));
const [height, width] = [48, 320];
const picture = new ort.Tensor("float32", new Float32Array(3 * height * width).fill(0.5), [1, 3, height, width]);

const startedAt = performance.now();
const output = await model.run({ [model.inputNames[0]]: picture });
const { data } = output[model.outputNames[0]];
console.log(JSON.stringify({ best: data.reduce((a, b) => Math.max(a, b)), inferenceMs: Math.round(performance.now() - startedAt) }));
process.exit(0); // the library leaves threads behind
