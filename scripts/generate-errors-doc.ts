// Writes docs/errors.md from the catalogue of errors.
import { writeFileSync } from "node:fs";
import { errorAreas } from "./errors-doc/areas.ts";
import { renderErrorsDoc } from "./errors-doc/render.ts";

writeFileSync(new URL("../docs/errors.md", import.meta.url), renderErrorsDoc(errorAreas));
