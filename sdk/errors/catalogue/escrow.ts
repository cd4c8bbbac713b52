import { defineErrors } from "../entry.ts";

export const escrowErrors = defineErrors({});
