import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { createClient, http } from "viem";
import { commandFactories } from "../../cli/commands/index.ts";
import { readNetwork } from "../../cli/network/network-file.ts";
import { createProgram } from "../../cli/program/program.ts";
import { temporaryFolder } from "../cli/support/parity.ts";
import { findBusybox } from "../support/busybox.ts";
import { ensurePrograms } from "../support/debian-packages.ts";
import { openShell, type Shell } from "./support/shell.ts";

const docs = path.resolve(import.meta.dirname, "../../docs");

/** What a pasted command may end with besides 0: the answer is no, and it is meant to be. */
const noes = [/^parity gate show --runner/, /^parity runner (status|explain)/];

/** Does not end by itself, and what it says once it works. */
const lasting: readonly [RegExp, RegExp][] = [
  [/^parity up/, /A local network is up/],
  [/^(npx )?parity runner start/, /Runner started/],
  [/^parity store serve/, /http:\/\/127/],
];

/** In the order of a session: a task first, then what is said about one. */
const order = [
  "init",
  "check",
  "run",
  "post",
  "watch",
  "status",
  "list",
  "result",
  "logs",
  "verify",
  "claim",
  "reclaim",
  "runner start",
  "runner status",
  "runner explain",
  "runner backup",
];

type Command = ReturnType<typeof createProgram>;

describe("every command that is written down, pasted", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  let network: Shell;
  const shells: Shell[] = [];

  before(async () => {
    ensurePrograms({ curl: "curl" });
    findBusybox();
    network = openShell(folder.path);
    await network.leaveRunning("parity up", /A local network is up/);
  });
  after(async () => {
    for (const shell of shells) await shell.close();
    await network.close();
    folder.remove();
  });

  /** Opens a shell in a folder of its own, in which the network is found as if it had been started there. */
  function openIn(name: string): () => Shell {
    let opened: Shell | undefined;
    return () => {
      if (opened) return opened;
      const own = path.join(folder.path, name);
      mkdirSync(own);
      symlinkSync("../.parity", path.join(own, ".parity"));
      opened = openShell(own);
      shells.push(opened);
      return opened;
    };
  }

  const helpShell = openIn("help");
  for (const { words, lines } of examples())
    describe(`the help of ${words}`, () => {
      if (words === "gate token") before(() => putTokenAt(folder.path, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"));
      for (const line of lines) it(line, () => paste(helpShell(), line));
    });

  for (const name of ["submitter", "runner-operator", "auditor"])
    describe(`the ${name}'s tutorial`, () => {
      const shell = openIn(name);
      for (const block of blocksOf(path.join(docs, "tutorials", `${name}.md`))) it(block.split("\n")[0] ?? "", () => paste(shell(), block));
    });

  async function paste(shell: Shell, text: string): Promise<void> {
    if (/^(npx )?parity up/.test(text)) return; // it is what all others run on
    const ready = lasting.find(([line]) => line.test(text))?.[1];
    if (ready) return shell.leaveRunning(text.split("    #")[0] ?? "", ready);
    const { code, said } = await shell.paste(text);
    const allowed = noes.some((line) => line.test(text)) ? [0, 2] : [0];
    assert.ok(allowed.includes(code), `${text}\nended with ${code}: ${said}`);
  }
});

/** The lines of every command's help that begin with a dollar sign. */
function examples(): { words: string; lines: string[] }[] {
  const all = leaves(createProgram(() => async () => {}, commandFactories)).map(({ words, command }) => {
    let text = "";
    command.configureOutput({ writeOut: (written) => (text += written) }).outputHelp();
    return { words, lines: [...text.matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = ""]) => line) };
  });
  const rank = ({ words }: { words: string }) => (order.includes(words) ? order.indexOf(words) : order.length);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

function leaves(command: Command, words: readonly string[] = []): { words: string; command: Command }[] {
  if (command.commands.length === 0) return [{ words: words.join(" "), command }];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

function blocksOf(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block.trim());
}

/** The help of `gate token` names a token that a newcomer's network does not have. */
async function putTokenAt(directory: string, address: string): Promise<void> {
  const artifact = new URL("../../artifacts/contracts/mocks/Tokens.sol/PlainCollectible.json", import.meta.url);
  const { deployedBytecode } = JSON.parse(readFileSync(artifact, "utf8")) as { deployedBytecode: string };
  const network = readNetwork(path.join(directory, ".parity", "network.json"));
  const client = createClient({ transport: http(network?.rpcUrl ?? "") });
  await client.request({ method: "hardhat_setCode", params: [address, deployedBytecode] } as never);
}
