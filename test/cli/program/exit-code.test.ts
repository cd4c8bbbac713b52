import assert from "node:assert/strict";
import { isParityError, ParityError } from "@parity-protocol/sdk";
import type { Context } from "../../../cli/program/context.ts";
import { asParityError, exitCodeOf } from "../../../cli/program/exit-code.ts";
import { requireConsent } from "../../../cli/submission/confirm.ts";
import { createPrinter } from "../../../cli/terminal/printer.ts";

describe("the exit code", () => {
  it("is 75 for what may work later, and 1 for what will not", () => {
    assert.equal(exitCodeOf(new ParityError("RPC_UNREACHABLE", "x")), 75);
    assert.equal(exitCodeOf(new ParityError("JOB_FILE_INVALID", "x")), 1);
  });

  it("is that of a bug for what nobody foresaw", () => {
    const error = asParityError(new RangeError("boom"));
    assert.deepEqual([error.code, exitCodeOf(error)], ["UNEXPECTED", 1]);
    assert.match(error.message, /RangeError: boom/);
  });
});

describe("asking before money moves", () => {
  const context: Context = {
    printer: createPrinter(true),
    directory: "/",
    environment: () => ({}),
    signal: new AbortController().signal,
    isInteractive: false,
  };

  it("refuses on a public chain when nobody is there to agree", async () => {
    await assert.rejects(requireConsent(context, {}, { question: "?", chainId: 1 }), (error) =>
      isParityError(error, "CONFIRMATION_NEEDED"),
    );
  });

  it("takes --yes for an answer", () => requireConsent(context, { yes: true }, { question: "?", chainId: 1 }));

  it("goes on by itself on a local chain, where money is worth nothing", () =>
    requireConsent(context, {}, { question: "?", chainId: 31_337 }));
});
