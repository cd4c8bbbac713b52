import type { CommandFactory } from "../program/program.ts";
import { checkCommand } from "./check.ts";
import { claimCommand } from "./claim.ts";
import { deployCommand } from "./deploy.ts";
import { doctorCommand } from "./doctor.ts";
import { gateCommand } from "./gate.ts";
import { listCommand } from "./list.ts";
import { packCommand } from "./pack.ts";
import { postCommand } from "./post.ts";
import { reclaimCommand } from "./reclaim.ts";
import { resultCommand } from "./result.ts";
import { runCommand } from "./run.ts";
import { runnerCommand } from "./runner.ts";
import { statusCommand } from "./status.ts";
import { upCommand } from "./up.ts";
import { verifyCommand } from "./verify.ts";
import { walletCommand } from "./wallet.ts";

/** Every command, in the order in which help shows them: a submitter's first, then a runner's, then the rest. */
export const commandFactories: readonly CommandFactory[] = [
  upCommand,
  checkCommand,
  runCommand,
  postCommand,
  statusCommand,
  listCommand,
  resultCommand,
  verifyCommand,
  claimCommand,
  reclaimCommand,
  packCommand,
  gateCommand,
  runnerCommand,
  walletCommand,
  deployCommand,
  doctorCommand,
];
