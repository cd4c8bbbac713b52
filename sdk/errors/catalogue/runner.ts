import { defineErrors } from "../entry.ts";

export const runnerErrors = defineErrors({});
