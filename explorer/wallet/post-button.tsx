import { approveBounty, getChainTime, type Hex as HexText, httpStore, parseLocation, postTask } from "@parity-protocol/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useNow, useOpened } from "../ledger/use-ledger.ts";
import { Facts } from "../parts/facts.tsx";
import { Hex } from "../parts/hex.tsx";
import { Failure, Notice } from "../parts/notice.tsx";
import { addressOf } from "../routing/route.ts";
import { formatAmount } from "../text/amount.ts";
import { formatDuration } from "../text/time.ts";
import type { Connected } from "./connect.ts";
import { type TermsFields, termsOf } from "./terms-fields.ts";

/** Shows what the task costs and sends it. The SDK checks everything that can be checked before the wallet is asked. */
export function PostButton({ fields, connected }: { fields: TermsFields; connected: Connected }) {
  const { network, asset, client, escrow } = useOpened();
  const [prepared, setPrepared] = useState<HexText>();
  const posting = useMutation({
    mutationFn: async () => {
      const terms = termsOf(fields, { asset, now: (await getChainTime(client)).next });
      // Where the asset is a token. A contract that is not the known one gets no allowance; postTask refuses it.
      if (escrow.isKnownCode) await approveBounty(connected.client, { escrow: network.escrow, amountWei: terms.bountyWei });
      return postTask(connected.client, {
        escrow: network.escrow,
        chainId: network.chainId,
        terms,
        location: fields.location.trim(),
        sources: parseLocation(fields.location).map((url) => httpStore(url)),
        onPrepared: ({ taskId }) => setPrepared(taskId),
      });
    },
  });
  if (posting.data)
    return (
      <Notice tone="good" title="The task is posted" role="status">
        <p>
          <a href={addressOf({ page: "task", taskId: posting.data.taskId })}>Watch task {posting.data.taskId.slice(0, 10)}…</a>
        </p>
        <p>
          Transaction <Hex value={posting.data.transactionHash} label="transaction" />
        </p>
      </Notice>
    );
  return (
    <>
      <Cost fields={fields} />
      <button type="button" className="button button-main" disabled={posting.isPending} onClick={() => posting.mutate()}>
        {posting.isPending ? "Waiting for the wallet and the chain…" : "Post the task"}
      </button>
      {prepared && posting.isError ? (
        <p className="muted">
          If it was sent after all, its id is <Hex value={prepared} digits={8} label="task id" />.
        </p>
      ) : null}
      {posting.isError ? <Failure error={posting.error} title="Nothing was posted" /> : null}
    </>
  );
}

function Cost({ fields }: { fields: TermsFields }) {
  const { asset } = useOpened();
  const now = useNow();
  try {
    const terms = termsOf({ ...fields, jobHash: `0x${"0".repeat(64)}` }, { asset, now });
    const share = terms.bountyWei / BigInt(Math.max(1, terms.slots));
    return (
      <Facts
        items={[
          ["You escrow", `${formatAmount(terms.bountyWei, asset)}, and gas`],
          ["Each earns", `${formatAmount(share, asset)} if all match; more if fewer do`],
          ["Decided within", formatDuration(terms.commitDeadline - now + (terms.revealDelaySeconds ?? 0) + terms.revealWindowSeconds)],
        ]}
      />
    );
  } catch (error) {
    return <Failure error={error} title="These terms cannot be posted" />;
  }
}
