import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { ParityError } from "@parity-protocol/sdk";
import { privateKeyToAccount } from "viem/accounts";
import { getTransactionCount } from "viem/actions";
import { commandFactories } from "../../cli/commands/index.ts";
import { readEnvironment } from "../../cli/config.ts";
import type { LocalNetwork } from "../../cli/local-network/start-local-network.ts";
import type { Context } from "../../cli/program/context.ts";
import { asParityError, exitCodeOf } from "../../cli/program/exit-code.ts";
import { createProgram, runProgram } from "../../cli/program/program.ts";
import { createPrinter } from "../../cli/terminal/printer.ts";
import { startQuietNetwork } from "./support/local-network.ts";
import { temporaryFolder } from "./support/parity.ts";
import { writeStaticJob } from "./support/static-job.ts";

const dead = "http://127.0.0.1:1";
const address = `0x${"de".repeat(20)}`;
const foreignTask = `0x${"ab".repeat(32)}`;

/** A command line, the code that it is refused with, and the exit code. `$name` stands for a file or URL of the test's. */
type Row = readonly [line: string, code: string, exit: 1 | 75];

const ofATask = ["status", "watch", "logs", "result", "verify", "claim", "reclaim"];

const rows: readonly Row[] = [
  ["init", "USAGE_INVALID", 1],
  ["init pyhton", "USAGE_INVALID", 1],
  ["init static $full", "FILE_EXISTS", 1],
  ["init static new --program nowhere", "FILE_UNREADABLE", 1],
  ["up --runners 0", "USAGE_INVALID", 1],
  ["up --runners many", "USAGE_INVALID", 1],
  ["up --port 99999", "USAGE_INVALID", 1],
  ...["check", "run", "post", "pack"].flatMap((command): Row[] => [
    [command, "USAGE_INVALID", 1],
    [`${command} nowhere.json`, "JOB_FILE_UNREADABLE", 1],
    [`${command} $bom`, "JOB_FILE_INVALID", 1],
    [`${command} $html`, "JOB_FILE_INVALID", 1],
    [`${command} $typo`, "JOB_FILE_INVALID", 1],
    [`${command} job.json --comit-within 1h`, "USAGE_INVALID", 1],
  ]),
  ...["run", "post"].flatMap((command): Row[] => [
    [`${command} job.json --bounty 5`, "AMOUNT_INVALID", 1],
    [`${command} job.json --bounty 5usdc`, "AMOUNT_INVALID", 1],
    [`${command} job.json --commit-within 10`, "DURATION_INVALID", 1],
    [`${command} job.json --slots three`, "USAGE_INVALID", 1],
    [`${command} job.json --slots 3 --quorum 1`, "QUORUM_OUT_OF_RANGE", 1],
    [`${command} job.json --gate me`, "USAGE_INVALID", 1],
    [`${command} job.json --gate ${address}`, "NO_CODE_AT_GATE", 1],
    [`${command} job.json --store-url ${dead}`, "STORE_UNREACHABLE", 75],
    [`${command} job.json --store-url $html-server`, "STORE_UNREACHABLE", 75],
    [`${command} job.json --store-url ftp://example.org`, "USAGE_INVALID", 1],
    [`${command} job.json --keystore nowhere.json --password-file $password`, "FILE_UNREADABLE", 1],
    [`${command} job.json --keystore $html --password-file $password`, "KEY_INVALID", 1],
  ]),
  ["run job.json --out $full", "FILE_EXISTS", 1],
  ["run job.json --out $html", "FILE_EXISTS", 1],
  ...ofATask.flatMap((command): Row[] => [
    [command, "USAGE_INVALID", 1],
    [`${command} \u001b[31mred`, "TASK_ID_INVALID", 1],
    [`${command} 0x1`, "TASK_ID_INVALID", 1],
    [`${command} latest`, "TASK_UNKNOWN", 1],
    [`${command} ${foreignTask}`, "TASK_UNKNOWN", 1],
    [`${command} ${foreignTask.slice(0, 12)}`, "TASK_UNKNOWN", 1],
    [`${command} ${foreignTask} --escrow ${address}`, "NO_CODE_AT_ESCROW", 1],
  ]),
  ["result latest --out $full", "FILE_EXISTS", 1],
  ["result latest --max-download lots", "USAGE_INVALID", 1],
  ["verify latest --max-download -1", "USAGE_INVALID", 1],
  ["list --limit 0", "USAGE_INVALID", 1],
  ["list --limit x", "USAGE_INVALID", 1],
  ["list --submitter me", "USAGE_INVALID", 1],
  ["list --rpc-url localhost", "USAGE_INVALID", 1],
  ["list --network nowhere.json", "NETWORK_FILE_INVALID", 1],
  ["list --network $html", "NETWORK_FILE_INVALID", 1],
  ["list --network $other-chain", "WRONG_CHAIN", 1],
  ["pack job.json --out nowhere/image.tar", "FILE_UNREADABLE", 1],
  ["gate make nowhere.csv", "FILE_UNREADABLE", 1],
  ["gate make $html", "RUNNER_LIST_INVALID", 1],
  ["gate token me", "USAGE_INVALID", 1],
  ["gate proof $list me", "USAGE_INVALID", 1],
  ["gate show me", "USAGE_INVALID", 1],
  [`gate show ${address}`, "NO_CODE_AT_GATE", 1],
  ["runner start", "RUNNER_CONFIG_INVALID", 1],
  ["wallet new --out $html --password-file $password", "FILE_EXISTS", 1],
  ["wallet new --out new.json --password-file nowhere", "FILE_UNREADABLE", 1],
  ["wallet new --out new.json --password-file $short", "KEY_INVALID", 1],
  ["wallet address --keystore nowhere.json --password-file $password", "FILE_UNREADABLE", 1],
  ["wallet balance me", "USAGE_INVALID", 1],
  ["deploy --asset me", "USAGE_INVALID", 1],
  [`deploy --check --escrow ${address}x`, "USAGE_INVALID", 1],
  ["completion tcsh", "USAGE_INVALID", 1],
  ["complation", "USAGE_INVALID", 1],
];

