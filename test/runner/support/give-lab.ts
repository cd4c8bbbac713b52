import type { RunnerLab } from "./lab.ts";

/** Gives a suite a lab: opened before its tests, cleared of what each leaves running, closed after them. */
export function giveLab(open: () => Promise<RunnerLab>, take: (lab: RunnerLab) => void): void {
  let lab: RunnerLab;

  before(async () => {
    lab = await open();
    take(lab);
  });
  afterEach(function () {
    return lab.endTest(this);
  });
  after(() => lab.close());
}
