import assert from "node:assert/strict";
import { resultLines } from "../../../cli/result/show-result.ts";

const sha256 = "ab".repeat(32);

describe("showing a result", () => {
  const lines = (files: { path: string }[]) =>
    resultLines(
      {
        manifest: {
          version: 1,
          outcome: "exited",
          exitCode: 0,
          stdout: { sha256, bytes: 0 },
          files: files.map((file) => ({ ...file, sha256, bytes: 1, executable: false })),
        },
        out: "out",
        deliveries: [
          { identity: `0x${"a1".repeat(32)}` as const, store: "http://store.example" },
          { identity: `0x${"b2".repeat(32)}` as const },
        ],
        outputHash: `0x${sha256}`,
      },
      (_tone, text) => text,
    );

  it("shows what a job named its files without obeying it", () => {
    const text = lines([{ path: "a\u001b[2Jb" }, { path: "x\u202etxt.exe" }]).join("\n");
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}|\p{Cf}/u);
    assert.match(text, /a\\u\{1b\}\[2Jb/);
  });

  it("names the runners that have not delivered", () => {
    const text = lines([]).join("\n");
    assert.match(text, /1 of 2 left it here; not yet: 0xb2b2/);
    assert.doesNotMatch(text, /0xa1a1/);
  });

  it("shows the first files and counts the others", () => {
    const shown = lines(Array.from({ length: 500 }, (_, i) => ({ path: `f${i}` })));
    assert.ok(shown.length < 25);
    assert.match(shown.at(-1) ?? "", /and 488 more files/);
  });
});
