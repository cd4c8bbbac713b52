import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { nearest } from "../terminal/nearest.ts";
import { copyNode, copyPython, findBusybox, isStatic } from "./programs.ts";

/** What a job folder can begin as. */
export interface Template {
  name: string;
  /** What it shows, for help. */
  summary: string;
  /** Completes a copy of the template's files with what its image is made of. @throws TEMPLATE_UNAVAILABLE, FILE_UNREADABLE */
  complete: (folder: string, program?: string) => void;
}

/** Every template. The files of each are in cli/templates, under its name. */
export const templates: readonly Template[] = [
  {
    name: "node",
    summary: "a JavaScript program, and this machine's Node as its image",
    complete: (folder) => copyNode(path.join(folder, "image")),
  },
  {
    name: "python",
    summary: "a Python program, and this machine's Python as its image",
    complete: (folder) => copyPython(path.join(folder, "image")),
  },
  { name: "static", summary: "one static binary (--program FILE, else busybox) and nothing else", complete: putProgram },
  {
    name: "dockerfile",
    summary: "a shell script in an image that your engine builds from a Dockerfile",
    complete: (folder) => put(findBusybox(), path.join(folder, "image", "busybox")),
  },
];

/** Finds a template by its name. @throws USAGE_INVALID */
export function templateNamed(name: string): Template {
  const found = templates.find((template) => template.name === name.toLowerCase());
  if (found) return found;
  const names = templates.map((template) => template.name);
  const meant = nearest(name, names);
  throw new ParityError("USAGE_INVALID", `'${name.slice(0, 40)}' is no template.`, {
    hint: meant ? `Did you mean ${meant}?` : `The templates are ${names.join(", ")}.`,
  });
}

/** A program of one's own is called with the input file, as the template's busybox is with a command and the file. */
function putProgram(folder: string, program?: string): void {
  if (program === undefined) put(findBusybox(), path.join(folder, "image", "bin", "busybox"));
  else putOwn(folder, program);
}

function putOwn(folder: string, program: string): void {
  if (!isStatic(readable(program))) throw notStatic(program);
  const name = path.basename(program);
  put(program, path.join(folder, "image", "bin", name));
  const file = path.join(folder, "job.json");
  const busybox = '"/bin/busybox", "sha256sum"';
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(busybox, () => JSON.stringify(`/bin/${name}`)),
  );
}

function put(program: string, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(program, target);
  chmodSync(target, 0o755);
}

function readable(file: string): string {
  try {
    readFileSync(file);
    return file;
  } catch (cause) {
    throw new ParityError("FILE_UNREADABLE", `${file} cannot be read.`, { cause });
  }
}

function notStatic(program: string): ParityError {
  return new ParityError("TEMPLATE_UNAVAILABLE", `${program} is not a static program for Linux: alone in an image it would not start.`, {
    hint: "Link it statically (-static, CGO_ENABLED=0, a musl target), or put it into an image with a Dockerfile.",
  });
}
