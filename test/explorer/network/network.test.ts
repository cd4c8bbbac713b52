import assert from "node:assert/strict";
import { parseNetwork } from "../../../explorer/network/network.ts";

const network = { chainId: 1, rpcUrl: "https://rpc.example", escrow: `0x${"11".repeat(20)}` };

describe("a network's description", () => {
  it("needs a chain, an RPC and an escrow; the rest has its usual values", () => {
    assert.deepEqual(parseNetwork(network), { ...network, deployedAtBlock: 0, storeUrls: [], isFixed: false });
  });

  it("names stores as the SDK does, and keeps nothing that it does not know", () => {
    const parsed = parseNetwork({ ...network, storeUrls: ["https://store.example/"], submitterKey: "0x12", storeToken: "x" });
    assert.deepEqual(parsed.storeUrls, ["https://store.example"]);
    assert.deepEqual(Object.keys(parsed).sort(), ["chainId", "deployedAtBlock", "escrow", "isFixed", "rpcUrl", "storeUrls"]);
  });

  for (const [what, change] of [
    ["a script for an RPC", { rpcUrl: "javascript:alert(1)" }],
    ["an escrow that is no address", { escrow: "0x12" }],
    ["a chain of no number", { chainId: Number.NaN }],
    ["a store with credentials", { storeUrls: ["https://a:b@store.example"] }],
    ["an indexer that is no web address", { indexerUrl: "file:///etc/passwd" }],
    ["too many stores", { storeUrls: Array.from({ length: 9 }, (_, i) => `https://s${i}.example`) }],
  ] as const)
    it(`is refused with ${what}`, () => {
      assert.throws(() => parseNetwork({ ...network, ...change }), { code: "NETWORK_FILE_INVALID" });
    });

  it("is refused where it is a list", () => {
    assert.throws(() => parseNetwork([]), { code: "NETWORK_FILE_INVALID" });
  });
});
