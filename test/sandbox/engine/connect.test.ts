import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connectEngine, prepareJob, sweepLeftovers } from "@parity-protocol/sandbox";
import { type ErrorCode, isParityError } from "@parity-protocol/sdk";
import { callEngine } from "../../../sandbox/engine/call.ts";
import { type EngineProxy, startEngineProxy } from "../../support/engine-proxy.ts";
import { SandboxLab } from "../../support/sandbox.ts";

const goodInfo = {
  OSType: "linux",
  Architecture: "x86_64",
  NCPU: 2,
  MemTotal: 1024 ** 3,
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CPUSet: true,
  SecurityOptions: ["name=seccomp,profile=default"],
  KernelVersion: "6.1.0",
  CgroupVersion: "2",
};

/** An engine that answers as it is told: only a fake has these faults. */
async function startFakeEngine(info: object): Promise<{ dockerHost: string; server: Server }> {
  const answers: Record<string, string> = {
    "/_ping": "OK",
    "/info": JSON.stringify(info),
    "/version": '{"Version":"99","ApiVersion":"1.99"}',
  };
  const server = createServer((request, response) => response.end(answers[request.url ?? ""]));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { dockerHost: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function connectTo(info: object) {
  const { dockerHost, server } = await startFakeEngine(info);
  try {
    return await connectEngine({ dockerHost });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("connectEngine", () => {
  it("describes the engine that answers", async () => {
    const { docker: _, ...engine } = await connectTo(goodInfo);
    assert.deepEqual(
      { ...engine, address: "" },
      {
        address: "",
        version: "99",
        apiVersion: "1.99",
        platform: "linux/amd64",
        cpus: 2,
        memoryBytes: 1024 ** 3,
        kernel: "6.1.0",
        cgroupVersion: "2",
      },
    );
  });

  const bad: [what: string, dockerHost: string][] = [
    ["a socket that is not there", "unix:///no/such/docker.sock"],
    ["a port where nobody listens", "tcp://127.0.0.1:1"],
    ["an address of an unknown kind", "ssh://host"],
    ["no address at all", "docker"],
  ];
  for (const [what, dockerHost] of bad)
    it(`says that no engine answers at ${what}`, () =>
      assert.rejects(
        connectEngine({ dockerHost }),
        (error) => isParityError(error, "ENGINE_UNREACHABLE") && error.message.includes(dockerHost),
      ));

  for (const limit of ["MemoryLimit", "SwapLimit", "PidsLimit", "CPUSet"])
    it(`refuses an engine without ${limit}: it would run jobs weaker than others do`, () =>
      refuses({ ...goodInfo, [limit]: false }, "ENGINE_UNSUPPORTED"));

  it("refuses an engine without seccomp, and one of another platform", async () => {
    for (const SecurityOptions of [[], ["name=apparmor"], ["name=seccomp,profile=unconfined"]])
      await refuses({ ...goodInfo, SecurityOptions }, "ENGINE_UNSUPPORTED");
    await refuses({ ...goodInfo, OSType: "windows" }, "PLATFORM_UNSUPPORTED");
  });

  async function refuses(info: object, code: ErrorCode): Promise<void> {
    await assert.rejects(connectTo(info), (error) => isParityError(error, code));
  }
});

describe("callEngine", () => {
  it("gives up on a call that is never answered", async () => {
    const call = callEngine("silence", () => new Promise(() => {}), { timeoutMs: 20 });
    await assert.rejects(call, (error) => isParityError(error, "ENGINE_TIMED_OUT"));
  });
});

describe("a run whose engine breaks the connection", () => {
  let lab: SandboxLab;
  let proxy: EngineProxy;
  before(async () => {
    lab = await SandboxLab.open();
    if (!lab.engine.address.startsWith("unix://")) throw new Error("this test needs the engine on a unix socket");
    proxy = await startEngineProxy(lab.engine.address);
  });
  after(async () => {
    await proxy.close();
    await lab.close();
  });

  for (const moment of ["request", "answer"] as const)
    it(`is an engine error that can be tried again, not an answer, and is disposed of afterwards (at the ${moment})`, async () => {
      const owner = `${lab.owner}-cut`;
      const engine = await connectEngine({ dockerHost: proxy.dockerHost });
      const job = await prepareJob(engine, { ...lab.request({ script: "echo begun; sleep 1000" }), owner });
      proxy.cutAtNextWait(moment);
      await assert.rejects(job.run(), (error) => isParityError(error, "ENGINE_FAILED") && error.isRetryable);
      await job.dispose();
      assert.deepEqual(await sweepLeftovers(lab.engine, { owner }), { containers: 0, volumes: 0 });
    });
});