/** Asks a chain, whatever else; each is tried with RPCs that are down, that serve pages and that answer nonsense. */
const online = [
  ...ofATask.map((command) => `${command} ${foreignTask}`),
  "list",
  "post job.json",
  "run job.json",
  `gate show ${address}`,
  `wallet balance ${address}`,
];

describe("a command line with a bad argument", () => {
  const folder = temporaryFolder();
  const at = (...names: string[]) => path.join(folder.path, ...names);
  const servers: Server[] = [];
  const places: Record<string, string> = {};
  let local: LocalNetwork;
  let before_: { entries: string[]; transactions: number };

  before(async () => {
    local = await startQuietNetwork(folder.path);
    writeStaticJob(folder.path);
    writeFiles();
    places["html-server"] = await serve(() => ["text/html", "<html>hello"]);
    places["other-chain"] = at("other.json");
    const rpcUrl = await serve((body) => ["application/json", reply(body, "0x1")]);
    writeFileSync(at("other.json"), JSON.stringify({ ...local.network, rpcUrl }));
    before_ = await facts();
  });
  after(async () => {
    for (const server of servers) server.close();
    await local.stop();
    folder.remove();
  });
  afterEach("nothing was sent, and nothing is left behind", async () => assert.deepEqual(await facts(), before_));

  for (const [line, code, exit] of rows)
    it(`is refused with ${code}: ${JSON.stringify(line)}`, async () => {
      const error = await refusalOf(line);
      assert.deepEqual([error.code, exitCodeOf(error)], [code, exit], error.message);
      assert.ok(error.hint.length > 10);
    });

  it("is tried for every command", () => {
    const lines = [...rows.map(([line]) => line), ...online];
    const untried = leaves(createProgram(() => async () => {}, commandFactories)).filter(
      (words) => !lines.some((line) => line.startsWith(words)),
    );
    // doctor tells what is wrong instead of failing; the others have tests of their own, with what they serve and ask.
    assert.deepEqual(
      untried,
      ["runner status", "runner explain", "runner backup", "store serve", "wallet import", "doctor"].filter((words) =>
        untried.includes(words),
      ),
    );
  });

  for (const line of online) {
    it(`says to try again when the RPC is down: ${line.split(" 0x")[0]}`, async () => {
      const error = await refusalOf(`${line} --rpc-url ${dead}${escrowOf(line)}`);
      assert.deepEqual([error.code, exitCodeOf(error)], ["RPC_UNREACHABLE", 75]);
    });

    it(`knows a page from a chain's answer: ${line.split(" 0x")[0]}`, async () => {
      const error = await refusalOf(`${line} --rpc-url ${places["html-server"]}${escrowOf(line)}`);
      assert.deepEqual([error.code, exitCodeOf(error)], ["RPC_UNREACHABLE", 75]);
    });

    // Long enough to be code: a gate of rules that nobody knows is an answer.
    const code = line.startsWith("gate") ? [] : [`0x${"f".repeat(2_000)}`];
    for (const nonsense of ["banana", {}, null, -1, ...code])
      it(`has a code for an RPC that answers ${JSON.stringify(nonsense).slice(0, 20)}: ${line.split(" 0x")[0]}`, async () => {
        const rpcUrl = await serve((body) => ["application/json", reply(body, nonsense)]);
        const error = await refusalOf(`${line} --rpc-url ${rpcUrl}${escrowOf(line)}`);
        assert.notEqual(error.code, "UNEXPECTED", error.message);
      });
  }

  const escrowOf = (line: string) => (/^(gate|wallet)/.test(line) ? "" : ` --escrow ${local.network.escrow}`);

  /** Runs a command line in this process; what it says is not looked at. */
  async function refusalOf(line: string): Promise<ParityError> {
    const argv = line.split(" ").map((word) => (word.startsWith("$") ? (places[word.slice(1)] ?? word) : word));
    const silent = { write: () => true } as unknown as NodeJS.WriteStream;
    const context: Context = {
      printer: createPrinter(true, { stdout: silent, stderr: silent }),
      directory: folder.path,
      environment: () => readEnvironment(folder.path, {}),
      signal: new AbortController().signal,
      isInteractive: false,
    };
    const here = process.cwd();
    process.chdir(folder.path);
    try {
      const answer = await runProgram(argv, context, commandFactories);
      return assert.fail(`'${line}' answered ${answer}`);
    } catch (thrown) {
      if (thrown instanceof assert.AssertionError) throw thrown;
      return asParityError(thrown);
    } finally {
      process.chdir(here);
    }
  }

  async function facts() {
    const { client } = local.connection;
    const account = privateKeyToAccount(local.network.submitterKey).address;
    return { entries: readdirSync(folder.path).toSorted(), transactions: await getTransactionCount(client, { address: account }) };
  }

  function writeFiles(): void {
    const job = '{ "image": { "folder": "image" }, "command": ["/esbuild"], "input": "in"';
    const files = {
      bom: `\ufeff${job} }`,
      html: "<!doctype html><title>404</title>",
      typo: `${job}, "imput": "in" }`,
      password: "a long pass phrase\n",
      short: "short\n",
      list: `${address}\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      places[name] = at(`${name}.file`);
      writeFileSync(at(`${name}.file`), text);
    }
    places.full = at("full");
    mkdirSync(at("full", "thing"), { recursive: true });
  }

  async function serve(answer: (body: string) => [type: string, text: string]): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [type, text] = answer(Buffer.concat(chunks).toString());
        response.writeHead(200, { "content-type": type }).end(text);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});

/** Answers as a chain would whose every answer is the same; except that it says which chain it is. */
function reply(body: string, result: unknown): string {
  const { id, method } = JSON.parse(body) as { id: number; method: string };
  return JSON.stringify({ jsonrpc: "2.0", id, result: method === "eth_chainId" && result !== "0x1" ? "0x7a69" : result });
}

type Command = ReturnType<typeof createProgram>;

function leaves(command: Command, words: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [words.join(" ")];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}
