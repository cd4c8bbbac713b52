import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ErrorCode, isParityError } from "@parity-protocol/sdk";
import { parseJobFile, readJobFile } from "../../../cli/job-file/read-job-file.ts";
import { temporaryFolder } from "../support/parity.ts";

const minimal = { image: { dockerfile: "." }, command: ["/app"] };

function refused(text: string, expected: { code?: ErrorCode; says: RegExp }): void {
  assert.throws(
    () => parseJobFile(text, "job.json"),
    (error) => {
      assert.ok(isParityError(error, expected.code ?? "JOB_FILE_INVALID"), String(error));
      assert.match(`${error.message} ${error.hint}`, expected.says);
      return true;
    },
  );
}

describe("reading a job file", () => {
  describe("given something that is not JSON", () => {
    it("names a byte order mark", () => refused(`\ufeff${JSON.stringify(minimal)}`, { says: /byte order mark/ }));
    it("names a comment and its place", () => refused('{\n  // why\n  "image": {}}', { says: /job\.json:2:3: JSON has no comments/ }));
    it("names a trailing comma and its place", () => refused('{"command": ["a",\n]}', { says: /job\.json:1:17: a comma before/ }));
    it("does not take slashes and commas inside of strings for either", () => {
      parseJobFile(JSON.stringify({ ...minimal, command: ["/app", "http://x", ",]", '\\"//'] }), "job.json");
    });
    it("names the line of another mistake", () => refused('{\n "image": {},\n "command" ["a"]\n}', { says: /line 3/ }));
    it("says so of an empty file", () => refused("", { says: /not JSON/ }));
    it("bounds what it repeats of the file", () => refused(`${"x".repeat(100_000)}`, { says: /^.{0,300}$/s }));
  });

  describe("given a wrong field", () => {
    it("names an unknown one and the one that was meant", () =>
      refused(JSON.stringify({ ...minimal, comand: [] }), { says: /comand: unknown field; did you mean 'command'\?/ }));
    it("names an unknown one inside of another", () =>
      refused(JSON.stringify({ ...minimal, limits: { memoryByte: 1 } }), {
        says: /limits\.memoryByte: unknown field; did you mean 'memoryBytes'\?/,
      }));
    it("lists the known ones when nothing is near", () =>
      refused(JSON.stringify({ ...minimal, expect: { wibble: 1, exitCode: 0 } }), {
        says: /expect\.wibble: unknown field; known here: exitCode/,
      }));
    it("names each wrong type by its path", () =>
      refused(JSON.stringify({ image: { dockerfile: 7 }, command: "ls", env: { A: 1 } }), {
        says: /image\.dockerfile: .*string.*command: .*array.*env\.A: .*string/s,
      }));
    it("names an element by its place in the list", () =>
      refused(JSON.stringify({ ...minimal, command: ["a", 1] }), { says: /command\[1\]: / }));
    it("wants exactly one kind of image", () => {
      refused(JSON.stringify({ ...minimal, image: {} }), { says: /image: must have exactly one of/ });
      refused(JSON.stringify({ ...minimal, image: { dockerfile: ".", folder: "." } }), { says: /image: must have exactly one of/ });
    });
    it("explains sizes and durations", () => {
      refused(JSON.stringify({ ...minimal, limits: { memoryBytes: "lots" } }), { says: /limits\.memoryBytes: must be a number of bytes/ });
      refused(JSON.stringify({ ...minimal, limits: { timeoutSeconds: "soon" } }), {
        says: /limits\.timeoutSeconds: must be a number of seconds/,
      });
    });
    it("is not a job when it is not an object", () => refused("[]", { says: /the file: .*object/ }));
  });

  describe("given a valid one", () => {
    it("turns sizes into bytes and durations into seconds", () => {
      const job = parseJobFile(
        JSON.stringify({ ...minimal, limits: { memoryBytes: "512MiB", timeoutSeconds: "2m", cpus: 2 } }),
        "job.json",
      );
      assert.deepEqual(job.limits, { memoryBytes: 512 * 1_024 ** 2, timeoutSeconds: 120, cpus: 2 });
    });
  });

  describe("given a path", () => {
    const folder = temporaryFolder();
    after(() => folder.remove());

    it("takes job.json of a folder", async () => {
      writeFileSync(path.join(folder.path, "job.json"), JSON.stringify(minimal));
      const { file, job } = await readJobFile(folder.path);
      assert.equal(file, path.join(folder.path, "job.json"));
      assert.deepEqual(job, minimal);
    });

    for (const [what, name] of [
      ["missing", "none.json"],
      ["a folder without job.json", "empty"],
    ] as const)
      it(`refuses what is ${what}`, async () => {
        mkdirSync(path.join(folder.path, "empty"), { recursive: true });
        await assert.rejects(readJobFile(path.join(folder.path, name)), (error) => isParityError(error, "JOB_FILE_UNREADABLE"));
      });

    it("refuses what is not UTF-8", async () => {
      writeFileSync(path.join(folder.path, "latin.json"), Buffer.from([0x7b, 0x22, 0xe9, 0x22]));
      await assert.rejects(readJobFile(path.join(folder.path, "latin.json")), (error) => isParityError(error, "JOB_FILE_INVALID"));
    });
  });
});
