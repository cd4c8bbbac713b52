import { blobErrors } from "./catalogue/blobs.ts";
import { chainErrors } from "./catalogue/chain.ts";
import { cliErrors } from "./catalogue/cli.ts";
import { escrowErrors } from "./catalogue/escrow.ts";
import { jobErrors } from "./catalogue/job.ts";
import { runnerErrors } from "./catalogue/runner.ts";
import { sandboxErrors } from "./catalogue/sandbox.ts";
import { storeErrors } from "./catalogue/store.ts";

/** Every code that a ParityError can carry, with its meaning, its hint and whether a retry can help. Generates docs/errors.md. */
export const errorCatalogue = {
  ...blobErrors,
  ...chainErrors,
  ...cliErrors,
  ...escrowErrors,
  ...jobErrors,
  ...runnerErrors,
  ...sandboxErrors,
  ...storeErrors,
} as const;

export type ErrorCode = keyof typeof errorCatalogue;
