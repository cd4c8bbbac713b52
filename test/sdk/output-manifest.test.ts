import assert from "node:assert/strict";
import { isParityError } from "../../sdk/errors/index.ts";
import { decodeOutputManifest, type ExitedManifest, encodeOutputManifest, outputHashOf } from "../../sdk/job/output-manifest.ts";

const anySha256 = "0".repeat(64);

function manifestWith(...paths: string[]): ExitedManifest {
  const files = paths.map((path) => ({ path, sha256: anySha256, bytes: 0, executable: false }));
  return { version: 1, outcome: "exited", exitCode: 0, stdout: { sha256: anySha256, bytes: 0 }, files };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const isInvalid = (error: unknown) => isParityError(error, "OUTPUT_MANIFEST_INVALID");

describe("output manifest", () => {
  it("has the same hash whatever order the files came in", () => {
    assert.equal(outputHashOf(manifestWith("b", "a/c", "é")), outputHashOf(manifestWith("é", "b", "a/c")));
  });

  it("sorts paths by their bytes, not by their UTF-16 units", () => {
    const decoded = decodeOutputManifest(encodeOutputManifest(manifestWith("\u{1f600}", "\uffee")));
    assert.deepEqual(decoded.outcome === "exited" && decoded.files.map((file) => file.path), ["\uffee", "\u{1f600}"]);
  });

  it("decodes what it encoded", () => {
    const manifest = manifestWith("a", "b/c");
    assert.deepEqual(decodeOutputManifest(encodeOutputManifest(manifest)), manifest);
  });

  for (const [name, bytes] of [
    ["bytes that are not JSON", bytesOf("<html>")],
    ["bytes that are not UTF-8", new Uint8Array([0xff, 0xfe])],
    ["an unknown field", bytesOf('{"outcome":"timed-out","reason":"x","version":1}')],
    ["a breach that carries files", bytesOf('{"files":[],"outcome":"timed-out","version":1}')],
    ["white space", bytesOf('{"outcome":"timed-out", "version":1}')],
    ["keys out of order", bytesOf('{"version":1,"outcome":"timed-out"}')],
    ["a path that climbs out", encodeOutputManifest(manifestWith("../x"))],
    ["an absolute path", encodeOutputManifest(manifestWith("/x"))],
    ["a file that is also a directory", encodeOutputManifest(manifestWith("a", "a/b"))],
    ["a path twice", encodeOutputManifest(manifestWith("a", "a"))],
  ] as const)
    it(`refuses ${name}`, () => assert.throws(() => decodeOutputManifest(bytes), isInvalid));
});
