import { ParityError } from "@parity-protocol/sdk";

/** Reads standard input as text, up to a bound. @throws KEY_INVALID when it is longer */
export async function readStdin(maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > maxBytes) throw new ParityError("KEY_INVALID", `Standard input has more than ${maxBytes} bytes; a private key has 66.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
