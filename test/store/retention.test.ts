import assert from "node:assert/strict";
import { appendFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { httpStore, postTask } from "@parity-protocol/sdk";
import { blobFromBytes } from "@parity-protocol/sdk/node";
import { folderStore } from "@parity-protocol/store";
import { followTasks } from "../../store/retention/follow-tasks.ts";
import { readPins } from "../../store/retention/pins.ts";
import { sweep } from "../../store/retention/sweep.ts";
import { blobOf, Cleanup, withCode } from "../support/blobs.ts";
import { startEscrowChain } from "../support/escrow-chain.ts";
import { startStore, token } from "./support.ts";

const DAY_MS = 86_400_000;
const none = new Set<string>();

describe("retention", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** A folder with blobs that were last used so many days ago. */
  async function folderWith(...daysAgo: number[]) {
    const folder = folderStore(cleanup.directory());
    for (const [i, days] of daysAgo.entries()) {
      await folder.put(blobOf(100 + i));
      const at = new Date(Date.now() - days * DAY_MS);
      await utimes(folder.pathOf(blobOf(100 + i).sha256), at, at);
    }
    const left = async () => {
      const absent = await folder.missing(daysAgo.map((_, i) => blobOf(100 + i).sha256));
      return daysAgo.filter((_, i) => !absent.includes(blobOf(100 + i).sha256));
    };
    return { folder, left };
  }

  const before = (days: number) => Date.now() - days * DAY_MS;

  it("removes what nothing has used for long, and gives its room back", async () => {
    const { folder, left } = await folderWith(0, 9, 11);
    assert.deepEqual(await sweep(folder, { unusedSinceMs: before(10), pinned: none }), { blobs: 1, bytes: 102 });
    assert.deepEqual(await left(), [0, 9]);
    assert.equal((await folder.use()).bytes, 201);
  });

  it("leaves pinned blobs where they are", async () => {
    const { folder, left } = await folderWith(11, 12);
    await writeFile(join(folder.directory, "pinned"), `# the list of our gate\n${blobOf(100).sha256} # v1\n\n`);
    await sweep(folder, { unusedSinceMs: before(10), pinned: await readPins(folder.directory) });
    assert.deepEqual(await left(), [11]);
  });

  it("refuses a file of pins that it cannot read to the letter", async () => {
    const { folder } = await folderWith(1);
    await writeFile(join(folder.directory, "pinned"), `${blobOf(100).sha256}\n${blobOf(100).sha256.slice(1)}\n`);
    await assert.rejects(
      readPins(folder.directory),
      withCode("STORE_PINS_INVALID", (error) => assert.match(error.message, /line 2/)),
    );
  });

  it("leaves what is used again at the last moment", async () => {
    const { folder, left } = await folderWith(11);
    await folder.markUsed(blobOf(100).sha256, Date.now());
    assert.equal(await folder.remove(blobOf(100).sha256, { unusedSinceMs: before(10) }), false);
    assert.deepEqual(await left(), [11]);
    assert.equal(await folder.markUsed("0".repeat(64), Date.now()), false);
  });

  it("counts a blob that is sent again as used", async () => {
    const { folder, left } = await folderWith(11);
    const { url } = await startStore(cleanup, { directory: folder.directory });
    await httpStore(url, { token }).put(blobOf(100));
    await sweep(folder, { unusedSinceMs: before(10), pinned: none });
    assert.deepEqual(await left(), [11]);
  });

  it("goes on where one that was killed stopped", async () => {
    const { folder, left } = await folderWith(11, 12, 13);
    await folder.remove(blobOf(101).sha256);
    await sweep(folder, { unusedSinceMs: before(10), pinned: none });
    assert.deepEqual(await left(), []);
  });

  describe("given a chain", () => {
    async function posted(location: (url: string) => string) {
      const chain = await startEscrowChain();
      const { url, directory } = await startStore(cleanup);
      const folder = folderStore(directory);
      const blobs = [...chain.store.blobs.values()].map((bytes) => blobFromBytes(bytes));
      const at = new Date(before(11));
      for (const blob of [...blobs, blobOf(100)]) {
        await folder.put(blob);
        await utimes(folder.pathOf(blob.sha256), at, at);
      }
      await postTask(chain.submitter, { escrow: chain.escrow, terms: await chain.terms(), location: location(url), sources: "unchecked" });
      const { submitter: client, chainId, escrow } = chain;
      const cursorFile = join(directory, "followed.json");
      const follow = () => followTasks({ chain: { client, chainId, escrow, fromBlock: 0n }, folder, publicUrls: [url], cursorFile });
      return { folder, blobs, follow, cursorFile };
    }

    it("keeps the job of a task that names this store until so many days after its close", async () => {
      const { folder, blobs, follow } = await posted((url) => `http://elsewhere.example ${url}/`);
      assert.equal(await follow(), 1);
      await sweep(folder, { unusedSinceMs: before(10), pinned: none });
      assert.deepEqual(await folder.missing(blobs.map(({ sha256 }) => sha256)), []);
      assert.deepEqual(await folder.missing([blobOf(100).sha256]), [blobOf(100).sha256]);
      // Its close is 1,500 seconds ahead by the chain's clock.
      await sweep(folder, { unusedSinceMs: Date.now() + DAY_MS, pinned: none });
      assert.equal((await folder.missing(blobs.map(({ sha256 }) => sha256))).length, blobs.length);
    });

    it("keeps nothing for a task that names other stores", async () => {
      const { folder, blobs, follow } = await posted(() => "http://elsewhere.example");
      assert.equal(await follow(), 0);
      await sweep(folder, { unusedSinceMs: before(10), pinned: none });
      assert.equal((await folder.missing(blobs.map(({ sha256 }) => sha256))).length, blobs.length);
    });

    it("begins anew where its note of how far it read is torn", async () => {
      const { follow, cursorFile } = await posted((url) => url);
      await follow();
      await appendFile(cursorFile, "{");
      assert.equal(await follow(), 1);
    });
  });
});
