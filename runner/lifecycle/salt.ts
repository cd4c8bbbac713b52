import { hkdfSync } from "node:crypto";
import { bytesToHex, type Hex, hexToBytes } from "viem";

const domain = "parity-protocol/salt/v1";

/**
 * Derives the salt of a task's commitment from the runner's key: HKDF-SHA256, 0x-hex, 32 bytes. A runner that lost its disk
 * derives it again and can still reveal; the task id binds chain and escrow. A secret until the reveal: never logged, never stored.
 */
export function saltOf({ privateKey, taskId }: { privateKey: Hex; taskId: Hex }): Hex {
  return bytesToHex(new Uint8Array(hkdfSync("sha256", hexToBytes(privateKey), domain, hexToBytes(taskId), 32)));
}
