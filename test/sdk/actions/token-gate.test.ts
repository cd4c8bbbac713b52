import assert from "node:assert/strict";
import {
  type Address,
  blobFromBytes,
  buildMerkleList,
  deployMerkleGate,
  deployTokenGate,
  encodeTokenProof,
  getAdmission,
  getGate,
  getGateProof,
  getSlot,
  identityOf,
  isParityError,
  parseRunnerList,
  reserveSlot,
  tokenIdentityOf,
  zeroAddress,
} from "@parity-protocol/sdk";
import { type EscrowChain, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";
import { deployMock, type Mock, mint } from "../../support/mocks.ts";

const isCode = (code: Parameters<typeof isParityError>[1]) => (error: unknown) => isParityError(error, code as never);

describe("gates and their proofs", () => {
  let chain: EscrowChain;
  let [holder, stranger, third]: SendingClient[] = [];
  let collectible: Mock;
  let token: Mock;
  const address = (client: SendingClient | undefined) => client?.account.address as Address;

  before(async () => {
    chain = await startEscrowChain();
    [holder, stranger, third] = chain.runners;
    collectible = await deployMock(chain.submitter, "Tokens:PlainCollectible");
    token = await deployMock(chain.submitter, "Tokens:PlainToken");
    await mint(chain.submitter, collectible, [address(holder), 7n]);
    await mint(chain.submitter, token, [address(holder), 100n]);
    await mint(chain.submitter, token, [address(stranger), 99n]);
  });

  const proofOf = (gate: Address, runner: SendingClient | undefined, tokenId?: bigint) =>
    getGateProof(chain.submitter, { gate, runner: address(runner), sources: [chain.store], ...(tokenId === undefined ? {} : { tokenId }) });

  describe("deployTokenGate over an ERC-721", () => {
    let gate: Address;
    before(async () => {
      gate = (await deployTokenGate(chain.submitter, { token: collectible.address })).address;
    });

    it("makes a gate that getGate recognises", async () => {
      const expected = { kind: "token", address: gate, standard: "ERC-721", minimum: 0n, isKnownCode: true };
      const { token: held, ...gateFacts } = (await getGate(chain.submitter, { gate })) as { token: Address };
      assert.deepEqual(gateFacts, expected);
      assert.equal(held.toLowerCase(), collectible.address.toLowerCase());
    });

    it("admits the holder of a token as one identity, with the proof that getGateProof makes", async () => {
      const { key, taskId } = await chain.post({ gate });
      const admission = await proofOf(gate, holder, 7n);
      const identity = tokenIdentityOf({ token: collectible.address, tokenId: 7n });
      assert.deepEqual(admission, { identity, proof: encodeTokenProof(7n) });
      await reserveSlot(holder as SendingClient, { escrow: chain.escrow, task: key, proof: encodeTokenProof(7n) });
      assert.ok(await getSlot(chain.submitter, { escrow: chain.escrow, taskId, identity }));
    });

    it("has no proof for who holds nothing, nor for a token that nobody made", async () => {
      assert.equal(await proofOf(gate, stranger, 7n), undefined);
      assert.equal(await proofOf(gate, holder, 8n), undefined);
    });

    it("asks which token, where that is not said", () => assert.rejects(proofOf(gate, holder), isCode("TOKEN_ID_MISSING")));

    it("refuses a token that is no ERC-721, or no contract, or an id that no token can have", async () => {
      await assert.rejects(deployTokenGate(chain.submitter, { token: token.address }), isCode("NOT_AN_ERC721"));
      await assert.rejects(deployTokenGate(chain.submitter, { token: address(holder) }), isCode("TOKEN_HAS_NO_CODE"));
      await assert.rejects(proofOf(gate, holder, -1n), isCode("ARGUMENT_INVALID"));
    });
  });

  describe("deployTokenGate over an ERC-20", () => {
    it("admits who holds the minimum, as one identity an address", async () => {
      const { address: gate } = await deployTokenGate(chain.submitter, { token: token.address, minimum: 100n });
      const known = await getGate(chain.submitter, { gate });
      assert.deepEqual(known.kind === "token" && [known.standard, known.minimum, known.isKnownCode], ["ERC-20", 100n, true]);
      assert.deepEqual(await proofOf(gate, holder), { identity: identityOf(address(holder)), proof: "0x" });
      assert.equal(await proofOf(gate, stranger), undefined);
    });
  });

  describe("a list in which several addresses share an identity", () => {
    it("gives them one slot together (I10)", async () => {
      const list = buildMerkleList(
        parseRunnerList(`runner,identity\n${address(holder)}\n${address(stranger)},${address(holder)}\n${address(third)}\n`),
      );
      await chain.store.put(blobFromBytes(list.listBytes));
      const { address: gate } = await deployMerkleGate(chain.submitter, list);
      const { key, taskId } = await chain.post({ gate });
      const reserve = async (runner: SendingClient | undefined) => {
        const admission = await proofOf(gate, runner);
        assert.ok(admission);
        await reserveSlot(runner as SendingClient, { escrow: chain.escrow, task: key, proof: admission.proof });
        return admission.identity;
      };
      assert.equal(await reserve(stranger), identityOf(address(holder)));
      await assert.rejects(reserve(holder), isCode("SLOT_ALREADY_TAKEN"));
      assert.equal(await reserve(third), identityOf(address(third)));
      assert.ok(await getSlot(chain.submitter, { escrow: chain.escrow, taskId, identity: identityOf(address(holder)) }));
    });
  });

  describe("getAdmission", () => {
    it("admits everybody where there is no gate", async () => {
      const runner = address(stranger);
      assert.equal(await getAdmission(chain.submitter, { gate: zeroAddress, runner }), identityOf(runner));
    });

    it("says that there is no gate where there is no contract", () =>
      assert.rejects(
        getAdmission(chain.submitter, { gate: `0x${"99".repeat(20)}`, runner: address(stranger) }),
        isCode("NO_CODE_AT_GATE"),
      ));

    it("takes a gate that reverts, burns its gas or answers half a word for one that refuses", async () => {
      for (const [name, args] of [["RevertingGate"], ["BurningGate"], ["GarbageGate", [16n]]] as const) {
        const gate = (await deployMock(chain.submitter, `HostileGates:${name}`, args ?? [])).address;
        assert.equal(await getAdmission(chain.submitter, { gate, runner: address(stranger) }), undefined, name);
        assert.deepEqual(await getGate(chain.submitter, { gate }), { kind: "unknown", address: gate }, name);
      }
    });

    it("gives a gate the gas that the escrow gives it", async () => {
      const gate = (await deployMock(chain.submitter, "HostileGates:ThirstyGate")).address;
      assert.equal(await getAdmission(chain.submitter, { gate, runner: address(stranger) }), identityOf(address(stranger)));
    });

    it("reads no more of an answer than the escrow does", async () => {
      const gate = (await deployMock(chain.submitter, "HostileGates:GarbageGate", [1_000n])).address;
      assert.equal(await getAdmission(chain.submitter, { gate, runner: address(stranger) }), `0x${"ff".repeat(32)}`);
      assert.deepEqual(await getGate(chain.submitter, { gate }), { kind: "unknown", address: gate });
    });
  });

  describe("getGate", () => {
    it("does not call code its own that answers like a MerkleGate", async () => {
      const gate = (await deployMock(chain.submitter, "HostileGates:GarbageGate", [32n])).address;
      const [root, listHash] = [`0x${"ff".repeat(32)}`, `0x${"ff".repeat(32)}`];
      assert.deepEqual(await getGate(chain.submitter, { gate }), { kind: "merkle", address: gate, root, listHash, isKnownCode: false });
    });
  });
});
