import assert from "node:assert/strict";
import { isParityError, withChainErrors } from "@parity-protocol/sdk";
import { createClient, custom, HttpRequestError, keccak256 } from "viem";
import { getBlockNumber, sendRawTransaction } from "viem/actions";
import { type EndpointFault, hasRested, rotatingTransport, seatOf } from "../../../runner/chain/rotating-transport.ts";
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

  /** What an endpoint says that asks to be left alone for so many seconds. */
  const tooMany = (retryAfter: string) => {
    const headers = new Headers({ "retry-after": retryAfter });
    return new HttpRequestError({ url: "http://rpc.example", status: 429, headers, details: "too many requests" });
  };

  it("asks nothing of an endpoint that asked to be left alone, even where there is no other, and says so at once", async () => {
    first.failure = tooMany("3600");
    const ask = asking(first);
    await assert.rejects(ask(), /too many requests/);
    first.failure = undefined;
    await assert.rejects(ask(), /asked to slow down, and is asked again in (60|[1-5]?\d) s/);
    assert.equal(first.asked, 1);
    assert.deepEqual(faults, [
      ["first", "limited"],
      ["first", "resting"],
    ]);
  });

  it("waits for the only endpoint where it asks for a moment", async () => {
    first.failure = tooMany("1");
    const ask = asking(first);
    await assert.rejects(ask(), /too many requests/);
    first.failure = undefined;
    assert.equal(await ask(), 1n);
    assert.deepEqual(faults, [["first", "limited"]]);
  });

  it("does not wait where it is not to, and tells when the rest is over", async () => {
    const seat = seatOf(first);
    const transport = rotatingTransport([seat], () => undefined, { isPatient: false });
    const ask = () => getBlockNumber(createClient({ transport }), { cacheTime: 0 });
    first.failure = tooMany("1");
    await assert.rejects(ask(), /too many requests/);
    first.failure = undefined;
    await assert.rejects(ask(), /asked to slow down/);
    assert.ok(await hasRested(seat));
    assert.equal(await ask(), 1n);
    assert.equal(await hasRested(seat), false, "there is nothing to rest from");
  });

  it("takes requests of one moment that fail together for one fault", async () => {
    first.failure = rpcRefusal("slow down", -32_005);
    const seat = seatOf(first);
    const client = createClient({ transport: rotatingTransport([seat], (label, fault) => void faults.push([label, fault])) });
    await Promise.allSettled([1, 2, 3].map(() => getBlockNumber(client, { cacheTime: 0 })));
    await Promise.allSettled([1, 2, 3].map((_, i) => client.request({ method: "eth_getBalance", params: [`0x${i}`, "latest"] })));
    assert.equal(seat.faultsInARow, 2);
    assert.ok(faults.length > 2, "each request is counted");
  });

  it("hopes for nothing from an endpoint that asks to slow down after each of its rests", async () => {
    const seat = { ...seatOf(first), faultsInARow: 4, closedUntil: performance.now() + 1_000 };
    assert.equal(await hasRested(seat), false);
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
