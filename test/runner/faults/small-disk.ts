import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system with little room. */
export interface SmallDisk {
  path: string;
  fill(): void;
  /** Gives the room back. */
  empty(): void;
  close(): void;
}

/** Mounts a file system of so many MiB in memory. Needs root, as the engine of this machine does. */
export function mountSmallDisk(mebibytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "parity-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path]);
  const filler = join(path, "filler");
  return {
    path,
    fill: () => {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(65_536), { flag: "a" });
      } catch {
        // Full.
      }
    },
    empty: () => rmSync(filler, { force: true }),
    close: () => {
      execFileSync("umount", ["-l", path]);
      rmdirSync(path);
    },
  };
}
