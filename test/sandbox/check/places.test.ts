import assert from "node:assert/strict";
import { isCovered, placesOf, textOf, wholeOf } from "../../../sandbox/check/places.ts";

const bytes = (text: string) => Buffer.from(text);

describe("find the places that differ", () => {
  it("names the words of a text that changed", () => {
    assert.deepEqual(placesOf("stdout", bytes('{"at": 5, "id": "x"}'), bytes('{"at": 6, "id": "y"}')), ["stdout#3", "stdout#6"]);
  });

  it("takes a text with another number of words as one place", () => {
    assert.deepEqual(placesOf("a", bytes("one two"), bytes("one two three")), [wholeOf("a")]);
  });

  it("takes a difference between the words as one place", () => {
    assert.deepEqual(placesOf("a", bytes("one two"), bytes("one\ttwo")), [wholeOf("a")]);
  });

  it("names the blocks of binary data that changed", () => {
    const [before, after] = [Buffer.alloc(64), Buffer.alloc(64)];
    after[40] = 1;
    assert.deepEqual(placesOf("a", before, after), ["a@32"]);
    assert.deepEqual(placesOf("a", before, Buffer.alloc(65)), [wholeOf("a")]);
  });

  it("says whether places are among others", () => {
    assert.equal(isCovered(new Set(["a#1"]), [new Set(["a#1", "a#2"])]), true);
    assert.equal(isCovered(new Set(["a#1", "b#1"]), [new Set(["a#1"])]), false);
    assert.equal(isCovered(new Set(["a#1", "a@16"]), [new Set([wholeOf("a")])]), true);
    assert.equal(isCovered(new Set([wholeOf("a")]), [new Set(["a#1"])]), false);
  });

  it("tells text from other bytes", () => {
    assert.equal(textOf(bytes("tab\tand\nlines")), "tab\tand\nlines");
    assert.equal(textOf(Buffer.from([0x61, 0x00])), undefined);
    assert.equal(textOf(Buffer.from([0xff, 0xfe])), undefined);
  });
});
