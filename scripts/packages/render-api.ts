import { readFileSync } from "node:fs";
import path from "node:path";

/** One exported name: its documentation and its declaration, as the compiler wrote both. */
export interface ApiEntry {
  name: string;
  module: string;
  documentation: string;
  declaration: string;
}

const titles: Readonly<Record<string, string>> = {
  actions: "Actions: one verb each",
  blobs: "Blobs: reading and writing by sha256",
  chain: "The chain",
  errors: "Errors",
  gates: "Gates",
  job: "Jobs and outputs",
  protocol: "The protocol's pure functions",
};

/** Writes the reference of everything that the package's main entry exports, from the declarations that were built. */
export function renderApi(sources: string, dist: string): string {
  const entries = readApi(sources, dist);
  const rooms = [...new Set(entries.map(({ module }) => module.split("/")[0] ?? ""))].sort();
  const sections = rooms.flatMap((room) => [
    `## ${titles[room] ?? room}\n`,
    ...entries.filter(({ module }) => module.startsWith(`${room}/`)).map(renderEntry),
  ]);
  return ["# API of @parity-protocol/sdk\n", "Generated from the sources by `npm run build:sdk`.\n", ...sections].join("\n");
}

/** Lists what the barrel exports, in its order. */
export function readApi(sources: string, dist: string): ApiEntry[] {
  const barrel = readFileSync(path.join(sources, "index.ts"), "utf8");
  return [...barrel.matchAll(/export (type )?\{([^}]*)\} from "\.\/([^"]+)\.ts"/g)].flatMap(([, , names = "", module = ""]) =>
    names
      .split(",")
      .map((name) => name.replace(/^\s*type /, "").trim())
      .filter(Boolean)
      .map((name) => readEntry(name, module, dist)),
  );
}

function readEntry(name: string, module: string, dist: string): ApiEntry {
  const text = readFileSync(path.join(dist, `${module}.d.ts`), "utf8");
  const from = new RegExp(`^export (?:declare )?(?:function|const|class|interface|type|abstract class) ${name}\\b`, "m").exec(text);
  if (!from) return readForwarded(name, { module, text, dist });
  const declaration = declarationAt(text.slice(from.index));
  const documentation = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, from.index))?.[1] ?? "";
  return { name, module, documentation: plain(documentation), declaration };
}

/** Some files pass on what another file, or viem, declares. */
function readForwarded(name: string, { module, text, dist }: { module: string; text: string; dist: string }): ApiEntry {
  const origin = new RegExp(`\\{[^}]*\\b${name}\\b[^}]*\\} from "([^"]+)"`).exec(text)?.[1];
  if (origin === undefined) throw new Error(`${module}.d.ts declares no ${name}`);
  if (!origin.startsWith("."))
    return { name, module, documentation: `That of ${origin}.`, declaration: `export { ${name} } from "${origin}"` };
  return readEntry(name, path.posix.join(path.posix.dirname(module), origin.replace(/\.js$/, "")), dist);
}

/** A declaration ends with its line, or where the bracket that its line opened is closed at the line's start. */
function declarationAt(text: string): string {
  const line = text.slice(0, text.indexOf("\n"));
  if (!/[{(]$/.test(line)) return line;
  const end = text.search(/^[})].*$/m);
  return text.slice(0, text.indexOf("\n", end));
}

function plain(comment: string): string {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

function renderEntry({ name, documentation, declaration }: ApiEntry): string {
  const [text = "", example] = documentation.split("@example");
  const parts = [`### ${name}\n`, `${text.trim().replaceAll("@throws", "\nThrows:")}\n`, `\`\`\`ts\n${declaration}\n\`\`\`\n`];
  return [...parts, ...(example ? [`\`\`\`ts\n${example.trim()}\n\`\`\`\n`] : [])].join("\n");
}
