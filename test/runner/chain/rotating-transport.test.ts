import assert from "node:assert/strict";
import { isParityError, withChainErrors } from "@parity-protocol/sdk";
import { createClient, custom, keccak256 } from "viem";
import { getBlockNumber, sendRawTransaction } from "viem/actions";
import { type EndpointFault, rotatingTransport, seatOf } from "../../../runner/chain/rotating-transport.ts";
import { connectionRefused, rpcRefusal } from "../../support/faulty-transport.ts";

/** An endpoint that answers a block number, or throws; and counts how often it was asked. */
class Endpoint {
  asked = 0;
  failure: Error | undefined;
  readonly label: string;
  /** What it answers to everything. */
  block: string;

  constructor(label: string, block: number) {
    this.label = label;
    this.block = `0x${block.toString(16)}`;
  }

  get transport() {
    const request = async () => {
      this.asked += 1;
      if (this.failure) throw this.failure;
      return this.block;
    };
    return custom({ request }, { retryCount: 0 });
  }
}

describe("rotatingTransport", () => {
  let [first, second] = [new Endpoint("first", 1), new Endpoint("second", 2)];
  let faults: [string, EndpointFault][];

  beforeEach(() => {
    [first, second, faults] = [new Endpoint("first", 1), new Endpoint("second", 2), []];
  });

  function asking(...endpoints: Endpoint[]): () => Promise<bigint> {
    const transport = rotatingTransport(endpoints.map(seatOf), (label, fault) => void faults.push([label, fault]));
    const client = createClient({ transport });
    return () => getBlockNumber(client, { cacheTime: 0 });
  }

  it("asks the first endpoint while it is well", async () => {
    const ask = asking(first, second);
    assert.deepEqual([await ask(), await ask()], [1n, 1n]);
    assert.equal(second.asked, 0);
  });

  it("asks the next one when the first does not answer, and leaves the first alone for a while", async () => {
    first.failure = connectionRefused();
    const ask = asking(first, second);
    assert.deepEqual([await ask(), await ask(), await ask()], [2n, 2n, 2n]);
    assert.equal(first.asked, 1);
    assert.deepEqual(faults, [["first", "unreachable"]]);
  });

  it("asks the next one when the first asks to slow down, over HTTP or over JSON-RPC", async () => {
    for (const failure of [Object.assign(connectionRefused(), { status: 429 }), rpcRefusal("slow down", -32_005)]) {
      first.failure = failure;
      assert.equal(await asking(first, second)(), 2n);
    }
    assert.deepEqual(faults, [
      ["first", "limited"],
      ["first", "limited"],
    ]);
  });

  it("goes back to the first when it has rested", async () => {
    first.failure = connectionRefused();
    const ask = asking(first, second);
    await ask();
    first.failure = undefined;
    second.failure = connectionRefused();
    assert.equal(await ask(), 1n);
    assert.equal(await ask(), 1n);
  });

  it("passes on what an endpoint answers, also when that is an error", async () => {
    first.failure = rpcRefusal("execution reverted", 3);
    await assert.rejects(asking(first, second)(), /reverted/);
    assert.equal(second.asked, 0);
    assert.deepEqual(faults, []);
  });

  it("asks the next one when the first answers what cannot be", async () => {
    first.block = "0x1 or so";
    const ask = asking(first, second);
    assert.deepEqual([await ask(), await ask()], [2n, 2n]);
    assert.deepEqual(faults, [["first", "nonsense"]]);
  });

  it("fails with the name of an endpoint that answers nonsense where there is no other", async () => {
    first.block = "0x1 or so";
    await assert.rejects(
      withChainErrors(createClient({ transport: custom({ request: async () => null }) }), asking(first)),
      (error) => isParityError(error, "RPC_FAILED") && error.message.startsWith("first answered eth_blockNumber"),
    );
  });

  it("tells every endpoint of a transaction, whatever the others say to it", async () => {
    const raw = "0x1234";
    first.block = keccak256(raw);
    second.failure = rpcRefusal("already known");
    const client = createClient({ transport: rotatingTransport([first, second].map(seatOf), () => undefined) });
    assert.equal(await sendRawTransaction(client, { serializedTransaction: raw as never }), keccak256(raw));
    assert.deepEqual([first.asked, second.asked], [1, 1]);
  });

  it("fails only when no endpoint answers", async () => {
    first.failure = connectionRefused();
    second.failure = connectionRefused();
    await assert.rejects(asking(first, second)(), /connection refused/);
    assert.deepEqual([first.asked, second.asked], [1, 1]);
  });
});
