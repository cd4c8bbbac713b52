import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { ParityError } from "@parity-protocol/sdk";
import { columns } from "../../../cli/terminal/columns.ts";
import { nearest } from "../../../cli/terminal/nearest.ts";
import { createPrinter } from "../../../cli/terminal/printer.ts";

function capture(isJson: boolean) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()] as unknown as [NodeJS.WriteStream, NodeJS.WriteStream];
  const read = (stream: NodeJS.WriteStream) => String((stream as unknown as PassThrough).read() ?? "");
  return { printer: createPrinter(isJson, { stdout, stderr }), stdout: () => read(stdout), stderr: () => read(stderr) };
}

describe("printing", () => {
  it("prints one JSON value a line, and errors as JSON on stderr", () => {
    const { printer, stdout, stderr } = capture(true);
    printer.step({ event: "a", wei: 1n }, "for people");
    printer.progress("for people");
    printer.result({ event: "b" }, ["for people"]);
    printer.failure(new ParityError("KEY_MISSING", "No key."));
    assert.equal(stdout(), '{"event":"a","wei":"1"}\n{"event":"b"}\n');
    const { error } = JSON.parse(stderr()) as { error: Record<string, unknown> };
    assert.deepEqual([error.code, error.message, error.isRetryable], ["KEY_MISSING", "No key.", false]);
    assert.ok(error.hint);
  });

  it("prints answers on stdout and everything else on stderr, without progress or colour where there is no terminal", () => {
    const { printer, stdout, stderr } = capture(false);
    printer.progress("50 %");
    printer.step({}, "a step");
    printer.result({}, [printer.paint("good", "an answer")]);
    printer.failure(new ParityError("KEY_MISSING", "No \u001b[31mkey\u001b[0m."));
    assert.equal(stdout(), "an answer\n");
    assert.match(stderr(), /^a step\nerror: No \\u\{1b\}\[31mkey\\u\{1b\}\[0m\. \[KEY_MISSING\]\nhint: {2}Set PARITY_KEYSTORE/);
  });
});

describe("aligning columns", () => {
  it("does not count colours", () => {
    assert.deepEqual(
      columns(
        [
          ["\u001b[32mok\u001b[39m", "1"],
          ["failed", "22"],
        ],
        [1],
      ),
      ["\u001b[32mok\u001b[39m       1", "failed  22"],
    );
  });
});

describe("suggesting a word", () => {
  it("finds the known word that is a slip away, and none that is far", () => {
    assert.equal(nearest("comand", ["command", "env"]), "command");
    assert.equal(nearest("evn", ["command", "env"]), undefined);
    assert.equal(nearest("wibble", ["command", "env"]), undefined);
  });
});
