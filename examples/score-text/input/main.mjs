import { readdirSync, readFileSync } from "node:fs";
import { rank } from "./bm25.mjs";
import { readingEase } from "./readability.mjs";

const folder = "/input/texts";
const names = readdirSync(folder).sort();
const texts = names.map((name) => ({ name, text: readFileSync(`${folder}/${name}`, "utf8") }));
const queries = readFileSync("/input/queries.txt", "utf8").split("\n").filter(Boolean);

const report = {
  readingEase: Object.fromEntries(texts.map(({ name, text }) => [name, rounded(readingEase(text))])),
  ranking: queries.map((query) => ({ query, texts: rank(query, texts).map(({ name, score }) => [name, rounded(score)]) })),
};
console.log(JSON.stringify(report, null, 2));

/** Logarithms may differ in their last bits from one machine to the next; six digits do not. */
function rounded(number) {
  return Number(number.toPrecision(6));
}
