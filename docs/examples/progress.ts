import * as parity from "@parity-protocol/sdk";

/** Uploads, posts and waits; tells each step, and ends when the signal says so. What was sent stays sent: keep the id. */
export async function follow(client: parity.ChainClient, { store, blobs, tell, signal, ...task }: Followed) {
  await parity.putBlobs(store, blobs, { signal, onProgress: ({ bytes, totalBytes }) => tell(`uploaded ${bytes} of ${totalBytes} bytes`) });
  const { taskId, isOpen } = await parity.postTask(client, {
    ...task,
    signal,
    onPrepared: (prepared) => tell(`task ${prepared.taskId}`),
    onSent: (transactionHash) => tell(`sent ${transactionHash}`),
  });
  if (isOpen) tell("open to anyone: whoever fills the quorum decides the result");
  const { escrow } = task;
  return parity.waitForResult(client, { escrow, taskId, signal, onPhase: (phase) => tell(`phase ${phase}`) });
}

interface Followed extends parity.PostTaskParameters {
  store: parity.BlobStore;
  blobs: parity.Blobbed[];
  tell: (line: string) => void;
  signal: AbortSignal;
}
