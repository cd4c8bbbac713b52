import Mocha from "mocha";

const lingerMs = 30_000;

/** Mocha's own spec reporter, closed by one line that a program can read. What a test left open is named, and ends nothing but the run. */
export default class ClosingLineReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
      setTimeout(() => {
        process.stdout.write(`left open after the last test: ${process.getActiveResourcesInfo().join(", ")}\n`);
        process.exit();
      }, lingerMs).unref(); // fires only while something else keeps the process alive
    });
  }
}
