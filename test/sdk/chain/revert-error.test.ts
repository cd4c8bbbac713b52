import assert from "node:assert/strict";
import { decodeRevert, errorCatalogue, revertErrorOf } from "@parity-protocol/sdk";
import * as contracts from "@parity-protocol/sdk/contracts";
import { type Abi, type AbiParameter, encodeAbiParameters, encodeErrorResult, type Hex } from "viem";

/** Every custom error of every contract that the SDK knows. */
const contractErrors = Object.entries(contracts)
  .filter(([name]) => name.endsWith("Abi"))
  .flatMap(([, abi]) => (abi as Abi).filter((item) => item.type === "error"));

function anyValue({ type }: AbiParameter): unknown {
  if (type === "address") return `0x${"ab".repeat(20)}`;
  if (type.startsWith("bytes")) return `0x${"cd".repeat(Number(type.slice(5)))}`;
  return type === "uint8" ? 1 : 42n;
}

describe("decodeRevert", () => {
  it("knows errors of the contracts", () => {
    assert.ok(contractErrors.length > 30);
  });

  for (const error of contractErrors)
    it(`gives ${error.name} a code of its own, with its values in the message and by name`, () => {
      const data = encodeErrorResult({ abi: [error], errorName: error.name, args: error.inputs.map(anyValue) });
      const decoded = decodeRevert(data);
      assert.notEqual(decoded.code, "TRANSACTION_REVERTED");
      assert.ok(decoded.code in errorCatalogue);
      assert.deepEqual(
        Object.keys(decoded.details),
        error.inputs.map((input) => input.name),
      );
      for (const value of Object.values(decoded.details)) assert.ok(decoded.message.includes(String(value)));
    });

  it("gives each error another code", () => {
    const codes = contractErrors.map(
      (error) => decodeRevert(encodeErrorResult({ abi: [error], errorName: error.name, args: error.inputs.map(anyValue) })).code,
    );
    assert.equal(new Set(codes).size, codes.length);
  });

  it("names phases instead of numbers", () => {
    const data = encodeErrorResult({ abi: contracts.taskEscrowAbi, errorName: "WrongPhase", args: [3, 4] });
    assert.deepEqual(decodeRevert(data).details, { actual: "SEALED", required: "REVEALING" });
  });

  it("passes on what a token says about balance and allowance", () => {
    const selector: Hex = "0xfb8f41b2"; // ERC20InsufficientAllowance(address,uint256,uint256), ERC-6093
    const values = encodeAbiParameters([{ type: "address" }, { type: "uint256" }, { type: "uint256" }], [`0x${"ab".repeat(20)}`, 1n, 2n]);
    assert.equal(decodeRevert(`${selector}${values.slice(2)}`).code, "ALLOWANCE_TOO_LOW");
  });

  it("quotes a reason in words, and says so when there is none that it knows", () => {
    const error = { type: "error", name: "Error", inputs: [{ type: "string", name: "message" }] } as const;
    const worded = decodeRevert(encodeErrorResult({ abi: [error], args: ["the token is paused"] }));
    assert.equal(worded.code, "TRANSACTION_REVERTED");
    assert.match(worded.message, /the token is paused/);
    assert.equal(decodeRevert("0x12345678").code, "TRANSACTION_REVERTED");
  });
});

describe("revertErrorOf", () => {
  it("finds the data of a revert wherever a node put it", () => {
    const data = encodeErrorResult({ abi: contracts.taskEscrowAbi, errorName: "RevealWindowIsZero" });
    for (const inner of [{ data }, { data: { data, message: "reverted" } }]) {
      const error = new Error("outer", { cause: Object.assign(new Error("inner"), inner) });
      assert.equal(revertErrorOf(error)?.code, "REVEAL_WINDOW_IS_ZERO");
    }
  });

  it("leaves other failures alone", () => {
    assert.equal(revertErrorOf(new Error("connection refused")), undefined);
  });
});
