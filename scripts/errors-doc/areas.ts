import { blobErrors } from "../../sdk/errors/catalogue/blobs.ts";
import { chainErrors } from "../../sdk/errors/catalogue/chain.ts";
import { cliErrors } from "../../sdk/errors/catalogue/cli.ts";
import { escrowErrors } from "../../sdk/errors/catalogue/escrow.ts";
import { jobErrors } from "../../sdk/errors/catalogue/job.ts";
import { runnerErrors } from "../../sdk/errors/catalogue/runner.ts";
import { sandboxErrors } from "../../sdk/errors/catalogue/sandbox.ts";
import { storeErrors } from "../../sdk/errors/catalogue/store.ts";
import type { ErrorArea } from "./render.ts";

/** The catalogue in the order of a task's life. */
export const errorAreas: readonly ErrorArea[] = [
  { title: "Jobs and outputs", entries: jobErrors },
  { title: "The chain and the account", entries: chainErrors },
  { title: "The escrow", entries: escrowErrors },
  { title: "Blobs", entries: blobErrors },
  { title: "The store", entries: storeErrors },
  { title: "The sandbox", entries: sandboxErrors },
  { title: "The runner", entries: runnerErrors },
  { title: "The command line", entries: cliErrors },
];
