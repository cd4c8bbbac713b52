import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensurePrograms } from "../../../support/debian-packages.ts";

/** Parts of the standard library that the jobs of these tests import, besides its single files. */
const packages = ["collections", "concurrent", "encodings", "importlib", "json", "logging", "re", "urllib"];
const extensions =
  /^_(datetime|struct|random|json|hashlib|sha\d*|md5|bisect|heapq|posixsubprocess|queue|opcode|blake2|csv)|^(math|select|fcntl|zlib|array)\./;

/** Puts Debian's Python, its libraries and the part of its standard library that tests need into a folder that becomes an image. */
export function addPython(folder: string): void {
  ensurePrograms({ "/usr/bin/python3": "python3" });
  const program = execFileSync("readlink", ["-f", "/usr/bin/python3"], { encoding: "utf8" }).trim();
  const library = join("/usr/lib", basename(program));
  copy(program, join(folder, "usr/bin/python3"));
  for (const file of librariesOf(program)) copy(file, join(folder, file));
  for (const name of readdirSync(library)) if (name.endsWith(".py")) copy(join(library, name), join(folder, library, name));
  for (const name of packages)
    cpSync(join(library, name), join(folder, library, name), { recursive: true, filter: (file) => !file.includes("__pycache__") });
  const loaded = readdirSync(join(library, "lib-dynload")).filter((name) => extensions.test(name));
  for (const name of loaded) copy(join(library, "lib-dynload", name), join(folder, library, "lib-dynload", name));
  for (const file of new Set(loaded.flatMap((name) => librariesOf(join(library, "lib-dynload", name))))) copy(file, join(folder, file));
}

/** Lists the shared libraries of a program, its interpreter with them, by the paths that it looks for. */
function librariesOf(program: string): string[] {
  const text = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
