/**
 * Reads a stream chunk by chunk; cancels it when the reader leaves early. (Not every browser can iterate a stream.)
 */
export async function* readChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let isEnded = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    isEnded = true;
  } finally {
    // The reason for leaving is already on its way to the caller; a source that fails to close adds nothing to it.
    if (!isEnded) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** Turns chunks into a stream that asks for the next one only when it is read. */
export function streamOfChunks(chunks: AsyncIterator<Uint8Array, unknown, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Turns bytes in memory into a stream of one chunk. */
export function streamOfBytes(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** Joins chunks into one array. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const only = chunks[0];
  if (chunks.length === 1 && only) return only;
  const joined = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
