import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { copyLibraries, copyProgram } from "./copy-program.ts";

const busyboxes = ["/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox"];

/** Parts of Python's library that a job has no use for: tests, windows, what compiles and installs. */
const leftOut = new Set([
  "__pycache__",
  "test",
  "tests",
  "idlelib",
  "tkinter",
  "turtledemo",
  "ensurepip",
  "lib2to3",
  "dist-packages",
  "site-packages",
]);

/** Copies the Node that runs this program. */
export function copyNode(image: string): void {
  copyProgram(process.execPath, image, "bin/node");
}

/** Copies this machine's Python and its library. @throws TEMPLATE_UNAVAILABLE */
export function copyPython(image: string): void {
  const [program = "", library = ""] = askPython();
  copyProgram(realpathSync(program), image, "usr/bin/python3");
  const target = path.join(image, "usr/lib", path.basename(library));
  cpSync(library, target, {
    recursive: true,
    dereference: true,
    filter: (file) => !leftOut.has(path.basename(file)) && !path.basename(file).startsWith("config-"),
  });
  const extensions = path.join(library, "lib-dynload");
  if (existsSync(extensions))
    copyLibraries(
      readdirSync(extensions).map((name) => path.join(extensions, name)),
      image,
    );
}

/** Finds a static busybox. @throws TEMPLATE_UNAVAILABLE */
export function findBusybox(): string {
  const found = busyboxes.find((file) => existsSync(file) && isStatic(file));
  if (found) return found;
  throw new ParityError("TEMPLATE_UNAVAILABLE", "There is no static busybox on this machine.", {
    hint: "Install one (apt-get install busybox-static); or take the static template with a program of yours: parity init static --program FILE",
  });
}

/** Says whether a file is an ELF program that needs no loader. */
export function isStatic(file: string): boolean {
  const head = readFileSync(file).subarray(0, 4_096);
  return head.toString("latin1", 0, 4) === "\x7fELF" && !head.includes("ld-linux") && !head.includes("ld-musl");
}

function askPython(): string[] {
  const script = "import sys, sysconfig; print(sys.executable); print(sysconfig.get_path('stdlib'))";
  try {
    return execFileSync("python3", ["-I", "-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n");
  } catch (cause) {
    throw new ParityError("TEMPLATE_UNAVAILABLE", "There is no Python on this machine to put into the image.", {
      hint: "Install python3, or take another template: node, static, dockerfile.",
      cause,
    });
  }
}
