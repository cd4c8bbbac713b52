import assert from "node:assert/strict";
import { redactText, redactUrl } from "@parity-protocol/sdk";

describe("redactUrl", () => {
  for (const [url, shown] of [
    ["http://127.0.0.1:8545", "http://127.0.0.1:8545"],
    ["https://rpc.example/", "https://rpc.example"],
    ["https://rpc.example/v3/0123456789abcdef", "https://rpc.example/…"],
    ["https://user:secret@rpc.example", "https://rpc.example/…"],
    ["wss://rpc.example/?apikey=secret", "wss://rpc.example/…"],
    ["no url", "(not a URL)"],
  ] as const)
    it(`shows ${shown} for ${url.replace(/secret|0123456789abcdef/, "a key")}`, () => {
      assert.equal(redactUrl(url), shown);
    });
});

describe("redactText", () => {
  it("redacts every URL in what others wrote", () => {
    const text =
      'request to "https://rpc.example/v3/secret" failed, also wss://user:secret@rpc.example, URL: http://a.example/secret?k=secret';
    const redacted = redactText(text);
    assert.doesNotMatch(redacted, /secret/);
    assert.match(redacted, /rpc\.example.*a\.example/);
  });

  it("shortens a dump", () => {
    assert.ok(redactText("x".repeat(100_000)).length < 1_000);
  });
});
