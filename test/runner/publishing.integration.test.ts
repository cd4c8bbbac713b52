import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fetchResult, getStderrNote, type Hex, httpStore, identityOf, isDecided } from "@parity-protocol/sdk";
import { giveLab } from "./support/give-lab.ts";
import { RunnerLab } from "./support/lab.ts";

const withoutToken = { RUNNER_STORE_TOKEN: "" };

/** What a store was asked for, and whether the task was decided by then. */
interface Asked {
  request: string;
  isDecided: boolean;
}

describe("publishing", () => {
  let lab: RunnerLab;

  giveLab(
    () => RunnerLab.open(),
    (opened) => {
      lab = opened;
    },
  );

  async function readFirstFile(url: string, outputHash: Hex): Promise<string> {
    const { openFile } = await fetchResult({ outputHash, sources: [httpStore(url)] });
    return new Response(await openFile("answer")).text();
  }

  it("goes by signature to the store of a task where the runner has no token", async () => {
    const runner = await lab.start(1, { change: withoutToken });
    const { taskId } = await lab.post(await lab.upload({ script: "echo signed > /output/answer; echo oops >&2" }));
    const { outputHash = "0x" } = await lab.waitForResult(taskId);
    await runner.said("Output published", taskId);
    assert.equal(await readFirstFile(lab.storeServer.url, outputHash), "signed\n");
    await runner.said("Task done", taskId);
    const stderr = await getStderrNote(lab.storeServer.url, { taskId, identity: identityOf(runner.address) });
    assert.equal(Buffer.from(stderr ?? []).toString(), "oops\n");
    await runner.stop();
  });

  it("tells a store nothing of an output, not even in a signature, before the task is decided", async () => {
    const asked: Asked[] = [];
    let taskId: Hex | undefined;
    const note = async (request: IncomingMessage, response: ServerResponse) => {
      const body = Buffer.concat(await request.toArray());
      const { state } = taskId ? await lab.stateOf(taskId) : {};
      const { authorization = "" } = request.headers;
      const claims = Buffer.from(authorization.split(" ")[1] ?? "", "base64url").toString("latin1");
      asked.push({
        request: [request.method, request.url, claims, body.toString("latin1")].join(" "),
        isDecided: !!state && isDecided(state),
      });
      await passOn(request, response, { url: store.url, body });
    };
    const noting = createServer((request, response) => void note(request, response));
    await new Promise<void>((resolve) => noting.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(noting.address() as AddressInfo).port}`;
    const store = await lab.startStore({ port: 0, publicUrls: [url, lab.storeServer.url] });
    try {
      const runner = await lab.start(1, { change: { ...withoutToken, RUNNER_STORE_URLS: url } });
      const jobHash = await lab.upload({ script: "echo secret > /output/answer; echo printed" });
      const posted = await lab.post(jobHash, { revealDelaySeconds: 300 });
      taskId = posted.taskId;
      await runner.said("Result committed", taskId);
      assert.ok(asked.some(({ request }) => request.includes(jobHash.slice(2))));
      await lab.passTime(301);
      const { outputHash = "0x" } = await lab.waitForResult(taskId);
      await runner.said("Output published", taskId);
      await runner.stop();
      const { manifest } = await fetchResult({ outputHash, sources: [lab.store] });
      assert.equal(manifest.outcome, "exited");
      const names = manifest.outcome === "exited" ? [manifest.stdout.sha256, ...manifest.files.map(({ sha256 }) => sha256)] : [];
      const telling = asked.filter(
        ({ request }) => request.startsWith("PUT") || [outputHash.slice(2), ...names].some((name) => request.includes(name)),
      );
      assert.ok(telling.length >= 5, `${telling.length} requests told of the output`);
      assert.deepEqual(
        telling.filter((each) => !each.isDecided),
        [],
      );
    } finally {
      await store.close();
      noting.closeAllConnections();
      await new Promise((resolve) => noting.close(resolve));
    }
  });

  it("leaves the answer where its submitter looks, though the runner's own store takes nothing", async () => {
    const full = createServer((request, response) => {
      request.resume();
      response.writeHead(507, { "content-type": "application/json" }).end('{"code":"STORE_FULL"}');
    });
    await new Promise<void>((resolve) => full.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(full.address() as AddressInfo).port}`;
      const runner = await lab.start(1, { change: { ...withoutToken, RUNNER_STORE_URLS: url, RUNNER_ALLOW_PRIVATE_LOCATIONS: "true" } });
      const { taskId } = await lab.post(await lab.upload({ script: "echo there > /output/answer" }));
      const { outputHash = "0x" } = await lab.waitForResult(taskId);
      await runner.said("Output published", taskId);
      assert.equal(await readFirstFile(lab.storeServer.url, outputHash), "there\n");
      await runner.stop();
    } finally {
      full.closeAllConnections();
      await new Promise((resolve) => full.close(resolve));
    }
  });
});

async function passOn(request: IncomingMessage, response: ServerResponse, { url, body }: { url: string; body: Buffer }): Promise<void> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !["host", "connection", "content-length"].includes(name)),
  );
  const method = request.method ?? "GET";
  const hasBody = method === "PUT" || method === "POST";
  const answer = await fetch(`${url}${request.url}`, {
    method,
    headers: headers as Record<string, string>,
    ...(hasBody ? { body: body as Uint8Array<ArrayBuffer> } : {}),
  });
  const answered = Buffer.from(await answer.arrayBuffer());
  const passed = ["content-type", "etag", "content-range"].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(answer.status, { ...Object.fromEntries(passed), ...(method === "HEAD" ? {} : { "content-length": answered.length }) });
  response.end(answered);
}
