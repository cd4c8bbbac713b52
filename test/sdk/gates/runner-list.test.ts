import assert from "node:assert/strict";
import {
  buildMerkleList,
  identityOf,
  isParityError,
  type ParityError,
  parseRunnerList,
  type RunnerListProblem,
} from "@parity-protocol/sdk";

const [a, b, c] = [
  "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
] as const;
const identity = `0x${"ab".repeat(32)}` as const;

function refusalOf(text: string): ParityError {
  try {
    parseRunnerList(text);
  } catch (error) {
    if (isParityError(error, "RUNNER_LIST_INVALID")) return error as ParityError;
    throw error;
  }
  return assert.fail("the list was accepted");
}

const problemsOf = (text: string) => refusalOf(text).details.problems as RunnerListProblem[];

describe("parseRunnerList", () => {
  const expected = [
    { runner: a, identity: identityOf(a) },
    { runner: b, identity: identityOf(a) },
    { runner: c, identity },
  ];

  for (const [name, text] of Object.entries({
    "a CSV with a heading, comments and empty lines": `\uFEFFrunner,identity\r\n# ours\r\n${a}\r\n\r\n${b.toLowerCase()}, ${a} # the same operator\r\n${c},${identity}\r\n`,
    "a CSV as spreadsheets write it": `"${a}";\n"${b}";"${a}"\n"${c}";"${identity}"`,
    "a JSON list": JSON.stringify([a, { runner: b, identity: a }, { runner: c, identity }]),
    "a JSON object": ` ${JSON.stringify({ version: 1, runners: [{ runner: a }, { runner: b, identity: a }, { runner: c, identity }] })}`,
  }))
    it(`reads ${name}`, () => assert.deepEqual(parseRunnerList(text), expected));

  it("reads the blob of a list back", () => {
    const list = buildMerkleList(expected);
    assert.equal(buildMerkleList(parseRunnerList(new TextDecoder().decode(list.listBytes))).listHash, list.listHash);
  });

  it("names every line that is wrong, and only those", () => {
    const mistyped = a.replace("0x709", "0x708");
    const zero = `0x${"0".repeat(64)}`;
    const text = [a, "0x1234", mistyped, b, a.toLowerCase(), `${c},nobody`, `0x${"11".repeat(20)},${zero}`, `${c},${b},${a}`].join("\n");
    assert.deepEqual(
      problemsOf(text).map(({ at }) => at),
      [2, 3, 5, 6, 7, 8],
    );
    assert.match(refusalOf(text).message, /^Line 2: "0x1234" is not an address/);
  });

  it("counts the runners of a JSON list from 1", () => {
    assert.deepEqual(
      problemsOf(JSON.stringify([a, 7, { identity }, null])).map(({ at }) => at),
      [2, 3, 4],
    );
  });

  it("shows ten of many problems", () => {
    const refusal = refusalOf(Array.from({ length: 50 }, (_, i) => `nobody ${i}`).join("\n"));
    assert.equal((refusal.details.problems as unknown[]).length, 50);
    assert.equal(refusal.message.split("\n").length, 11);
  });

  it("refuses what names nobody, too many, or is broken JSON", () => {
    for (const text of ["", "\n# nobody\n", "[]", "{}", "[", `{"runners": 5}`, `runner\n`, "x".repeat(1024 * 1024 + 1)]) refusalOf(text);
    const many = Array.from({ length: 4_097 }, (_, i) => `0x${i.toString(16).padStart(40, "0")}`);
    assert.match(refusalOf(many.join("\n")).message, /4097/);
    assert.equal(parseRunnerList(many.slice(1).join("\n")).length, 4_096);
  });
});
