import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { generateContracts } from "../../scripts/contracts/generate.ts";

const root = new URL("../../", import.meta.url);

describe("sdk/protocol/contracts.ts", () => {
  it("is what the contracts compile to now", async () => {
    const committed = await readFile(new URL("sdk/protocol/contracts.ts", root), "utf8");
    const generated = await generateContracts(new URL("artifacts/", root));
    assert.ok(committed === generated, "sdk/protocol/contracts.ts is stale: run `npm run build:contracts` and commit it");
  });
});
