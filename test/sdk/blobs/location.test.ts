import assert from "node:assert/strict";
import { isParityError, parseLocation, parseStoreUrl } from "@parity-protocol/sdk";

const refused = (location: string) => () => parseLocation(location);
const isInvalid = (error: unknown) => isParityError(error, "LOCATION_INVALID");

describe("parseLocation", () => {
  it("splits at white space, normalises and keeps each store once", () => {
    assert.deepEqual(parseLocation(" http://a.example/\nhttps://b.example/base/  http://a.example"), [
      "http://a.example",
      "https://b.example/base",
    ]);
  });

  it("finds no store in an empty hint", () => {
    assert.deepEqual(parseLocation(" \t\n"), []);
  });

  for (const [what, location] of [
    ["another scheme", "file:///etc/passwd"],
    ["a script", "javascript:alert(1)"],
    ["a word that is no URL", "blobs.example"],
    ["credentials", "http://user:secret@a.example"],
    ["a query", "http://a.example/?x=1"],
    ["a fragment", "http://a.example/#x"],
    ["more than 256 bytes", `http://a.example/${"é".repeat(128)}`],
    ["more than 8 stores", Array.from({ length: 9 }, (_, i) => `http://${i}.example`).join(" ")],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(refused(location), isInvalid);
    });

  it("does not repeat credentials in its message", () => {
    assert.throws(refused("http://user:secret@a.example"), (error) => isInvalid(error) && !(error as Error).message.includes("secret"));
  });
});

describe("parseStoreUrl", () => {
  it("accepts a host, a port and a base path", () => {
    assert.equal(parseStoreUrl("http://127.0.0.1:8090/blobs-of/me//"), "http://127.0.0.1:8090/blobs-of/me");
  });

  it("refuses what is not a store's address with a hint", () => {
    assert.throws(
      () => parseStoreUrl("localhost:8090"),
      (error) => isParityError(error, "STORE_URL_INVALID") && error.hint.includes("http://"),
    );
  });
});
