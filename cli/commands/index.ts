import type { CommandFactory } from "../program/program.ts";
import { checkCommand } from "./check.ts";
import { claimCommand } from "./claim.ts";
import { completionCommand } from "./completion.ts";
import { deployCommand } from "./deploy.ts";
import { doctorCommand } from "./doctor.ts";
import { gateCommand } from "./gate.ts";
import { initCommand } from "./init.ts";
import { listCommand } from "./list.ts";
import { logsCommand } from "./logs.ts";
import { packCommand } from "./pack.ts";
import { postCommand } from "./post.ts";
import { reclaimCommand } from "./reclaim.ts";
import { resultCommand } from "./result.ts";
import { runCommand } from "./run.ts";
import { runnerCommand } from "./runner.ts";
import { statusCommand } from "./status.ts";
import { storeCommand } from "./store.ts";
import { upCommand } from "./up.ts";
import { verifyCommand } from "./verify.ts";
import { walletCommand } from "./wallet.ts";
import { watchCommand } from "./watch.ts";

/** Every command, in the order in which help shows them: a submitter's first, then a runner's, then the rest. */
export const commandFactories: readonly CommandFactory[] = [
  initCommand,
  upCommand,
  checkCommand,
  runCommand,
  postCommand,
  statusCommand,
  watchCommand,
  listCommand,
  resultCommand,
  logsCommand,
  verifyCommand,
  claimCommand,
  reclaimCommand,
  packCommand,
  gateCommand,
  runnerCommand,
  storeCommand,
  walletCommand,
  deployCommand,
  doctorCommand,
  completionCommand,
];
