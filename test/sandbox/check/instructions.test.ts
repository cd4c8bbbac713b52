import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countInstructions } from "../../../sandbox/check/instructions.ts";
import { compile } from "../../determinizer/support/determinized.ts";
import { findBusybox } from "../../support/busybox.ts";

describe("count the instructions that nobody can trap", () => {
  it("finds them in a program that has them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parity-instructions-"));
    try {
      await compile("gcc", ["-O1", "-w", join(import.meta.dirname, "probes/instructions.c"), "-o", join(folder, "probe")]);
      const { random, cpuid } = countInstructions(readFileSync(join(folder, "probe")));
      assert.ok(random > 0 && cpuid > 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("finds no random numbers in busybox, and does not count what its C library asks", () => {
    assert.deepEqual(countInstructions(readFileSync(findBusybox())), { random: 0, cpuid: 0 });
  });

  it("takes bytes that are no program, or a broken one, for none", () => {
    const broken = Buffer.alloc(64, 0xff);
    broken.write("\x7fELF\x02", 0, "latin1");
    broken[18] = 0x3e;
    assert.deepEqual([countInstructions(Buffer.alloc(10)), countInstructions(broken)], Array(2).fill({ random: 0, cpuid: 0 }));
  });
});
