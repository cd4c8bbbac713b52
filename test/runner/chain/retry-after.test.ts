import assert from "node:assert/strict";
import { HttpRequestError } from "viem";
import { retryAfterMs } from "../../../runner/chain/retry-after.ts";

const refusal = (headers: Record<string, string>) =>
  new HttpRequestError({ url: "http://rpc.example", status: 429, headers: new Headers(headers) });

describe("retryAfterMs", () => {
  it("reads seconds, also of what caused an error", () => {
    assert.equal(retryAfterMs(refusal({ "retry-after": "7" })), 7_000);
    assert.equal(retryAfterMs(new Error("limit", { cause: refusal({ "retry-after": "0" }) })), 0);
  });

  it("reads a date by the clock of the endpoint", () => {
    const date = "Wed, 21 Oct 2015 07:28:00 GMT";
    assert.equal(retryAfterMs(refusal({ date, "retry-after": "Wed, 21 Oct 2015 07:28:30 GMT" })), 30_000);
  });

  it("knows nothing where the endpoint says nothing, or nothing that can be meant", () => {
    const date = "Wed, 21 Oct 2015 07:28:00 GMT";
    const without = [
      {},
      { "retry-after": "soon" },
      { "retry-after": "-3" },
      { "retry-after": date },
      { date, "retry-after": "Wed, 21 Oct 2015 07:00:00 GMT" },
    ];
    for (const headers of without) assert.equal(retryAfterMs(refusal(headers as Record<string, string>)), undefined);
    assert.equal(retryAfterMs(new Error("no headers")), undefined);
  });
});
