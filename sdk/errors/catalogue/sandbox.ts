import { defineErrors } from "../entry.ts";

export const sandboxErrors = defineErrors({});
