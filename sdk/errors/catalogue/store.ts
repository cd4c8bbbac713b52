import { defineErrors } from "../entry.ts";

export const storeErrors = defineErrors({});
