import assert from "node:assert/strict";
import { jobFileSchema } from "../../../cli/job-file/schema.ts";

const job = { image: { folder: "image" }, command: ["/tool"] };

describe("choosing a determinism level in a job file", () => {
  it("takes the levels that there are, and none when it is left out", () => {
    assert.equal(jobFileSchema.parse({ ...job, determinism: { level: "strict@1" } }).determinism?.level, "strict@1");
    assert.equal(jobFileSchema.parse({ ...job, determinism: { level: "standard@1" } }).determinism?.level, "standard@1");
    assert.equal(jobFileSchema.parse(job).determinism, undefined);
  });

  it("refuses a level without a version, or of one that there is not", () => {
    for (const level of ["strict", "strict@2", ""])
      assert.equal(jobFileSchema.safeParse({ ...job, determinism: { level } }).success, false);
  });
});
