import type { CommandFactory } from "../program/program.ts";
import { walletCommand } from "./wallet.ts";

/** Every command, in the order in which help shows them: the life of a task first. */
export const commandFactories: readonly CommandFactory[] = [walletCommand];
