import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { httpStore, openBlob, readBlob } from "@parity-protocol/sdk";
import { blobOf, bytesOf, Cleanup, readAll, streamThat, withCode } from "../../support/blobs.ts";

const blob = blobOf(200_000);
const content = bytesOf(200_000);
const patient = { timeoutMs: 300, minBytesPerSecond: 1 };
const wanted = { sha256: blob.sha256, maxBytes: blob.bytes };

describe("httpStore", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const storeThat = async (listener: (request: IncomingMessage, response: ServerResponse) => unknown, options = {}) =>
    httpStore(await cleanup.serve((request, response) => void listener(request, response)), { ...patient, ...options });

  describe("open", () => {
    it("gives up on a store that is down", async () => {
      const cleanupNow = new Cleanup();
      const url = await cleanupNow.serve(() => undefined);
      await cleanupNow.run();
      await assert.rejects(httpStore(url, patient).open(blob.sha256), withCode("STORE_UNREACHABLE"));
    });

    it("gives up on a store that never answers", async () => {
      const store = await storeThat(() => undefined);
      await assert.rejects(store.open(blob.sha256), withCode("STORE_UNREACHABLE"));
    });

    it("gives up on a store that stalls in the middle of the body", async () => {
      const store = await storeThat((_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 1000));
      });
      await assert.rejects(readBlob([store], wanted), withCode("STORE_UNREACHABLE"));
    });

    it("gives up on a store that drips", async () => {
      const store = await storeThat(
        (_, response) => {
          response.writeHead(200, { "content-length": content.length });
          const timer = setInterval(() => response.write("x"), 50);
          response.once("close", () => clearInterval(timer));
        },
        { minBytesPerSecond: 16 * 1024 },
      );
      await assert.rejects(readBlob([store], wanted), withCode("STORE_UNREACHABLE"));
    });

    it("gives up on a store that hangs up in the middle of the body", async () => {
      const store = await storeThat((_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 1000), () => response.destroy());
      });
      await assert.rejects(readBlob([store], wanted), withCode("STORE_UNREACHABLE"));
    });

    it("lets the reader take its time: only waiting for the store counts", async () => {
      const store = await storeThat((_, response) => response.end(content), { timeoutMs: 100 });
      const reader = (await store.open(blob.sha256)).getReader();
      await new Promise((resolve) => setTimeout(resolve, 250));
      let total = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) total += next.value.length;
      assert.equal(total, content.length);
    });

    it("hands lying bytes to readBlob, which refuses them", async () => {
      const store = await storeThat((_, response) => response.end(bytesOf(200_000, 2)));
      await assert.rejects(readBlob([store], wanted), withCode("BLOB_CORRUPT"));
    });

    it("hands a body of another length to openBlob, which refuses it", async () => {
      const store = await storeThat((_, response) => response.end(content.subarray(0, 1000)));
      await assert.rejects(openBlob([store], blob), withCode("BLOB_CORRUPT"));
    });

    it("says that a web page is not a store", async () => {
      const store = await storeThat((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>log in</html>"));
      await assert.rejects(
        store.open(blob.sha256),
        withCode("STORE_UNREACHABLE", (error) => error.details.why === "nonsense"),
      );
    });

    it("does not follow a redirect", async () => {
      let asked = 0;
      const elsewhere = await cleanup.serve((_, response) => {
        asked += 1;
        response.end(content);
      });
      const store = await storeThat((_, response) => response.writeHead(302, { location: `${elsewhere}/blobs/${blob.sha256}` }).end());
      await assert.rejects(
        store.open(blob.sha256),
        withCode("STORE_UNREACHABLE", (error) => error.details.why === "nonsense"),
      );
      assert.equal(asked, 0);
    });

    it("reports a blob that the store does not have", async () => {
      const store = await storeThat((_, response) => response.writeHead(404).end());
      await assert.rejects(store.open(blob.sha256), withCode("BLOB_NOT_FOUND"));
    });

    it("asks once more when the store is busy", async () => {
      let asked = 0;
      const store = await storeThat((_, response) => {
        asked += 1;
        if (asked === 1) response.writeHead(503).end();
        else response.end(content);
      });
      assert.ok((await readAll(await store.open(blob.sha256))).equals(content));
      assert.equal(asked, 2);
    });

    it("does not repeat a store's control characters", async () => {
      const reason = JSON.stringify({ code: "STORE_REFUSED", message: "\u001b[2Jgone\nfake log line" });
      const store = await storeThat((_, response) => response.writeHead(403).end(reason));
      await assert.rejects(
        store.open(blob.sha256),
        withCode("STORE_REFUSED", (error) => !/\p{Cc}/u.test(error.message)),
      );
    });

    it("rejects with the caller's reason when aborted", async () => {
      const store = await storeThat(() => undefined, { timeoutMs: 60_000 });
      const reason = new Error("enough");
      const controller = new AbortController();
      const opening = store.open(blob.sha256, { signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(opening, reason);
    });

    it("ends a body with the caller's abort", async () => {
      const store = await storeThat(
        (_, response) => {
          response.writeHead(200, { "content-length": content.length });
          response.write(content.subarray(0, 1000));
        },
        { timeoutMs: 60_000 },
      );
      const controller = new AbortController();
      const reader = (await store.open(blob.sha256, { signal: controller.signal })).getReader();
      await reader.read();
      const reason = new Error("enough");
      const reading = reader.read();
      controller.abort(reason);
      await assert.rejects(reading, reason);
    });

    it("does not take a read's refusal for a write's", async () => {
      const reason = JSON.stringify({ code: "STORE_FULL", message: "no room" });
      const store = await storeThat((_, response) => response.writeHead(403).end(reason));
      await assert.rejects(store.open(blob.sha256), withCode("STORE_REFUSED"));
    });

    it("sends the token with writes only", async () => {
      const seen: (string | undefined)[] = [];
      const store = await storeThat(
        (request, response) => {
          seen.push(request.headers.authorization);
          request.resume().once("end", () => response.writeHead(request.method === "PUT" ? 201 : 404).end());
        },
        { token: "a-token" },
      );
      await assert.rejects(store.open(blob.sha256), withCode("BLOB_NOT_FOUND"));
      await store.put(blobOf(10));
      assert.deepEqual(seen, [undefined, "Bearer a-token"]);
    });

    it("refuses a name that is not a blob's before it becomes part of a URL", async () => {
      const store = await storeThat(() => assert.fail("must not be asked"));
      await assert.rejects(async () => store.open("../healthz"), withCode("BLOB_NAME_INVALID"));
    });
  });

  describe("missing", () => {
    it("asks for many names in several requests", async () => {
      const sizes: number[] = [];
      const store = await storeThat(async (request, response) => {
        const names = JSON.parse((await request.toArray()).join("")) as string[];
        sizes.push(names.length);
        response.end(JSON.stringify(names.slice(0, 1)));
      });
      const names = Array.from({ length: 2500 }, (_, i) => i.toString(16).padStart(64, "0"));
      assert.deepEqual(await store.missing(names), [names[0], names[1000], names[2000]]);
      assert.deepEqual(sizes, [1000, 1000, 500]);
    });

    for (const [what, answer] of [
      ["is not JSON", "<html></html>"],
      ["is not a list of names", '{"missing":[]}'],
      ["names what was not asked", JSON.stringify(["f".repeat(64)])],
      ["is far too long", `[${" ".repeat(1024 ** 2)}]`],
    ] as const)
      it(`gives up on a store whose answer ${what}`, async () => {
        const store = await storeThat((_, response) => response.end(answer));
        await assert.rejects(
          store.missing([blob.sha256]),
          withCode("STORE_UNREACHABLE", (error) => error.details.why === "nonsense"),
        );
      });

    it("gives up on something that is no store", async () => {
      const store = await storeThat((_, response) => response.writeHead(404).end());
      await assert.rejects(
        store.missing([blob.sha256]),
        withCode("STORE_UNREACHABLE", (error) => error.details.why === "nonsense"),
      );
    });
  });

  describe("put", () => {
    it("does not send what the store has", async () => {
      const methods: (string | undefined)[] = [];
      const store = await storeThat((request, response) => {
        methods.push(request.method);
        response.writeHead(200, { "content-length": blob.bytes }).end();
      });
      await store.put(blob);
      assert.deepEqual(methods, ["HEAD"]);
    });

    it("tries again while the store is busy, and opens the blob anew", async () => {
      let opened = 0;
      let puts = 0;
      const store = await storeThat((request, response) => {
        request.resume().once("end", () => {
          if (request.method === "PUT") puts += 1;
          response.writeHead(request.method === "HEAD" ? 404 : puts < 3 ? 503 : 201).end();
        });
      });
      await store.put({
        ...blob,
        open: () => {
          opened += 1;
          return blob.open();
        },
      });
      assert.deepEqual([puts, opened], [3, 3]);
    });

    it("does not try again when the store refuses", async () => {
      let puts = 0;
      const store = await storeThat((request, response) => {
        if (request.method === "PUT") puts += 1;
        response.writeHead(request.method === "HEAD" ? 404 : 401).end();
      });
      await assert.rejects(store.put(blob), withCode("STORE_REFUSED"));
      assert.equal(puts, 1);
    });

    it("gives up on a store that takes nothing of a large blob", async () => {
      const store = await storeThat((request, response) => {
        if (request.method === "HEAD") response.writeHead(404).end();
      });
      await assert.rejects(store.put(blobOf(20 * 1024 ** 2)), withCode("STORE_UNREACHABLE"));
    });

    for (const [what, length] of [
      ["small", 1000],
      ["large", 3 * 1024 ** 2],
    ] as const)
      for (const [change, bytes] of [
        ["grown", length + 1],
        ["shrunk", length - 1],
      ] as const)
        it(`says so when a ${what} file has ${change} since it was named`, async () => {
          let puts = 0;
          const store = await storeThat((request, response) => {
            if (request.method === "PUT") puts += 1;
            request.resume().once("end", () => response.writeHead(request.method === "HEAD" ? 404 : 201).end());
          });
          const changed = { ...blobOf(length), open: () => streamThat([bytesOf(length - 1), bytesOf(bytes - length + 1)]) };
          await assert.rejects(store.put(changed), withCode("BLOB_CORRUPT"));
          assert.ok(puts <= 1);
        });

    it("refuses a token that no request can carry, without showing it", () => {
      for (const token of ["", "secret\n", "sec ret", "sécret"])
        assert.throws(
          () => httpStore("http://127.0.0.1:1", { token }),
          withCode("STORE_TOKEN_INVALID", (error) => !/s[eé]c/.test(error.message)),
        );
    });

    it("never shows the token", async () => {
      const store = await storeThat((_, response) => response.writeHead(403).end(), { token: "a-very-secret-token" });
      await assert.rejects(
        store.put(blob),
        withCode("STORE_REFUSED", (error) => !JSON.stringify([error.message, error.toJSON()]).includes("secret")),
      );
    });
  });
});
