// Writes docs/job.schema.json, the published JSON Schema of job files, from the schema that the command line validates with.
import { writeFileSync } from "node:fs";
import { jobFileJsonSchema } from "../cli/job-file/schema.ts";

writeFileSync(new URL("../docs/job.schema.json", import.meta.url), `${JSON.stringify(jobFileJsonSchema(), null, 2)}\n`);
