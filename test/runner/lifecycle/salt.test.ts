import assert from "node:assert/strict";
import { saltOf } from "../../../runner/lifecycle/salt.ts";

const privateKey = `0x${"11".repeat(32)}` as const;
const taskId = `0x${"22".repeat(32)}` as const;

describe("saltOf", () => {
  it("derives the same 32 bytes again, in this version and the next", () => {
    // A runner that was upgraded between commit and reveal must still open its commitment.
    assert.equal(saltOf({ privateKey, taskId }), "0x9d46799446b0bea25d4632425f5826fc06affabe5fb29c7a17c8c0a43e704cb7");
  });

  it("differs for another task and for another key", () => {
    const salts = [
      saltOf({ privateKey, taskId }),
      saltOf({ privateKey, taskId: `0x${"23".repeat(32)}` }),
      saltOf({ privateKey: `0x${"12".repeat(32)}`, taskId }),
    ];
    assert.equal(new Set(salts).size, 3);
  });
});
