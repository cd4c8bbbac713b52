import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import { readProgress } from "../../../sandbox/engine/progress.ts";

describe("readProgress", () => {
  const read = (chunks: string[]) => {
    const said: string[] = [];
    return readProgress(
      Readable.from(chunks),
      (message) => new ParityError("IMAGE_LOAD_FAILED", message),
      ({ stream }) => said.push(stream ?? ""),
    ).then(() => said);
  };

  it("reads messages that are cut anywhere", async () => {
    assert.deepEqual(await read(['{"stre', 'am":"a"}\r\n{"stream":"b"}', "\n"]), ["a", "b", ""]);
  });

  it("fails on an error message in a stream that began well", async () => {
    await assert.rejects(read(['{"stream":"a"}\n{"error":"no space left"}\n{"stream":"b"}\n']), (error) => {
      return isParityError(error, "IMAGE_LOAD_FAILED") && error.message.includes("no space left");
    });
  });

  it("fails on an answer that is not made of messages", async () => {
    await assert.rejects(read(["<html>502</html>"]), (error) => isParityError(error, "IMAGE_LOAD_FAILED"));
  });
});
