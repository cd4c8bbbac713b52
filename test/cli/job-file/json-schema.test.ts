import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { jobFileJsonSchema } from "../../../cli/job-file/schema.ts";

describe("the published JSON Schema of job files", () => {
  it("is what the command line validates with (scripts/build-job-schema.ts writes it)", () => {
    const published: unknown = JSON.parse(readFileSync(new URL("../../../docs/job.schema.json", import.meta.url), "utf8"));
    assert.deepEqual(published, JSON.parse(JSON.stringify(jobFileJsonSchema())));
  });
});
