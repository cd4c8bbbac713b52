import assert from "node:assert/strict";
import { isParityError } from "@parity-protocol/sdk";
import { formatDuration, parseDuration } from "../../../cli/units/duration.ts";
import { formatSize, parseSize } from "../../../cli/units/size.ts";

describe("parsing a duration", () => {
  for (const text of ["", "10", "m", "-5s", "1.5h", "10min", "1h30", "4000d"])
    it(`refuses '${text}'`, () => {
      assert.throws(
        () => parseDuration(text),
        (error) => isParityError(error, "DURATION_INVALID"),
      );
    });

  it("adds units up", () => {
    assert.equal(parseDuration("90s"), 90);
    assert.equal(parseDuration("1h30m"), 5_400);
    assert.equal(parseDuration("2d 4h"), 187_200);
  });

  it("shows the two largest units", () => {
    assert.equal(formatDuration(0), "0s");
    assert.equal(formatDuration(90), "1m 30s");
    assert.equal(formatDuration(187_260), "2d 4h");
  });
});

describe("parsing a size", () => {
  it("tells powers of 1,024 from powers of 1,000", () => {
    assert.equal(parseSize("512MiB"), 512 * 1_024 ** 2);
    assert.equal(parseSize("1.5 GB"), 1_500_000_000);
    assert.equal(parseSize("12 potatoes"), undefined);
  });

  it("shows sizes with one decimal", () => {
    assert.equal(formatSize(999), "999 B");
    assert.equal(formatSize(4_320_000), "4.3 MB");
  });
});
