/** Another protocol's gas for what a task with a committee of n does, payouts in where it has any. */
export interface Peer {
  name: string;
  /** Gas of one whole task. */
  wholeTask: number;
  /** Gas of one runner's part, where it can be told apart. */
  result?: number;
}

/** Measured once by running each one's published contracts on the same engine as ours; they are stated here, not measured again. */
export const peers: readonly Peer[] = [
  { name: "iExec PoCo v6.2.0, its own compiler settings, n=3", wholeTask: 2_460_000, result: 821_000 },
  { name: "iExec PoCo v6.2.0, normal optimizer, n=3", wholeTask: 2_310_000, result: 771_000 },
  { name: "Lilypad, one provider, no agreement", wholeTask: 1_770_000 },
  { name: "Chainlink FluxAggregator, answers in clear, no escrow, n=3", wholeTask: 320_000, result: 106_667 },
  { name: "Reality.eth, one question", wholeTask: 275_000 },
  { name: "UMA, assert and settle", wholeTask: 264_000 },
];
