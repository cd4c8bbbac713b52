import assert from "node:assert/strict";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import { diskError } from "../../store/folder/disk-error.ts";

const refusal = (code: string) => Object.assign(new Error(`${code}: write`), { code, syscall: "write" });

describe("a disk's refusal", () => {
  it("is a full store when there is no room or no quota left", () => {
    for (const code of ["ENOSPC", "EDQUOT"]) assert.ok(isParityError(diskError(refusal(code), "writing"), "STORE_FULL"));
  });

  it("is a failed disk otherwise, and may pass", () => {
    const error = diskError(refusal("EIO"), "writing");
    assert.ok(isParityError(error, "STORE_DISK_FAILED") && error.isRetryable);
  });

  it("leaves other errors as they are", () => {
    for (const error of [new TypeError("mine"), new ParityError("BLOB_CORRUPT", "x"), undefined])
      assert.equal(diskError(error, "writing"), error);
  });
});
