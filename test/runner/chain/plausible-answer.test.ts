import assert from "node:assert/strict";
import { keccak256 } from "viem";
import { isPlausible } from "../../../runner/chain/plausible-answer.ts";
import { escrow, hash, submitter } from "../support/records.ts";

const block = { number: "0x7", hash: hash("07"), parentHash: hash("06"), timestamp: "0x65000000", baseFeePerGas: "0x1" };
const place = { blockNumber: "0x7", blockHash: hash("07"), logIndex: "0x0" };
const log = { address: escrow.toLowerCase(), topics: [hash("01")], data: "0x", ...place };
const receipt = {
  transactionHash: hash("0a"),
  blockNumber: "0x7",
  status: "0x1",
  gasUsed: "0x5208",
  effectiveGasPrice: "0x1",
  logs: [log],
};
const filter = { address: escrow, fromBlock: "0x5", toBlock: "0x9" };
const raw = "0x1234";

/** What may be answered to a question, and what may not. */
const table: [method: string, params: unknown[], answers: unknown[], nonsense: unknown[]][] = [
  ["eth_blockNumber", [], ["0x0", "0x10"], [null, 16, "16", "0x", {}, "0xzz"]],
  ["eth_call", [{}, "latest"], ["0x", `0x${"00".repeat(64)}`], [null, "0x0", [], "banana"]],
  ["eth_getCode", ["0x00", "latest"], ["0x", "0x6001"], [null, "0x0", {}]],
  [
    "eth_getBlockByNumber",
    ["latest", false],
    [block],
    [null, {}, "0x7", { ...block, hash: "0x12" }, { ...block, timestamp: `0x${"f".repeat(16)}` }, { ...block, number: null }],
  ],
  ["eth_getBlockByNumber", ["pending", false], [null, { ...block, number: null, hash: null }], [{}, [block]]],
  ["eth_getBlockByNumber", ["0x7", false], [null, block], [{ ...block, number: "0x8" }]],
  [
    "eth_getLogs",
    [filter],
    [[], [log]],
    [
      null,
      "banana",
      [{}],
      [{ ...log, address: submitter }],
      [{ ...log, blockNumber: "0x4" }],
      [{ ...log, blockNumber: "0xa" }],
      [{ ...log, topics: ["0x1"] }],
      [{ ...log, data: "0x1" }],
    ],
  ],
  [
    "eth_getTransactionReceipt",
    [hash("0a")],
    [null, receipt, { ...receipt, status: "0x0" }],
    [{}, [], { ...receipt, transactionHash: hash("0b") }, { ...receipt, status: "0x7" }, { ...receipt, logs: null }],
  ],
  ["eth_sendRawTransaction", [raw], [keccak256(raw)], [null, hash("0a"), {}]],
];

describe("isPlausible", () => {
  for (const [method, params, answers, nonsense] of table)
    it(`tells an answer to ${method} ${JSON.stringify(params)} from what cannot be one`, () => {
      for (const answer of answers) assert.equal(isPlausible({ method, params }, answer), true, JSON.stringify(answer));
      for (const answer of nonsense) assert.equal(isPlausible({ method, params }, answer), false, JSON.stringify(answer));
    });

  it("has no opinion on questions that a runner does not ask", () => {
    assert.equal(isPlausible({ method: "txpool_status" }, { pending: "0x0" }), true);
  });
});
