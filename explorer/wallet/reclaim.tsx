import { isReclaimed, isTerminal, type Phase, reclaimableOf, reclaimBounty } from "@parity-protocol/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Entry } from "../ledger/book.ts";
import { useOpened } from "../ledger/use-ledger.ts";
import { Hex } from "../parts/hex.tsx";
import { Failure, Notice } from "../parts/notice.tsx";
import { formatAmount } from "../text/amount.ts";
import type { Connected } from "./connect.ts";
import { WithWallet } from "./wallet-choice.tsx";

/** Offers to return to the submitter what nobody earned. Anyone may send it; the money goes to the submitter. */
export function Reclaim({ entry, phase }: { entry: Entry; phase: Phase }) {
  const { asset } = useOpened();
  const [isWanted, setWanted] = useState(false);
  const { task, state } = entry;
  if (!isTerminal(phase)) return null;
  if (isReclaimed(state)) return <p className="muted">What nobody earned went back to the submitter.</p>;
  const amount = reclaimableOf(state, phase, task.terms.bondWei);
  if (amount === 0n) return null;
  return (
    <div className="reclaim">
      <p>
        {formatAmount(amount, asset)} of this task {phase === "ACCEPTED" ? "is a remainder that nobody earned" : "was not earned"} and can
        go back to the submitter. Whoever sends it pays the gas.
      </p>
      {isWanted ? (
        <WithWallet>{(connected) => <ReclaimButton entry={entry} connected={connected} />}</WithWallet>
      ) : (
        <button type="button" className="button" onClick={() => setWanted(true)}>
          Reclaim for the submitter
        </button>
      )}
    </div>
  );
}

function ReclaimButton({ entry: { task }, connected }: { entry: Entry; connected: Connected }) {
  const { network, asset } = useOpened();
  const reclaiming = useMutation({ mutationFn: () => reclaimBounty(connected.client, { escrow: network.escrow, task: task.key }) });
  if (reclaiming.data)
    return (
      <Notice tone="good" title={`${formatAmount(reclaiming.data.amountWei, asset)} went back to the submitter`} role="status">
        <p>
          Transaction <Hex value={reclaiming.data.transactionHash} label="transaction" />
        </p>
      </Notice>
    );
  return (
    <>
      <button type="button" className="button button-main" disabled={reclaiming.isPending} onClick={() => reclaiming.mutate()}>
        {reclaiming.isPending ? "Waiting for the wallet and the chain…" : "Send the reclaim"}
      </button>
      {reclaiming.isError ? <Failure error={reclaiming.error} title="Nothing was reclaimed" /> : null}
    </>
  );
}
