import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";

/** Copies a program of this machine and the shared libraries that it loads into a folder that becomes an image's root. */
export function copyProgram(program: string, image: string, as: string): void {
  copyInto(program, path.join(image, as));
  copyLibraries([program], image);
}

/** Copies the shared libraries that programs or libraries load to where the loader looks for them. */
export function copyLibraries(files: readonly string[], image: string): void {
  for (const library of new Set(files.flatMap(librariesOf))) copyInto(library, path.join(image, library));
}

function copyInto(source: string, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(source, target); // follows links, keeps the mode
}

/** Asks the machine's own loader: a static program has none. */
function librariesOf(file: string): string[] {
  let said: string;
  try {
    said = execFileSync("ldd", [file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { LC_ALL: "C", PATH: "/usr/bin:/bin" },
    });
  } catch (cause) {
    if (/not a dynamic executable|statically linked/.test(String((cause as { stderr?: string }).stderr))) return [];
    throw new ParityError("TEMPLATE_UNAVAILABLE", `The shared libraries of ${file} cannot be listed with ldd.`, { cause });
  }
  return [...said.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, library = ""]) => library);
}
