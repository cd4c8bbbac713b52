// npm run test:check: every job of support/jobs.ts, 24 with a cause and ten without; `npm test` has a sample of them.

import { assertCauses, assertPure } from "./support/attribution.ts";
import { CheckLab } from "./support/check-lab.ts";
import { causedJobs, pureJobs } from "./support/jobs.ts";

describe("check every cause", function () {
  this.timeout(600_000);
  let lab: CheckLab;
  before(async () => {
    lab = await CheckLab.open();
  });
  after(() => lab.close());

  for (const name of Object.keys(causedJobs)) it(`names ${name}`, async () => void (await assertCauses(lab, name)));
  for (const name of Object.keys(pureJobs)) it(`finds nothing to name in ${name}`, () => assertPure(lab, name));
});
