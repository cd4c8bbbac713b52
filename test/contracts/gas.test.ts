import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Address } from "viem";
import { type Costs, measureCosts } from "./support/costs.ts";
import { openWorld } from "./support/world.ts";

const snapshot = new URL("gas-snapshot.json", import.meta.url);
/** Calldata has random bytes in it, and a zero byte costs less than another. */
const tolerance = 0.004;

describe("gas", () => {
  const measured: Partial<Record<"native" | "token", Costs>> = {};

  for (const asset of ["native", "token"] as const) {
    it(`is what the snapshot says, for ${asset === "native" ? "the native asset" : "a token"}`, async () => {
      const costs = await measureCosts(asset);
      measured[asset] = costs;
      const committed = (JSON.parse(await readFile(snapshot, "utf8")) as Record<string, Record<string, number>>)[asset] ?? {};
      assert.deepEqual(Object.keys(committed), Object.keys(costs));
      for (const [name, gas] of Object.entries(costs) as [string, number][]) {
        const expected = committed[name] as number;
        assert.ok(
          Math.abs(gas - expected) <= expected * tolerance,
          `${name}: ${gas}, in the snapshot ${expected}. Meant? npm run bench:gas -- --write`,
        );
      }
    });
  }

  it("keeps its budget", () => {
    const { native, token } = measured;
    assert.ok(native && token);
    const budget: [keyof Costs, number][] = [
      ["post", 60_000],
      ["result", 150_000],
      ["resultReserved", 195_000],
      ["batchedResult", 70_000],
      ["batchedResultReserved", 85_000],
      ["wholeTask", 500_000],
    ];
    for (const [name, most] of budget) assert.ok(native[name] <= most, `${name}: ${native[name]} > ${most}`);
    assert.ok(token.result <= native.result * 1.15, `a token's result: ${token.result}, a native one's: ${native.result}`);
  });

  it("does not grow with the runners that came before (I16)", async () => {
    const world = await openWorld();
    try {
      const crew = world.runners.slice(0, 24);
      const task = await world.post({ slots: 24, bounty: 10n ** 15n });
      const openings = crew.map((runner) => world.openingOf(runner, "a"));
      const gas: Record<string, number[]> = { reserve: [], commit: [], reveal: [], claim: [] };
      for (const runner of crew) gas.reserve?.push(Number((await world.reserve(task, runner)).gasUsed));
      for (const [i, runner] of crew.entries()) {
        const opening = openings[i] as (typeof openings)[number];
        gas.commit?.push(Number((await world.commitReserved(task, runner as Address, opening)).gasUsed));
      }
      await world.toReveals(task);
      for (const opening of openings) gas.reveal?.push(Number((await world.reveal(task, opening)).gasUsed));
      for (const opening of openings) gas.claim?.push(Number((await world.claim(task, opening)).gasUsed));
      for (const [verb, amounts] of Object.entries(gas)) {
        const [first = 0, last = 0] = [amounts[1], amounts.at(-2)];
        assert.ok(Math.abs(last - first) < 200, `${verb}: ${first} at the second slot, ${last} at the last but one`);
      }
    } finally {
      await world.chain.close();
    }
  });
});
