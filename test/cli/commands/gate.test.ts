import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  type Address,
  blobFromBytes,
  buildMerkleList,
  commitmentOf,
  commitResult,
  encodeOutputManifest,
  getGateList,
  getTask,
  type Hex,
  httpStore,
  identityOf,
  revealResult,
  tokenIdentityOf,
} from "@parity-protocol/sdk";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { getTransactionCount } from "viem/actions";
import type { LocalNetwork } from "../../../cli/local-network/start-local-network.ts";
import { sendAs } from "../../../cli/network/connect.ts";
import type { SendingClient } from "../../support/escrow-chain.ts";
import { deployMock, mint } from "../../support/mocks.ts";
import { startQuietNetwork } from "../support/local-network.ts";
import { type Finished, parity, temporaryFolder } from "../support/parity.ts";
import { writeStaticJob } from "../support/static-job.ts";

const [a, b, c] = [
  "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
] as const;
const list = buildMerkleList([{ runner: a }, { runner: b, identity: identityOf(a) }]);

describe("parity gate", () => {
  const folder = temporaryFolder();
  let local: LocalNetwork;
  const run = (...args: string[]) => parity(args, { cwd: folder.path });
  const recordOf = (finished: Finished, event: string) =>
    finished.records.find((record) => record.event === event) ?? assert.fail(finished.stderr);

  before(async () => {
    local = await startQuietNetwork(folder.path);
    writeFileSync(path.join(folder.path, "runners.csv"), `runner,identity\n${a}\n${b},${a}\n`);
    writeFileSync(path.join(folder.path, "bad.csv"), `${a}\nnobody\n${a}\n`);
    writeStaticJob(folder.path);
  });
  after(async () => {
    await local.stop();
    folder.remove();
  });

  const submitter = () => sendAs(local.connection, privateKeyToAccount(local.network.submitterKey));

  /** Commits and reveals an empty output, as the one runner of a task. */
  async function answer(taskId: Hex): Promise<void> {
    const { escrow, storeUrl, storeToken } = local.network;
    const store = httpStore(storeUrl, { token: storeToken });
    const stdout = blobFromBytes(new Uint8Array());
    const manifest = blobFromBytes(
      encodeOutputManifest({ version: 1, outcome: "exited", exitCode: 0, stdout: { sha256: stdout.sha256, bytes: 0 }, files: [] }),
    );
    for (const blob of [stdout, manifest]) await store.put(blob);
    const account = privateKeyToAccount(generatePrivateKey());
    const params = [account.address, "0xde0b6b3a7640000"];
    await local.connection.client.request({ method: "hardhat_setBalance", params } as never);
    const runner = sendAs(local.connection, account);
    const identity = identityOf(account.address);
    const opening = { identity, payee: account.address, outputHash: `0x${manifest.sha256}`, salt: `0x${"5".repeat(64)}` } as const;
    const { key } = await getTask(runner, { escrow, taskId });
    const commitment = commitmentOf({ chainId: local.network.chainId, escrow, taskId, opening });
    await commitResult(runner, { escrow, task: key, identity, commitment });
    await revealResult(runner, { escrow, taskId, opening });
  }

  describe("make", () => {
    it("computes the root of a list, and sends nothing", async () => {
      const sent = await getTransactionCount(submitter(), { address: submitter().account.address });
      const { code, records } = await run("gate", "make", "runners.csv");
      assert.equal(code, 0);
      const { root, listHash, listBytes } = list;
      assert.deepEqual(records, [{ event: "list", root, listHash, listBytes: listBytes.length, runners: 2, identities: 1 }]);
      assert.equal(await getTransactionCount(submitter(), { address: submitter().account.address }), sent);
    });

    it("names every line that is wrong", async () => {
      const { code, error } = await run("gate", "make", "bad.csv", "--deploy");
      assert.deepEqual([code, error?.code], [1, "RUNNER_LIST_INVALID"]);
      assert.match(error?.message ?? "", /bad\.csv.*\nLine 2: .*\nLine 3: /);
    });

    it("refuses a file that is not there", async () => {
      const { code, error } = await run("gate", "make", "nothing.csv");
      assert.deepEqual([code, error?.code], [1, "FILE_UNREADABLE"]);
    });

    it("uploads the list and deploys its gate with --deploy; a task takes it", async () => {
      const made = await run("gate", "make", "runners.csv", "--deploy");
      assert.equal(made.code, 0, made.stderr);
      const gate = recordOf(made, "deployed").gate as Address;
      const source = httpStore(local.network.storeUrl);
      assert.equal((await getGateList(local.connection.client, { gate, sources: [source] })).root, list.root);
      const posted = await run("post", "job.json", "--gate", gate);
      assert.equal(posted.code, 0, posted.stderr);
      assert.deepEqual([recordOf(posted, "offer").isOpenToAnyone, recordOf(posted, "posted").gate], [false, gate]);
    });
  });

  describe("proof", () => {
    it("prints the identity and the proof of a runner on the list", async () => {
      const { code, records } = await run("gate", "proof", "runners.csv", b);
      assert.equal(code, 0);
      assert.deepEqual(records, [{ runner: b, isListed: true, ...list.proofFor(b) }]);
    });

    it("answers no with 2 for a runner that is not on it", async () => {
      const { code, records } = await run("gate", "proof", "runners.csv", c);
      assert.deepEqual([code, records], [2, [{ runner: c, isListed: false }]]);
    });
  });

  describe("show", () => {
    it("shows the network's own gate and its list", async () => {
      const { code, records } = await run("gate", "show");
      assert.equal(code, 0);
      const [{ gate, kind, isKnownCode, runners } = {}] = records;
      assert.deepEqual([gate, kind, isKnownCode, runners], [local.network.gate, "merkle", true, 1]);
    });

    it("answers no with 2 for a runner that the gate does not admit", async () => {
      const { code, records } = await run("gate", "show", local.network.gate, "--runner", c);
      assert.deepEqual([code, records[1]], [2, { event: "admission", runner: c, isAdmitted: false }]);
    });

    it("shows a gate whose list no store has", async () => {
      const { code, records } = await run("gate", "show", local.network.gate, "--store-url", "http://127.0.0.1:1");
      assert.equal(code, 0);
      assert.match(String(records[0]?.listProblem), /\S/);
    });

    it("refuses an address without a contract", async () => {
      const { code, error } = await run("gate", "show", c);
      assert.deepEqual([code, error?.code], [1, "NO_CODE_AT_GATE"]);
    });

    it("calls an unknown gate unknown, and asks it all the same", async () => {
      const { code, records } = await run("gate", "show", local.network.factory, "--runner", c);
      assert.deepEqual(
        [code, records],
        [
          2,
          [
            { gate: local.network.factory, kind: "unknown" },
            { event: "admission", runner: c, isAdmitted: false },
          ],
        ],
      );
    });
  });

  describe("token", () => {
    it("deploys a gate for the holders of an ERC-721, which show asks with --token-id", async () => {
      const token = await deployMock(submitter() as unknown as SendingClient, "Tokens:PlainCollectible");
      await mint(submitter() as unknown as SendingClient, token, [a, 7n]);
      const made = await run("gate", "token", token.address);
      assert.equal(made.code, 0, made.stderr);
      const gate = recordOf(made, "deployed").gate as Address;
      const admitted = await run("gate", "show", gate, "--runner", a, "--token-id", "7");
      const identity = tokenIdentityOf({ token: token.address, tokenId: 7n });
      assert.deepEqual([admitted.code, admitted.records[1]], [0, { event: "admission", runner: a, isAdmitted: true, identity }]);
      assert.equal((await run("gate", "show", gate, "--runner", a)).error?.code, "TOKEN_ID_MISSING");
    });

    it("refuses what is no token, and a minimum that is none", async () => {
      assert.equal((await run("gate", "token", c)).error?.code, "TOKEN_HAS_NO_CODE");
      for (const minimum of ["0", "1.5", "1eth"])
        assert.equal((await run("gate", "token", c, "--minimum", minimum)).error?.code, "USAGE_INVALID");
    });
  });

  describe("a task without a gate", () => {
    it("is said to be open when it is posted, listed and shown", async () => {
      const posted = await run("post", "job.json", "--gate", "none");
      assert.equal(posted.code, 0, posted.stderr);
      assert.match(posted.stderr, /open to anyone/);
      for (const event of ["offer", "posted"]) assert.equal(recordOf(posted, event).isOpenToAnyone, true, event);
      const taskId = recordOf(posted, "posted").taskId as string;
      const listed = (await run("list")).records.find((record) => record.taskId === taskId);
      assert.equal(listed?.isOpenToAnyone, true);
      assert.equal((await run("status", taskId)).records[0]?.isOpenToAnyone, true);
    });

    it("is said to have been open when its result is fetched", async () => {
      const posted = await run("post", "job.json", "--gate", "none", "--slots", "1");
      const taskId = recordOf(posted, "posted").taskId as Hex;
      await answer(taskId);
      const fetched = await run("result", taskId, "--out", "fetched");
      assert.equal(fetched.code, 0, fetched.stderr);
      assert.equal(recordOf(fetched, "fetched").isOpenToAnyone, true);
      assert.match(fetched.stderr, /"warning":"The task was open to anyone/);
    });

    it("is refused a gate that is no contract before anything is packed", async () => {
      const { code, error, records } = await run("post", "job.json", "--gate", c);
      assert.deepEqual([code, error?.code, records], [1, "NO_CODE_AT_GATE", []]);
    });
  });
});
