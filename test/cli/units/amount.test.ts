import assert from "node:assert/strict";
import { isParityError } from "@parity-protocol/sdk";
import fc from "fast-check";
import { formatAmount, formatEth, parseAmount } from "../../../cli/units/amount.ts";
import { currencyOf } from "../../../cli/units/currency.ts";

describe("parsing an amount", () => {
  for (const text of ["", "1", "1.5", "eth", "-1eth", "1e18wei", "0.5wei", "1 usd", "0x10wei", ".5eth", "1eth2", "1,000wei"])
    it(`refuses '${text}'`, () => {
      assert.throws(
        () => parseAmount(text),
        (error) => isParityError(error, "AMOUNT_INVALID"),
      );
    });

  it("understands eth, gwei and wei", () => {
    assert.equal(parseAmount("0.01eth"), 10n ** 16n);
    assert.equal(parseAmount("5 gwei"), 5n * 10n ** 9n);
    assert.equal(parseAmount("7WEI"), 7n);
    assert.equal(parseAmount("1.000000000000000001eth"), 10n ** 18n + 1n);
  });

  it("reads back what it shows, to the wei", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 96n }), (wei) => parseAmount(formatAmount(wei).replaceAll(",", "")) === wei));
  });
});

describe("showing an amount", () => {
  it("chooses the unit that reads best", () => {
    assert.equal(formatAmount(0n), "0 eth");
    assert.equal(formatAmount(999n), "999 wei");
    assert.equal(formatAmount(21_000n * 10n ** 6n), "21,000 gwei".replace("21,000", "21"));
    assert.equal(formatAmount(10n ** 16n), "0.01 eth");
    assert.equal(formatAmount(-(10n ** 18n)), "-1 eth");
  });

  it("rounds down to a fixed number of decimals", () => {
    assert.equal(formatEth(1_999_999_999_999_999_999n, 3), "1.999");
    assert.equal(formatEth(-5n * 10n ** 15n, 3), "-0.005");
  });
});

describe("an amount of a token", () => {
  const usdc = currencyOf({ address: `0x${"11".repeat(20)}`, isNative: false, symbol: "USDC", decimals: 6 });

  it("is written with the token's symbol, in any case, or in its smallest units", () => {
    assert.deepEqual(
      ["5usdc", "0.5 USDC", "7units", "1 unit"].map((text) => parseAmount(text, usdc)),
      [5_000_000n, 500_000n, 7n, 1n],
    );
  });

  it("is not written in another currency, nor finer than the token is", () => {
    for (const text of ["0.01eth", "5", "0.0000001usdc", "5 constructor"])
      assert.throws(
        () => parseAmount(text, usdc),
        (error) => isParityError(error, "AMOUNT_INVALID"),
      );
  });

  it("is shown in the token, exactly", () => assert.equal(formatAmount(1_234_500_001n, usdc), "1,234.500001 USDC"));

  it("is counted in smallest units where the token tells no symbol", () => {
    const nameless = currencyOf({ address: `0x${"11".repeat(20)}`, isNative: false, decimals: 6 });
    assert.equal(formatAmount(5_000n, nameless), "5,000 units");
  });
});
