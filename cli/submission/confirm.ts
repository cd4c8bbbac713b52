import { ParityError } from "@parity-protocol/sdk";
import { isLocalChain } from "../network/network-file.ts";
import type { Context } from "../program/context.ts";
import type { MoneyOptions } from "../program/options.ts";
import { askYes } from "../terminal/ask.ts";

/**
 * Gets consent before money moves: --yes, or a person's answer. With nobody to ask, a local chain's worthless money may move.
 * @throws CONFIRMATION_NEEDED, CONFIRMATION_REFUSED
 */
export async function requireConsent(
  context: Context,
  options: MoneyOptions,
  { question, chainId }: { question: string; chainId: number },
): Promise<void> {
  if (options.yes) return;
  if (context.isInteractive) {
    if (await askYes(question, context.signal)) return;
    throw new ParityError("CONFIRMATION_REFUSED", "You did not agree.");
  }
  if (!isLocalChain(chainId))
    throw new ParityError("CONFIRMATION_NEEDED", "This would spend money, and nobody is at the terminal to agree.");
}
