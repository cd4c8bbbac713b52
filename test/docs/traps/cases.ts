import type { CauseName } from "@parity-protocol/sandbox";

/** A program that one writes first, and what it becomes. */
export interface Case {
  tool: Tool;
  wrong: string;
  right: string;
  /** What a check is to say of the first. */
  causes: readonly CauseName[];
}

/** What runs a case: an image by its recipe, and how a program is called there. */
export type Tool = keyof typeof tools;

export const tools = {
  Python: {
    recipe: "examples/score-with-python/image",
    command: (text: string) => ["/usr/bin/python3", "-c", `import datetime, gzip, os, random, sys, tarfile, time, uuid\n${text}`],
  },
  "Node.js": {
    recipe: "examples/score-text/image",
    command: (text: string) => [
      "/bin/node",
      "--input-type=module",
      "--eval",
      `import crypto from "node:crypto"; import fs from "node:fs"; import os from "node:os";\n${text}`,
    ],
  },
  Shell: { recipe: "test/docs/traps/shell", command: (text: string) => ["/bin/sh", "-c", text] },
} as const;

const caseOf =
  (tool: Tool) =>
  (causes: CauseName | readonly CauseName[], wrong: string, right: string): Case => ({ tool, wrong, right, causes: [causes].flat() });
const [python, node, shell] = [caseOf("Python"), caseOf("Node.js"), caseOf("Shell")];

export const cases: readonly Case[] = [
  python(
    ["date", "duration"],
    "print(datetime.datetime.now())",
    'print(datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"])))',
  ),
  python(
    "duration",
    "t = time.perf_counter(); print(time.perf_counter() - t)",
    "t = time.perf_counter(); print(time.perf_counter() - t, file=sys.stderr)",
  ),
  python("randomness", "print(random.sample(range(100), 5))", "print(random.Random(7).sample(range(100), 5))"),
  python("randomness", "print(uuid.uuid4())", 'print(uuid.uuid5(uuid.NAMESPACE_URL, "input.csv"))'),
  python("hash-order", 'print(list({"ash", "elm", "fir", "oak", "yew"}))', 'print(sorted({"ash", "elm", "fir", "oak", "yew"}))'),
  python("addresses", "print(object())", "print(type(object()).__name__)"),
  python("directory-order", 'print(os.listdir("/usr"))', 'print(sorted(os.listdir("/usr")))'),
  python(
    ["duration", "file-times"],
    'os.mkdir("/tmp/a"); tar = tarfile.open("/output/a.tar", "w"); tar.add("/tmp/a"); tar.close()',
    'os.mkdir("/tmp/a"); os.utime("/tmp/a", (0, 0)); tar = tarfile.open("/output/a.tar", "w"); tar.add("/tmp/a"); tar.close()',
  ),
  python(
    "date",
    'open("/output/a.gz", "wb").write(gzip.compress(b"text"))',
    'open("/output/a.gz", "wb").write(gzip.compress(b"text", mtime=0))',
  ),
  node("time-stamp", "console.log(new Date().toISOString())", "console.log(new Date(process.env.SOURCE_DATE_EPOCH * 1000).toISOString())"),
  node("duration", 'console.time("done"); console.timeEnd("done")', "const t = performance.now(); console.error(performance.now() - t)"),
  node(
    ["randomness", "addresses"],
    "console.log(Math.random())",
    "let s = 7; const random = () => (s = (s * 48271) % 2147483647) / 2147483647; console.log(random())",
  ),
  node(
    ["randomness", "addresses"],
    "console.log(crypto.randomUUID())",
    'console.log(crypto.createHash("sha256").update("input.csv").digest("hex"))',
  ),
  node(
    "file-times",
    'fs.mkdirSync("/tmp/b"); console.log(fs.statSync("/tmp/b").mtime)',
    'fs.mkdirSync("/tmp/b"); console.log(fs.statSync("/tmp/b").isDirectory())',
  ),
  node("cpu-count", "console.log(os.availableParallelism())", "console.log(4)"),
  node("time-zone", "console.log(new Date(0).toString())", "console.log(new Date(0).toISOString())"),
  shell(["date", "time-zone"], "date", 'date --date="@$SOURCE_DATE_EPOCH"'),
  shell(["duration", "addresses"], "mktemp", "touch /tmp/work && echo /tmp/work"),
  shell("randomness", "seq 9 | shuf", "seq 9 | shuf --random-source=/bin/sort"),
  shell("process-numbers", "echo part-$$", "echo part-1"),
  shell("directory-order", "find /usr/bin", "find /usr/bin | LC_ALL=C sort"),
  shell(
    "file-times",
    "mkdir /tmp/c && tar cf /output/c.tar -C /tmp c",
    "mkdir /tmp/c && tar cf /output/c.tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C /tmp c",
  ),
  shell(
    "file-times",
    "echo text >/tmp/d && gzip /tmp/d && cp /tmp/d.gz /output",
    "echo text >/tmp/d && gzip -n /tmp/d && cp /tmp/d.gz /output",
  ),
  shell(
    "scheduling",
    "for n in 1 2 3 4; do (ls / >/dev/null; echo $n) & done; wait",
    "for n in 1 2 3 4; do (ls / >/dev/null; echo $n >/tmp/$n) & done; wait; cat /tmp/[1-4]",
  ),
];
