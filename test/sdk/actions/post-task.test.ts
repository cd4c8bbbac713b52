import assert from "node:assert/strict";
import {
  type BlobSource,
  deployEscrow,
  type ErrorCode,
  encodeCanonicalJson,
  getEscrow,
  getTaskState,
  type Hex,
  isParityError,
  memoryStore,
  ParityError,
  type PostTaskParameters,
  type ProposedTerms,
  postTask,
} from "@parity-protocol/sdk";
import { createClient, custom } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getBalance, getCode } from "viem/actions";
import { type EscrowChain, type SendingClient, startEscrowChain } from "../../support/escrow-chain.ts";
import { connectionRefused, faultyTransport } from "../../support/faulty-transport.ts";

describe("postTask", () => {
  let chain: EscrowChain;

  before(async () => {
    chain = await startEscrowChain();
  });

  /** Posts with something changed, and says with which code it was refused; nothing may have been sent. */
  async function refusal(
    termsChange: Partial<ProposedTerms>,
    change: Partial<PostTaskParameters> = {},
    client: SendingClient = chain.submitter,
  ): Promise<ErrorCode> {
    const { escrow, store } = chain;
    const nonceBefore = await chain.request({ method: "eth_getTransactionCount", params: [client.account.address, "latest"] } as never);
    const parameters = { escrow, terms: await chain.terms(termsChange), location: "", sources: [store], ...change };
    try {
      await postTask(client, parameters);
    } catch (error) {
      assert.ok(isParityError(error), String(error));
      const nonceAfter = await chain.request({ method: "eth_getTransactionCount", params: [client.account.address, "latest"] } as never);
      assert.equal(nonceAfter, nonceBefore, "nothing was sent");
      return error.code;
    }
    throw new Error("it was posted");
  }

  it("escrows the bounty and tells the id before anything is sent", async () => {
    const { escrow, submitter, store } = chain;
    const before = await getBalance(submitter, { address: escrow });
    const told: string[] = [];
    const { taskId, terms, isOpen } = await postTask(submitter, {
      escrow,
      terms: await chain.terms({ bountyWei: 500n }),
      location: "https://store.example",
      sources: [store],
      onPrepared: (prepared) => void told.push(prepared.taskId),
      onSent: () => void told.push("sent"),
    });
    assert.deepEqual(told, [taskId, "sent"]);
    assert.equal(isOpen, true);
    assert.equal((await getBalance(submitter, { address: escrow })) - before, 500n);
    const { state, phase } = await getTaskState(submitter, { escrow, taskId });
    assert.deepEqual([phase, state.bountyWei, state.slots, state.quorum], ["OPEN", 500n, terms.slots, terms.quorum]);
  });

  it("posts equal terms twice under different nonces, and refuses them under one", async () => {
    const [first, second] = [await chain.post(), await chain.post()];
    assert.notEqual(first.taskId, second.taskId);
    assert.equal(await refusal(first.terms), "TASK_ALREADY_POSTED");
  });

  describe("given bad terms", () => {
    const cases: [string, Partial<ProposedTerms>, ErrorCode][] = [
      ["no slot", { slots: 0 }, "SLOTS_OUT_OF_RANGE"],
      ["25 slots", { slots: 25, quorum: 13 }, "SLOTS_OUT_OF_RANGE"],
      ["a quorum of half the slots", { slots: 4, quorum: 2 }, "QUORUM_OUT_OF_RANGE"],
      ["a quorum above the slots", { slots: 3, quorum: 4 }, "QUORUM_OUT_OF_RANGE"],
      ["a bounty below one unit a slot", { bountyWei: 2n }, "BOUNTY_TOO_SMALL"],
      ["bonds above the bounty", { bountyWei: 299n, bondWei: 100n }, "BONDS_EXCEED_BOUNTY"],
      ["a deadline in the past", { commitDeadline: 1_000 }, "DEADLINE_IN_THE_PAST"],
      ["no reveal window", { revealWindowSeconds: 0 }, "REVEAL_WINDOW_IS_ZERO"],
      ["a bounty beyond 96 bits", { bountyWei: 2n ** 96n }, "TERMS_INVALID"],
      ["a reveal delay beyond 24 bits", { revealDelaySeconds: 2 ** 24 }, "TERMS_INVALID"],
      ["half a slot", { slots: 2.5 }, "TERMS_INVALID"],
      ["a negative bond", { bondWei: -1n }, "TERMS_INVALID"],
      ["a job hash that is too short", { jobHash: "0x12" }, "TERMS_INVALID"],
      ["a gate that is no address", { gate: "0x12" }, "TERMS_INVALID"],
      ["a gate without code", { gate: `0x${"99".repeat(20)}` }, "NO_CODE_AT_GATE"],
    ];
    for (const [name, change, code] of cases)
      it(`refuses ${name}`, async () => {
        assert.equal(await refusal(change), code);
      });

    it("measures the deadline by the chain's time, with a margin", async () => {
      assert.equal(await refusal({ commitDeadline: (await chain.now()) + 10 }), "DEADLINE_TOO_SOON");
    });

    it("refuses a location that is too long or names no stores", async () => {
      assert.equal(await refusal({}, { location: `https://${"a".repeat(256)}.example` }), "LOCATION_TOO_LONG");
      const { escrow } = chain;
      const posting = postTask(chain.submitter, { escrow, terms: await chain.terms(), location: "ftp://store.example" });
      await assert.rejects(posting, (error) => isParityError(error, "LOCATION_INVALID"));
    });
  });

  describe("given a bad network", () => {
    it("refuses another chain than the one that is meant", async () => {
      assert.equal(await refusal({}, { chainId: 1 }), "WRONG_CHAIN");
    });

    it("refuses an escrow without code, and another contract in its place", async () => {
      assert.equal(await refusal({}, { escrow: `0x${"99".repeat(20)}` }), "NO_CODE_AT_ESCROW");
      const { factory } = await deployEscrow(chain.submitter, {});
      assert.equal(await refusal({}, { escrow: factory }), "NOT_AN_ESCROW");
    });

    it("refuses a contract that only answers like an escrow", async () => {
      const impostor = `0x${"77".repeat(20)}` as const;
      const code = (await getCode(chain.submitter, { address: chain.escrow })) as Hex;
      await chain.request({ method: "hardhat_setCode", params: [impostor, `${code}00`] } as never);
      assert.equal(await refusal({}, { escrow: impostor }), "ESCROW_CODE_UNKNOWN");
      await chain.request({ method: "hardhat_setCode", params: [impostor, code] } as never);
      assert.equal((await getEscrow(chain.submitter, { escrow: impostor })).isKnownCode, true);
    });

    it("says that the RPC does not answer, without its credentials", async () => {
      const transport = faultyTransport(chain.request, () => {
        throw connectionRefused();
      });
      const posting = postTask(chain.clientOf(chain.submitter.account, transport), {
        escrow: chain.escrow,
        terms: await chain.terms(),
        location: "",
        sources: [chain.store],
      });
      await assert.rejects(posting, (error) => {
        assert.ok(isParityError(error, "RPC_UNREACHABLE"));
        assert.equal(error.isRetryable, true);
        assert.doesNotMatch(JSON.stringify(error) + String(error.cause), /secret/);
        return true;
      });
    });

    it("needs an account", async () => {
      const client = createClient({ transport: custom({ request: chain.request }) });
      const { escrow, store } = chain;
      const posting = postTask(client, { escrow, terms: await chain.terms(), location: "", sources: [store] });
      await assert.rejects(posting, (error) => isParityError(error, "ACCOUNT_MISSING"));
    });
  });

  describe("given an account that cannot pay", () => {
    it("refuses a bounty that the balance does not cover", async () => {
      assert.equal(await refusal({ bountyWei: 10n ** 28n }), "INSUFFICIENT_FUNDS");
    });

    it("refuses an account without gas", async () => {
      const poor = chain.clientOf(privateKeyToAccount(generatePrivateKey()));
      assert.equal(await refusal({}, {}, poor), "INSUFFICIENT_FUNDS");
    });
  });

  describe("given blobs that runners could not read", () => {
    const sourceThat = (change: Partial<BlobSource>): BlobSource => ({ ...memoryStore("bad"), ...change });

    it("refuses a job spec that is in no store", async () => {
      assert.equal(await refusal({ jobHash: `0x${"12".repeat(32)}` }), "BLOB_NOT_FOUND");
    });

    it("refuses an image or an input file that is in no store", async () => {
      const withoutImage = memoryStore();
      for (const [, bytes] of chain.store.blobs) if (bytes.length > 100) withoutImage.add(bytes);
      assert.equal(await refusal({}, { sources: [withoutImage] }), "BLOB_NOT_FOUND");
    });

    it("finds blobs that are spread over stores", async () => {
      const stores = [memoryStore("a"), memoryStore("b")] as const;
      for (const [i, bytes] of [...chain.store.blobs.values()].entries()) stores[i % 2 === 0 ? 0 : 1].add(bytes);
      const { taskId } = await postTask(chain.submitter, {
        escrow: chain.escrow,
        terms: await chain.terms(),
        location: "",
        sources: stores,
      });
      assert.match(taskId, /^0x[0-9a-f]{64}$/);
    });

    it("refuses a spec that does not say what a job is", async () => {
      const store = memoryStore();
      const jobHash: Hex = `0x${store.add(encodeCanonicalJson({ version: 1 }))}`;
      assert.equal(await refusal({ jobHash }, { sources: [store] }), "JOB_SPEC_INVALID");
    });

    it("refuses a spec whose bytes are not canonical", async () => {
      const [spec] = [...chain.store.blobs.values()].filter((bytes) => bytes.length > 100);
      const pretty = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(spec)), null, 1));
      const store = memoryStore();
      const jobHash: Hex = `0x${store.add(pretty)}`;
      assert.equal(await refusal({ jobHash }, { sources: [store] }), "JOB_SPEC_NOT_CANONICAL");
    });

    it("passes over a store that is down, and says so when nothing else has the blobs", async () => {
      const down = sourceThat({
        open: () => Promise.reject(new ParityError("STORE_UNREACHABLE", "bad is down")),
        missing: () => Promise.reject(new ParityError("STORE_UNREACHABLE", "bad is down")),
      });
      assert.equal(await refusal({}, { sources: [down] }), "STORE_UNREACHABLE");
      const { escrow, store } = chain;
      await postTask(chain.submitter, { escrow, terms: await chain.terms(), location: "", sources: [down, store] });
    });

    it("refuses a spec from a store that lies", async () => {
      const lies = new TextEncoder().encode("lies");
      const liar = sourceThat({ open: async () => new Response(lies).body as ReadableStream<Uint8Array>, missing: async () => [] });
      assert.equal(await refusal({}, { sources: [liar] }), "BLOB_CORRUPT");
    });

    it("does not look when it is told not to", async () => {
      const { escrow } = chain;
      await postTask(chain.submitter, { escrow, terms: await chain.terms(), location: "", sources: "unchecked" });
    });
  });
});
