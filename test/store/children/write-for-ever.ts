/** Puts blobs into the directory that it is given until it is killed, telling each one that is stored; one is always under way. */
import { folderStore } from "@parity-protocol/store";
import { blobOf } from "../../support/blobs.ts";

const store = folderStore(process.argv[2] ?? "");
for (let seed = 1; ; seed++) {
  const blob = blobOf(2 * 1024 ** 2 + seed, seed);
  process.stdout.write(`begins ${blob.sha256}\n`);
  await store.put(blob);
  process.stdout.write(`stored ${blob.sha256}\n`);
}
