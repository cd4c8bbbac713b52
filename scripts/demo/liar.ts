// A dishonest runner: the product's own, but for one part. It runs the job, changes what came out, and commits to that.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { loadRunnerConfig, startRunner } from "@parity-protocol/runner";
import type { JobRun } from "@parity-protocol/sandbox";
import { encodeOutputManifest, outputHashOf } from "@parity-protocol/sdk";
import { blobFromBytes } from "@parity-protocol/sdk/node";

/** Claims that the job printed something that it did not print. */
async function forge(run: JobRun, outputDirectory: string): Promise<JobRun> {
  if (run.manifest.outcome !== "exited") return run;
  const stdout = blobFromBytes(new TextEncoder().encode("this is what the job printed, honestly\n"));
  const manifest = { ...run.manifest, stdout: { sha256: stdout.sha256, bytes: stdout.bytes } };
  const blobs = [blobFromBytes(encodeOutputManifest(manifest)), stdout];
  for (const blob of blobs) await writeFile(path.join(outputDirectory, blob.sha256), await new Response(blob.open()).bytes());
  return { ...run, manifest, outputHash: outputHashOf(manifest), blobs: [...run.blobs, ...blobs] };
}

const runner = await startRunner(loadRunnerConfig(process.env), {
  execute: (real) => async (job, signal) => forge(await real(job, signal), job.outputDirectory),
});
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void runner.stop());
await runner.done;
