// Runs on every runner, on the same bytes: what it writes into /output and to stdout is the answer that they must agree on.
import { readFileSync, writeFileSync } from "node:fs";

const words =
  readFileSync("/input/text.txt", "utf8")
    .toLowerCase()
    .match(/[a-z]+/g) ?? [];
const counts = new Map();
for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
const rows = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));

writeFileSync("/output/words.json", `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
console.log(`${words.length} words, ${rows.length} different`);
