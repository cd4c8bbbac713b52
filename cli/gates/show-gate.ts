import { type Gate, type MerkleList, zeroAddress } from "@parity-protocol/sdk";
import type { Paint } from "../terminal/colour.ts";
import { facts } from "../terminal/columns.ts";
import type { JsonRecord } from "../terminal/printer.ts";
import { grouped } from "../units/amount.ts";

/** Says of a task with this gate, in a few words, who may take a slot. `gate` is absent for a task that is open. */
export function admitsText(gate: Gate | undefined): string {
  if (gate === undefined) return "open to anyone";
  const who = { merkle: "a list of runners", token: "holders of a token", unknown: "rules of its own" }[gate.kind];
  return `admitted by gate ${gate.address} (${who})`;
}

/** Says whether a task is open: then its result proves nothing by itself. */
export function isOpenToAnyone({ gate }: { gate: string }): boolean {
  return gate === zeroAddress;
}

/** Shows a list for people. */
export function listFacts(list: MerkleList): [name: string, value: string][] {
  const identities = identitiesOf(list);
  const runners = list.entries.length;
  const shared = identities < runners ? `; ${grouped(identities)} identities, so that some share a slot` : "";
  return [
    ["runners", `${grouped(runners)}${shared}`],
    ["root", list.root],
    ["list", `${list.listHash} (sha256, ${grouped(list.listBytes.length)} bytes)`],
  ];
}

/** Gives a list's facts for programs. */
export function listRecord(list: MerkleList): JsonRecord {
  return {
    root: list.root,
    listHash: list.listHash,
    listBytes: list.listBytes.length,
    runners: list.entries.length,
    identities: identitiesOf(list),
  };
}

/** Shows a gate for people; `list` is that of a MerkleGate, or why it is not there. */
export function gateLines(gate: Gate, paint: Paint, list?: MerkleList | string): string[] {
  return [
    `${paint("strong", "Gate")} ${gate.address}`,
    ...facts([...kindFacts(gate), ...gateFacts(gate, list), ...codeFacts(gate, paint)]),
  ];
}

/** Gives a gate's facts for programs. */
export function gateRecord({ address, ...gate }: Gate, list?: MerkleList | string): JsonRecord {
  const listed = list === undefined ? {} : typeof list === "string" ? { listProblem: list } : listRecord(list);
  return { gate: address, ...gate, ...listed };
}

function kindFacts(gate: Gate): [string, string][] {
  if (gate.kind === "merkle") return [["admits", "the runners of a list"]];
  if (gate.kind === "unknown") return [["admits", "by rules that this version does not know"]];
  const holders =
    gate.standard === "ERC-721"
      ? "whoever holds one of its tokens; each token is one identity"
      : `whoever holds at least ${gate.minimum} of its smallest unit`;
  return [
    ["admits", holders],
    ["token", `${gate.token} (${gate.standard})`],
  ];
}

function gateFacts(gate: Gate, list: MerkleList | string | undefined): [string, string][] {
  if (gate.kind !== "merkle") return [];
  if (typeof list === "object") return listFacts(list);
  return [
    ["root", gate.root],
    ["list", `${gate.listHash} (sha256)${list ? `: ${list}` : ""}`],
  ];
}

function codeFacts(gate: Gate, paint: Paint): [string, string][] {
  if (gate.kind === "unknown") return [];
  const name = gate.kind === "merkle" ? "MerkleGate" : "TokenGate";
  return [
    ["code", gate.isKnownCode ? `this version's ${name}` : paint("warning", `not this version's ${name}: it may admit whom it likes`)],
  ];
}

function identitiesOf({ entries }: MerkleList): number {
  return new Set(entries.map(({ identity }) => identity)).size;
}
