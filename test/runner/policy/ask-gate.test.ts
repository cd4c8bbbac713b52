import assert from "node:assert/strict";
import { type Address, deployTokenGate, encodeTokenProof, identityOf, tokenIdentityOf } from "@parity-protocol/sdk";
import { askGate, type ProofCache, proofsOfTokens } from "../../../runner/policy/ask-gate.ts";
import { type EscrowChain, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";
import { deployMock, type Mock, mint } from "../../support/mocks.ts";

const holderIndex = 0;
const strangerIndex = 1;

describe("askGate", () => {
  let chain: EscrowChain;
  let collectible: Mock;
  let gate: Address;
  const client = (i: number) => chain.runners[i] as SendingClient;

  before(async () => {
    chain = await startEscrowChain();
    collectible = await deployMock(chain.submitter, "Tokens:PlainCollectible");
    await mint(chain.submitter, collectible, [client(holderIndex).account.address, 7n]);
    gate = (await deployTokenGate(chain.submitter, { token: collectible.address })).address;
  });

  async function ask(i: number, gateOfTask: Address, proofs: ProofCache) {
    const { taskId, terms } = await chain.post({ gate: gateOfTask });
    const deps = { client: client(i), runner: client(i).account.address, sources: [chain.store], signal: new AbortController().signal };
    return askGate(deps, { taskId, terms } as Parameters<typeof askGate>[1], proofs);
  }

  describe("given a gate over an ERC-721", () => {
    it("shows the token that the operator named", async () => {
      const identity = tokenIdentityOf({ token: collectible.address, tokenId: 7n });
      assert.deepEqual(await ask(holderIndex, gate, proofsOfTokens([[gate, 7n]])), { identity, proof: encodeTokenProof(7n) });
    });

    it("is refused where the operator named none, or one that somebody else holds", async () => {
      assert.equal(await ask(holderIndex, gate, proofsOfTokens([])), undefined);
      assert.equal(await ask(strangerIndex, gate, proofsOfTokens([[gate, 7n]])), undefined);
    });

    it("is admitted once it holds the token, although it was refused before", async () => {
      const proofs = proofsOfTokens([[gate, 8n]]);
      assert.equal(await ask(holderIndex, gate, proofs), undefined);
      await mint(chain.submitter, collectible, [client(holderIndex).account.address, 8n]);
      assert.ok(await ask(holderIndex, gate, proofs));
    });
  });

  it("shows nothing to a gate over an ERC-20, which looks at the balance", async () => {
    const token = await deployMock(chain.submitter, "Tokens:PlainToken");
    await mint(chain.submitter, token, [client(holderIndex).account.address, 5n]);
    const { address } = await deployTokenGate(chain.submitter, { token: token.address, minimum: 5n });
    const identity = identityOf(client(holderIndex).account.address);
    assert.deepEqual(await ask(holderIndex, address, new Map()), { identity, proof: "0x" });
    assert.equal(await ask(strangerIndex, address, new Map()), undefined);
  });
});
