import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stampProgram } from "../../scripts/demo/stamp/program.ts";
import { compile } from "../determinizer/support/determinized.ts";
import { ensurePrograms } from "../support/debian-packages.ts";

const source = join(import.meta.dirname, "../../scripts/demo/stamp/stamp.S");

describe("the program of the demo's last job", () => {
  it("is what its source builds to, byte for byte", async () => {
    ensurePrograms({ gcc: "gcc libc6-dev" });
    const folder = mkdtempSync(join(tmpdir(), "parity-stamp-"));
    try {
      const [object, program] = [join(folder, "stamp.o"), join(folder, "stamp")];
      await compile("gcc", ["-c", source, "-o", object]);
      await compile("ld", ["-N", "--build-id=none", "-s", "-o", program, object]);
      assert.deepEqual(readFileSync(program), Buffer.from(stampProgram));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
