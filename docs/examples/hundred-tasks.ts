import * as parity from "@parity-protocol/sdk";

/** Posts a job once for each text, as tasks of their own; waits for all of them; returns what each printed, verified. */
export async function runOnEach(client: parity.ChainClient, { escrow, store, location, job, terms, texts }: Batch) {
  const inTurn = parity.takeTurns();
  const commitDeadline = (await parity.getChainTime(client)).next + 3_600;
  const runOn = async (text: string) => {
    const input = parity.blobFromBytes(new TextEncoder().encode(text));
    const spec = { ...job, input: [{ path: "text", sha256: input.sha256, bytes: input.bytes }] };
    await parity.putBlobs(store, [input, parity.blobFromBytes(parity.encodeJobSpec(spec))]);
    const task = { escrow, location, sources: [store], terms: { ...terms, commitDeadline, jobHash: parity.jobHashOf(spec) } };
    const { taskId } = await parity.postTask(client, { ...task, inTurn });
    const { outcome, outputHash } = await parity.waitForResult(client, { escrow, taskId, until: "decided" });
    if (!outputHash) throw new Error(`Task ${taskId} ended ${outcome}.`);
    const { openStdout } = await parity.fetchResult({ outputHash, sources: [store], waitMs: 120_000 });
    return { taskId, stdout: await new Response(await openStdout()).text() };
  };
  return Promise.all(texts.map(runOn));
}

interface Batch {
  escrow: parity.Address;
  store: parity.BlobStore;
  /** Where runners find the store. */
  location: string;
  /** The image is in the store already: `parity pack` writes it. */
  job: parity.JobSpec;
  terms: Pick<parity.ProposedTerms, "bountyWei" | "slots" | "quorum" | "gate" | "revealWindowSeconds">;
  texts: readonly string[];
}
