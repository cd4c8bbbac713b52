import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Marked } from "marked";
import { pageOf, slugOf } from "./page.mjs";

const source = "/input/pages";
const target = "/output/site";
mkdirSync(target);

const contents = [];
for (const name of readdirSync(source).sort()) {
  const headings = [];
  const heading = ({ tokens, depth, text }) => {
    const id = slugOf(text, headings);
    headings.push({ id, depth, text });
    return `<h${depth} id="${id}">${marked.parseInline(tokens.map(({ raw }) => raw).join(""))}</h${depth}>\n`;
  };
  const marked = new Marked({ gfm: true, renderer: { heading } });
  const body = marked.parse(readFileSync(`${source}/${name}`, "utf8"));
  const file = name.replace(/\.md$/, ".html");
  writeFileSync(`${target}/${file}`, pageOf({ title: headings[0]?.text ?? name, headings, body }));
  contents.push({ file, headings: headings.length, characters: body.length });
}
console.log(JSON.stringify(contents, null, 2));
