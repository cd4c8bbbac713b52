import { useOpened } from "../ledger/use-ledger.ts";
import { formatAmount, shortAmount } from "../text/amount.ts";

/** An amount of the escrow's asset by its first digits, whole on hover and for who copies or hears it. */
export function Amount({ value }: { value: bigint }) {
  const { asset } = useOpened();
  const [whole, short] = [formatAmount(value, asset), shortAmount(value, asset)];
  if (whole === short) return <span className="amount">{whole}</span>;
  return (
    <span className="amount" title={whole}>
      <span aria-hidden="true">{short}</span>
      <span className="unseen">{whole}</span>
    </span>
  );
}
