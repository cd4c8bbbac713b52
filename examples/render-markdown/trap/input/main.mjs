import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { Marked } from "marked";

const marked = new Marked({ gfm: true });
const contents = [];
await Promise.all(
  (await readdir("/input/pages")).map(async (name) => {
    const body = marked.parse(await readFile(`/input/pages/${name}`, "utf8"));
    contents.push({ name, version: createHash("sha256").update(body).digest("hex").slice(0, 8) });
  }),
);
console.log(`Generated on ${new Date().toLocaleDateString("en-GB")}`);
for (const { name, version } of contents) console.log(`${name}?v=${version}`);
