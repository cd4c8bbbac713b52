import assert from "node:assert/strict";
import { getChainTime, type Hex, isParityError, postTask, type TaskTerms, taskIdOf, termsHashOf, zeroAddress } from "@parity-protocol/sdk";
import { privateKeyToAccount } from "viem/accounts";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { sendAs } from "../../../cli/network/connect.ts";
import { findTask } from "../../../cli/tasks/find-task.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { temporaryFolder } from "../support/parity.ts";

describe("finding a task by the beginning of its id", () => {
  const folder = temporaryFolder();
  let network: LocalNetwork;
  /** Two tasks whose ids begin alike, and a third; in the order of posting. */
  let ids: Hex[];
  before(async () => {
    network = await startQuietNetwork(folder.path);
    ids = await postAlike();
  });
  after(async () => {
    await network.stop();
    folder.remove();
  });
  const find = (text: string) => {
    const { connection, network: place } = network;
    return findTask(text, { client: connection.client, escrow: place.escrow, fromBlock: 0n, signal: new AbortController().signal });
  };

  it("refuses a beginning that several tasks share, and names them, the newest first", async () => {
    const [first = "0x", second = "0x"] = ids;
    await assert.rejects(find(first.slice(0, 6)), (error) => {
      assert.ok(isParityError(error, "TASK_ID_AMBIGUOUS"));
      assert.deepEqual(error.details?.taskIds, [second, first]);
      assert.ok(error.message.includes(first) && error.message.includes(second));
      return true;
    });
  });

  it("finds each of them by one more character that tells them apart", async () => {
    for (const id of ids.slice(0, 2)) {
      const [first = "", second = ""] = ids;
      const apart = Array.from(first).findIndex((character, i) => character !== second[i]);
      assert.equal((await find(id.slice(0, apart + 1))).taskId, id);
    }
  });

  it("finds a task by any case, with or without 0x, and the newest by the word latest", async () => {
    const third = ids[2] ?? "0x";
    assert.equal((await find(third.slice(2, 12).toUpperCase())).taskId, third);
    assert.equal((await find("latest")).taskId, third);
  });

  async function postAlike(): Promise<Hex[]> {
    const { chainId, escrow, submitterKey } = network.network;
    const submitter = sendAs(network.connection, privateKeyToAccount(submitterKey));
    const { next } = await getChainTime(network.connection.client);
    const termsWith = (nonce: bigint): TaskTerms => ({
      bountyWei: 3n,
      bondWei: 0n,
      slots: 3,
      quorum: 2,
      commitDeadline: next + 3_600,
      revealDelaySeconds: 0,
      revealWindowSeconds: 600,
      gate: zeroAddress,
      jobHash: `0x${"7".repeat(64)}`,
      nonce,
    });
    const idOf = (nonce: bigint) =>
      taskIdOf({ submitter: submitter.account.address, termsHash: termsHashOf({ chainId, escrow, terms: termsWith(nonce) }) });
    const posted: Hex[] = [];
    for (const nonce of [...noncesOfAlike(idOf), 1_000_000n]) {
      const { taskId } = await postTask(submitter, { escrow, terms: termsWith(nonce), location: "", sources: "unchecked" });
      posted.push(taskId);
    }
    return posted;
  }
});

/** Finds two nonces whose task ids have the shortest beginning that may be typed in common. */
function noncesOfAlike(idOf: (nonce: bigint) => Hex): [bigint, bigint] {
  const seen = new Map<string, bigint>();
  for (let nonce = 1n; ; nonce++) {
    const beginning = idOf(nonce).slice(0, 6);
    const other = seen.get(beginning);
    if (other !== undefined) return [other, nonce];
    seen.set(beginning, nonce);
  }
}
