import Mocha from "mocha";

const lingerMs = 30_000;

/**
 * Mocha's own spec reporter, closed by one line that a program can read. It names what passed only at its second try, so that nothing that
 * fails now and then goes unseen, and what a test left open, which otherwise would keep the run from ending.
 */
export default class ClosingLineReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const retried: string[] = [];
    runner.on("retry", (test: Mocha.Test, error: Error) => retried.push(`${test.fullTitle()}\n    ${error.stack ?? error.message}`));
    runner.once("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      for (const first of retried) process.stdout.write(`tried again: ${first}\n`);
      process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
      setTimeout(() => {
        process.stdout.write(`left open after the last test: ${process.getActiveResourcesInfo().join(", ")}\n`);
        process.exit();
      }, lingerMs).unref(); // fires only while something else keeps the process alive
    });
  }
}
