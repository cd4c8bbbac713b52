import assert from "node:assert/strict";
import { type Client, createClient, custom, toHex } from "viem";
import { GasTank, gasOfTask } from "../../../runner/chain/gas-tank.ts";
import { createMetrics } from "../../../runner/telemetry/metrics.ts";
import { connectionRefused } from "../../support/faulty-transport.ts";
import { runnerAddress } from "../support/records.ts";

describe("GasTank", () => {
  const metrics = createMetrics();
  let [balanceWei, gasAhead, isDown, refills] = [0n, 0n, false, 0];
  let said: string[];

  beforeEach(() => {
    [balanceWei, gasAhead, isDown, refills, said] = [0n, 0n, false, 0, []];
  });

  function tank(): GasTank {
    const request = async () => {
      if (isDown) throw connectionRefused();
      return toHex(balanceWei);
    };
    const client: Client = createClient({ transport: custom({ request }, { retryCount: 0 }) });
    const say = (_: object, sentence: string) => void said.push(sentence);
    return new GasTank({
      client,
      runner: runnerAddress,
      priceWei: () => 2n,
      usualPriceWei: () => 1n,
      gasAhead: () => gasAhead,
      log: { debug: () => undefined, info: say, warn: say, error: say },
      metrics,
      onRefilled: () => (refills += 1),
    });
  }

  it("pays for nothing before it was read", () => {
    assert.equal(tank().hasEnough, false);
  });

  it("has enough for one more task only where all in hand can be paid for to their ends", async () => {
    balanceWei = 2n * (gasOfTask + 100_000n);
    const full = tank();
    await full.refresh();
    gasAhead = 100_000n;
    assert.equal(full.hasEnough, true);
    gasAhead = 100_001n;
    assert.equal(full.hasEnough, false);
  });

  it("says once that reserving stopped, shows it to monitors, and says when it goes on", async () => {
    const empty = tank();
    await empty.refresh();
    await empty.refresh();
    assert.match(await metrics.registry.metrics(), /parity_runner_gas_short 1/);
    balanceWei = 10n ** 18n;
    await empty.refresh();
    assert.match(await metrics.registry.metrics(), /parity_runner_gas_short 0/);
    assert.deepEqual(said, ["Reserving stopped: too little is left for gas", "Reserving resumed"]);
    assert.equal(refills, 1);
  });

  it("keeps what it knows while the chain cannot be read", async () => {
    const full = tank();
    balanceWei = 10n ** 18n;
    await full.refresh();
    isDown = true;
    await full.refresh();
    assert.equal(full.hasEnough, true);
  });
});
