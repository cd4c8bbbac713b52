import assert from "node:assert/strict";
import {
  blobFromBytes,
  buildMerkleList,
  deployMerkleGate,
  getGate,
  getGateList,
  getGateProof,
  getTaskState,
  isParityError,
  type MerkleList,
  memoryStore,
  reserveSlot,
} from "@parity-protocol/sdk";
import { type EscrowChain, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";

const isCode = (code: Parameters<typeof isParityError>[1]) => (error: unknown) => isParityError(error, code as never);

describe("deployMerkleGate and getGateProof", () => {
  let chain: EscrowChain;
  let admitted: SendingClient;
  let stranger: SendingClient;
  let list: MerkleList;

  before(async () => {
    chain = await startEscrowChain();
    [admitted, stranger] = chain.runners as [SendingClient, SendingClient];
    list = buildMerkleList(
      [chain.runners[0], ...chain.runners.slice(2)].map((runner) => ({ runner: (runner as SendingClient).account.address })),
    );
    await chain.store.put(blobFromBytes(list.listBytes));
  });

  it("admit the runners of the list, and nobody else", async () => {
    const { escrow, submitter, store } = chain;
    const { address: gate } = await deployMerkleGate(submitter, list);
    assert.deepEqual(await getGate(submitter, { gate }), {
      kind: "merkle",
      address: gate,
      root: list.root,
      listHash: list.listHash,
      isKnownCode: true,
    });
    const { key, taskId, isOpen } = await chain.post({ gate });
    assert.equal(isOpen, false);
    const admission = await getGateProof(submitter, { gate, runner: admitted.account.address, sources: [store] });
    assert.ok(admission);
    assert.equal(await getGateProof(submitter, { gate, runner: stranger.account.address, sources: [store] }), undefined);

    await assert.rejects(reserveSlot(stranger, { escrow, task: key, proof: admission.proof }), isCode("RUNNER_NOT_ADMITTED"));
    await assert.rejects(reserveSlot(admitted, { escrow, task: key }), isCode("RUNNER_NOT_ADMITTED"));
    await reserveSlot(admitted, { escrow, task: key, proof: admission.proof });
    assert.equal((await getTaskState(submitter, { escrow, taskId })).state.reserved, 1);
  });

  it("refuse a list whose root is not the gate's", async () => {
    const { submitter, store } = chain;
    const { address: gate } = await deployMerkleGate(submitter, { root: `0x${"12".repeat(32)}`, listHash: list.listHash });
    const runner = admitted.account.address;
    await assert.rejects(getGateProof(submitter, { gate, runner, sources: [store] }), isCode("MERKLE_LIST_MISMATCH"));
  });

  it("say so when no store has the list", async () => {
    const { address: gate } = await deployMerkleGate(chain.submitter, list);
    const runner = admitted.account.address;
    await assert.rejects(getGateProof(chain.submitter, { gate, runner, sources: [memoryStore()] }), isCode("BLOB_NOT_FOUND"));
  });

  it("tell a missing gate from another contract", async () => {
    const { submitter, escrow } = chain;
    await assert.rejects(getGate(submitter, { gate: `0x${"99".repeat(20)}` }), isCode("NO_CODE_AT_GATE"));
    assert.deepEqual(await getGate(submitter, { gate: escrow }), { kind: "unknown", address: escrow });
    const runner = admitted.account.address;
    await assert.rejects(getGateProof(submitter, { gate: escrow, runner, sources: [] }), isCode("GATE_UNKNOWN"));
    await assert.rejects(getGateList(submitter, { gate: escrow, sources: [] }), isCode("NOT_A_MERKLE_GATE"));
  });
});
