import assert from "node:assert/strict";
import { getStderrNote, MAX_STDERR_NOTE_BYTES, putStderrNote } from "@parity-protocol/sdk";
import { bytesOf, Cleanup, filesUnder, withCode } from "../support/blobs.ts";
import { ask, put, startStore, token } from "./support.ts";

const word = (digit: string) => `0x${digit.repeat(64)}` as const;
const key = { taskId: word("a"), identity: word("b") };
const path = `/tasks/${key.taskId}/runners/${key.identity}/stderr`;

describe("the stderr of a run", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("is what the runner left last", async () => {
    const { url, directory } = await startStore(cleanup);
    for (const text of ["first and longer\n", "second\n"]) await putStderrNote(url, { ...key, stderr: Buffer.from(text) }, { token });
    assert.equal(Buffer.from((await getStderrNote(url, key)) ?? []).toString(), "second\n");
    assert.equal((await filesUnder(directory)).length, 1);
  });

  it("is said to be unverified, and is never a page", async () => {
    const { url } = await startStore(cleanup);
    await put(`${url}${path}`, "<script>alert(1)</script>");
    const { headers } = await ask(`${url}${path}`);
    assert.deepEqual(
      [
        headers["parity-verified"],
        headers["content-type"],
        headers["x-content-type-options"],
        headers["content-disposition"],
        headers["cache-control"],
      ],
      ["no", "text/plain; charset=utf-8", "nosniff", "attachment", "no-store"],
    );
  });

  it("is absent until a runner leaves it", async () => {
    const { url } = await startStore(cleanup);
    assert.equal(await getStderrNote(url, key), undefined);
  });

  it("is taken only with the token", async () => {
    const { url } = await startStore(cleanup);
    await assert.rejects(putStderrNote(url, { ...key, stderr: Buffer.from("x") }), withCode("STORE_REFUSED"));
  });

  it("is bounded, at the sender and at the store", async () => {
    const { url, directory } = await startStore(cleanup);
    const stderr = bytesOf(MAX_STDERR_NOTE_BYTES + 1);
    await assert.rejects(putStderrNote(url, { ...key, stderr }, { token }), withCode("BLOB_TOO_LARGE"));
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) assert.equal((await put(`${url}${path}`, stderr, headers)).status, 400);
    assert.deepEqual(await filesUnder(directory), []);
  });

  it("is bounded in number a task", async () => {
    const { url } = await startStore(cleanup);
    const statuses: number[] = [];
    for (let i = 0; i < 65; i++) {
      const identity = `0x${i.toString(16).padStart(64, "0")}`;
      statuses.push((await put(`${url}/tasks/${key.taskId}/runners/${identity}/stderr`, "x")).status);
    }
    assert.deepEqual([statuses.slice(0, 64).every((status) => status === 200), statuses[64]], [true, 507]);
  });

  it("is bounded in all", async () => {
    const { url } = await startStore(cleanup, { maxNotesBytes: 10_000 });
    const other = (digit: string) => `${url}/tasks/${word(digit)}/runners/${word("b")}/stderr`;
    // An empty note takes a block of the disk like any small one, and one that is replaced is counted once.
    const statuses: number[] = [];
    for (const target of [`${url}${path}`, `${url}${path}`, other("c"), other("d")]) statuses.push((await put(target, "")).status);
    assert.deepEqual(statuses, [200, 200, 200, 507]);
  });

  it("is kept over a restart", async () => {
    const store = await startStore(cleanup);
    await put(`${store.url}${path}`, "kept");
    await store.close();
    const again = await startStore(cleanup, { directory: store.directory });
    assert.equal((await ask(`${again.url}${path}`)).body.toString(), "kept");
  });

  it("has a path of two words of 32 bytes and nothing else", async () => {
    const { url } = await startStore(cleanup);
    for (const wrong of [`/tasks/..%2f/runners/${key.identity}/stderr`, `/tasks/${key.taskId}/runners/0x12/stderr`, `${path}/more`])
      assert.equal((await ask(url, { path: wrong })).status, 404);
  });
});
