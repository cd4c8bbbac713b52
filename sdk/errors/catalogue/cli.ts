import { defineErrors } from "../entry.ts";

export const cliErrors = defineErrors({});
