import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { useOpened } from "../ledger/use-ledger.ts";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Hex } from "../parts/hex.tsx";
import { Failure, Notice } from "../parts/notice.tsx";
import { type Connected, connectWallet } from "./connect.ts";
import { createWalletList, type Wallet } from "./discover.ts";

/** Lets the visitor choose a wallet; shows what needs one once it is connected. */
export function WithWallet({ children }: { children: (connected: Connected) => ReactNode }) {
  const { network } = useOpened();
  const [list] = useState(createWalletList);
  const wallets = useSyncExternalStore(list.subscribe, list.wallets);
  const connecting = useMutation({ mutationFn: (wallet: Wallet) => connectWallet(wallet, network) });
  if (connecting.data)
    return (
      <>
        <p className="wallet">
          <ForeignText text={connecting.data.wallet.name} /> <Hex value={connecting.data.address} digits={6} label="your address" />
          <button type="button" className="button button-small" onClick={() => connecting.reset()}>
            Disconnect
          </button>
        </p>
        {children(connecting.data)}
      </>
    );
  return (
    <div className="wallet-choice">
      {wallets.length === 0 ? (
        <Notice tone="plain" title="No wallet was found in this browser">
          <p>Install one, or use the command line, which needs none of this page.</p>
        </Notice>
      ) : null}
      {wallets.map((wallet) => (
        <button
          key={wallet.id}
          type="button"
          className="button button-main"
          disabled={connecting.isPending}
          onClick={() => connecting.mutate(wallet)}
        >
          Connect <ForeignText text={wallet.name} />
        </button>
      ))}
      {connecting.isError ? <Failure error={connecting.error} title="The wallet is not connected" /> : null}
    </div>
  );
}
