import { type Hex, ParityError } from "@parity-protocol/sdk";
import { Command } from "commander";
import { generatePrivateKey } from "viem/accounts";
import { accountOf, findAccount, findPassword } from "../keys/find-key.ts";
import { writeKeystore } from "../keys/keystore.ts";
import { readStdin } from "../keys/read-stdin.ts";
import { readBalance } from "../network/balance.ts";
import { connect } from "../network/connect.ts";
import { findSettings } from "../network/settings.ts";
import type { Act, Answer, Context } from "../program/context.ts";
import { type KeyOptions, type NetworkOptions, withExample, withKey, withNetwork } from "../program/options.ts";
import { askSecret } from "../terminal/ask.ts";
import { facts } from "../terminal/columns.ts";
import { formatAmount } from "../units/amount.ts";

const DEFAULT_KEYSTORE = "wallet.json";

/** `parity wallet`: makes, imports and shows the key that signs. */
export function walletCommand(act: Act): Command {
  const wallet = new Command("wallet")
    .summary("make, import and show the key that signs")
    .description("Makes, imports and shows the key that signs.");
  wallet.addCommand(newCommand(act));
  wallet.addCommand(importCommand(act));
  wallet.addCommand(addressCommand(act));
  wallet.addCommand(balanceCommand(act));
  return wallet;
}

interface OutOptions extends KeyOptions {
  out: string;
}

function newCommand(act: Act): Command {
  const command = withOut(
    new Command("new")
      .summary("make a key")
      .description("Makes a new key and writes it, encrypted under a password, into a keystore file."),
  );
  return withExample(
    command,
    "echo 'a long pass phrase' > wallet.password",
    "parity wallet new --out wallet.json --password-file wallet.password",
  ).action(act((context, options: OutOptions) => saveKey(context, options, generatePrivateKey())));
}

function importCommand(act: Act): Command {
  const command = withOut(
    new Command("import")
      .summary("keep a key that you have")
      .description(
        "Encrypts a private key, typed or piped in, into a keystore file. It is never an argument: other users of the machine could read it.",
      ),
  );
  return withExample(
    command,
    "echo 'a long pass phrase' > key.password",
    "printf '0x%064x' 12345 > key.txt",
    "parity wallet import --out imported.json --password-file key.password < key.txt",
  ).action(
    act(async (context, options: OutOptions) => {
      const typed = context.isInteractive ? await askSecret("Private key: ", context.signal) : await readStdin(1_024);
      accountOf(typed); // refused before a password is asked for
      return saveKey(context, options, (typed.trim().startsWith("0x") ? typed.trim() : `0x${typed.trim()}`) as Hex);
    }),
  );
}

function addressCommand(act: Act): Command {
  const command = withNetwork(
    withKey(new Command("address").summary("show your address").description("Shows the address of the key that would sign.")),
  );
  return withExample(command, "parity wallet address").action(
    act(async (context, options: KeyOptions & NetworkOptions) => {
      const { address } = await findAccount(context, options, localKeyOf(context, options));
      context.printer.result({ address }, [address]);
      return 0;
    }),
  );
}

function balanceCommand(act: Act): Command {
  const command = withNetwork(
    withKey(
      new Command("balance")
        .summary("show what there is for bounties and gas")
        .description("Shows what an address, or the key that would sign, has for bounties and gas."),
    ),
  );
  return withExample(command.argument("[address]", "whose balance; by default your own"), "parity wallet balance").action(
    act(async (context, options: KeyOptions & NetworkOptions, given: string | undefined) => {
      const settings = findSettings(context, options);
      const address = given ? checkAddress(given) : (await findAccount(context, options, settings.submitterKey)).address;
      const balanceWei = await readBalance((await connect(settings)).client, address);
      context.printer.result(
        { address, balanceWei },
        facts([
          ["address", address],
          ["balance", formatAmount(balanceWei)],
        ]),
      );
      return 0;
    }),
  );
}

function withOut(command: Command): Command {
  return command
    .option("--out <file>", "the keystore to write", DEFAULT_KEYSTORE)
    .option("--password-file <file>", "the password, on the file's first line (else PARITY_PASSWORD_FILE, else you are asked)");
}

async function saveKey(context: Context, options: OutOptions, privateKey: Hex): Promise<Answer> {
  const password = await findPassword(context, options, "Password for the new keystore: ");
  if (password.length < 8)
    throw new ParityError("KEY_INVALID", "The password is shorter than 8 characters.", {
      hint: "Choose a longer one; the keystore is as safe as it.",
    });
  const { address } = accountOf(privateKey);
  await writeKeystore(options.out, { address, privateKey }, password);
  context.printer.result({ address, keystore: options.out }, [
    ...facts([
      ["address", address],
      ["keystore", options.out],
    ]),
    "",
    `Keep ${options.out} and its password; nobody can restore them. To use it: PARITY_KEYSTORE=${options.out}`,
  ]);
  return 0;
}

function localKeyOf(context: Context, options: NetworkOptions): Hex | undefined {
  try {
    return findSettings(context, options).submitterKey;
  } catch {
    return undefined; // an address can be shown without a network
  }
}

function checkAddress(text: string): Hex {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as Hex;
  throw new ParityError("USAGE_INVALID", `'${text}' is not an address.`, { hint: "An address is 0x and 40 hexadecimal digits." });
}
