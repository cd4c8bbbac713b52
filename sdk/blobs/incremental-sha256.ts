import { sha256 } from "@noble/hashes/sha2.js";
import type { Sha256Hex } from "../job/sha256.ts";

/** A sha256 that is fed chunk by chunk. */
export interface IncrementalSha256 {
  update(chunk: Uint8Array): void;
  /** Copies the state, so that a prefix can be hashed without ending the whole. */
  copy(): IncrementalSha256;
  /** Ends the hash, 64 lower-case hexadecimal digits; nothing can be fed after it. */
  hex(): Sha256Hex;
}

/** Makes a fresh hash. `createSha256` works everywhere; `createNodeSha256` of the node entry is ten times as fast. */
export type Sha256Factory = () => IncrementalSha256;

/** Makes a hash in plain JavaScript, for browsers and Node alike. */
export const createSha256: Sha256Factory = () => wrap(sha256.create());

function wrap(state: ReturnType<typeof sha256.create>): IncrementalSha256 {
  return {
    update: (chunk) => {
      state.update(chunk);
    },
    copy: () => wrap(state.clone()),
    hex: () => Array.from(state.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}
