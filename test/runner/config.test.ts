import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isParityError } from "@parity-protocol/sdk";
import { loadRunnerConfig, runnerVariables } from "../../runner/config.ts";
import { escrow, submitter } from "./support/records.ts";

const secret = "ab".repeat(32);
const minimal = {
  RUNNER_RPC_URL: "http://127.0.0.1:8545",
  RUNNER_ESCROW: escrow.toLowerCase(),
  RUNNER_STORE_URLS: "http://127.0.0.1:7070, https://blobs.example.org",
  RUNNER_PRIVATE_KEY: secret,
};

function complaintAbout(change: Record<string, string | undefined>): string {
  try {
    loadRunnerConfig({ ...minimal, ...change });
  } catch (error) {
    if (isParityError(error, "RUNNER_CONFIG_INVALID")) return error.message;
    throw error;
  }
  return assert.fail("the configuration was accepted");
}

describe("loadRunnerConfig", () => {
  it("fills what a minimal environment leaves out with careful values", () => {
    const config = loadRunnerConfig(minimal);
    assert.equal(config.escrow, escrow);
    assert.deepEqual(config.storeUrls, ["http://127.0.0.1:7070", "https://blobs.example.org"]);
    assert.deepEqual(config.key, { kind: "private-key", privateKey: `0x${secret}` });
    assert.equal(config.allowsOpenTasks, false);
    assert.equal(config.allowsPrivateLocations, false);
    assert.equal("metricsPort" in config, false, "nothing listens that was not asked for");
  });

  it("reads every kind of value", () => {
    const config = loadRunnerConfig({
      ...minimal,
      RUNNER_PRIVATE_KEY: undefined,
      RUNNER_KEYSTORE: "/keys/key.json",
      RUNNER_PASSWORD_FILE: "/keys/password",
      RUNNER_PAYEE: submitter,
      RUNNER_POLL_MS: "50",
      RUNNER_ALLOW_OPEN_TASKS: "true",
      RUNNER_GATES: `${submitter} ${escrow}`,
      RUNNER_GATE_TOKENS: `${submitter.toLowerCase()}=7, ${escrow}=${2n ** 256n - 1n}`,
      RUNNER_MIN_SHARE_WEI: "100000000000000000000",
      RUNNER_METRICS_PORT: "0",
      DOCKER_HOST: "unix:///run/engine.sock",
    });
    assert.deepEqual(config.key, { kind: "keystore", keystorePath: "/keys/key.json", passwordPath: "/keys/password" });
    assert.deepEqual(
      [config.payee, config.pollMs, config.allowsOpenTasks, config.gates, config.minShareWei, config.metricsPort, config.dockerHost],
      [submitter, 50, true, [submitter, escrow], 10n ** 20n, 0, "unix:///run/engine.sock"],
    );
    assert.deepEqual(config.gateTokens, [
      [submitter, 7n],
      [escrow, 2n ** 256n - 1n],
    ]);
  });

  it("takes an empty variable for an unset one", () => {
    assert.equal("payee" in loadRunnerConfig({ ...minimal, RUNNER_PAYEE: "" }), false);
  });

  const wrong: [name: string, values: (string | undefined)[]][] = [
    ["RUNNER_RPC_URL", [undefined, "localhost:8545", "file:///etc/passwd", "http://", "http://127.0.0.1:8545, localhost:8546", ","]],
    ["RUNNER_RPC_QUORUM", ["0", "2", "two"]],
    ["RUNNER_ALLOWED_SUBMITTERS", ["0x12"]],
    ["RUNNER_MAX_UNDECIDED_TASKS", ["-1", "many"]],
    ["RUNNER_LEVELS", ["standard", "standard@1 lax@1"]],
    ["RUNNER_CPU_SECOND_PRICE_WEI", ["0.1", "-1"]],
    ["RUNNER_NATIVE_IN_ASSET", ["1e9"]],
    ["RUNNER_BOND_ALLOWANCE_WEI", ["unlimited"]],
    ["RUNNER_SELF_CHECK", ["yes", "Always"]],
    ["RUNNER_IMAGE_CACHE_BYTES", ["20GiB"]],
    ["RUNNER_MIN_FREE_DISK_BYTES", ["-5"]],
    ["RUNNER_ESCROW", [undefined, "0x1234", "escrow.eth"]],
    ["RUNNER_STORE_URLS", [undefined, " ", "ftp://store", "http://store, nonsense"]],
    ["RUNNER_PRIVATE_KEY", ["0x12", "zz".repeat(32)]],
    ["RUNNER_PAYEE", ["0x00"]],
    ["RUNNER_POLL_MS", ["0", "-5", "1.5", "1s", "1e3", "99999999"]],
    ["RUNNER_CONFIRMATIONS", ["-1", "many"]],
    ["RUNNER_ALLOW_OPEN_TASKS", ["yes", "TRUE"]],
    ["RUNNER_GATES", ["0x12"]],
    ["RUNNER_GATE_TOKENS", [submitter, `${submitter}=`, `${submitter}=seven`, `${submitter}=${2n ** 256n}`]],
    ["RUNNER_MIN_SHARE_WEI", ["1 ether", "0.5", "-1"]],
    ["RUNNER_CONCURRENCY", ["0", "1001"]],
    ["RUNNER_METRICS_PORT", ["65536", "http"]],
    ["RUNNER_LOG_LEVEL", ["verbose"]],
  ];
  for (const [name, values] of wrong)
    for (const value of values)
      it(`names ${name}, what it got and an example, given ${value === undefined ? "nothing" : JSON.stringify(value)}`, () => {
        const complaint = complaintAbout({ [name]: value });
        assert.match(complaint, new RegExp(`^${name} .*Example: ${name}=`));
        if (value !== undefined && name !== "RUNNER_PRIVATE_KEY" && name !== "RUNNER_RPC_URL")
          assert.ok(complaint.includes(JSON.stringify(value)));
      });

  it("names all wrong variables at once", () => {
    const complaint = complaintAbout({ RUNNER_POLL_MS: "x", RUNNER_PAYEE: "y" });
    assert.match(complaint, /RUNNER_PAYEE/);
    assert.match(complaint, /RUNNER_POLL_MS/);
  });

  it("never repeats a secret: neither a key, nor a credential in an RPC URL", () => {
    const complaint = complaintAbout({
      RUNNER_PRIVATE_KEY: `${secret}00`,
      RUNNER_RPC_URL: "ws://user:hunter2@rpc.example/v3/apikey?token=t0ken",
    });
    for (const word of [secret, "hunter2", "apikey", "t0ken"]) assert.equal(complaint.includes(word), false, word);
  });

  it("refuses a variable that it does not know, and suggests the nearest", () => {
    assert.match(
      complaintAbout({ RUNNER_RPCURL: "http://x" }),
      /RUNNER_RPCURL is not a variable of the runner; did you mean RUNNER_RPC_URL\?/,
    );
    assert.match(complaintAbout({ RUNNER_WHATEVER_ELSE_THERE_IS: "1" }), /RUNNER_WHATEVER_ELSE_THERE_IS is not a variable of the runner\./);
  });

  it("asks for exactly one key", () => {
    assert.match(complaintAbout({ RUNNER_PRIVATE_KEY: undefined }), /RUNNER_KEYSTORE is missing/);
    assert.match(complaintAbout({ RUNNER_PRIVATE_KEY: undefined, RUNNER_KEYSTORE: "k.json" }), /RUNNER_PASSWORD_FILE is missing/);
    assert.match(complaintAbout({ RUNNER_KEYSTORE: "k.json" }), /both set/);
  });
});

describe("docs/runner.md", () => {
  it("lists every variable, and no other", () => {
    const text = readFileSync(new URL("../../docs/runner.md", import.meta.url), "utf8");
    const listed = [...text.matchAll(/^\| `(RUNNER_[A-Z_]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(new Set(listed), new Set(runnerVariables));
  });
});
