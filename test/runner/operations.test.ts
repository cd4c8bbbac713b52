import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";
import { loadRunnerConfig, runnerVariables } from "../../runner/config.ts";
import { createMetrics } from "../../runner/telemetry/metrics.ts";

const folder = join(import.meta.dirname, "../../runner/operations");
const read = (name: string) => readFileSync(join(folder, name), "utf8");

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
  templating: { list: { name: string; query: string | { query: string } }[] };
}

/** Every series that a runner exposes, histograms' parts among them. */
async function exposed(): Promise<Map<string, Set<string>>> {
  const described = await createMetrics().registry.getMetricsAsJSON();
  const labels = createMetrics() as unknown as Record<string, { name?: string; labelNames?: string[] }>;
  const labelsOf = new Map(Object.values(labels).map(({ name, labelNames = [] }) => [name, labelNames]));
  const series = new Map<string, Set<string>>();
  for (const { name, type } of described) {
    const known = labelsOf.get(name) ?? [];
    const names = String(type) === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
    for (const one of names) series.set(one, new Set([...known, "instance", ...(one.endsWith("_bucket") ? ["le"] : [])]));
  }
  return series;
}

describe("operations files", () => {
  const dashboard = JSON.parse(read("grafana-dashboard.json")) as Dashboard;
  const queries = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...dashboard.templating.list.map(({ query }) => (typeof query === "string" ? query : query.query)),
  ];

  it("ask the dashboard's questions by names and labels that the runner's metrics have", async () => {
    const series = await exposed();
    for (const query of queries) {
      const names = query.match(/parity_runner_\w+/g) ?? [];
      for (const name of names) {
        const labels = series.get(name);
        assert.ok(labels, `${name} is no metric of the runner: ${query}`);
        for (const label of (/ by \(([^)]*)\)/.exec(query)?.[1] ?? "").split(",").filter(Boolean))
          assert.ok(labels.has(label.trim()), `${name} has no label ${label}: ${query}`);
      }
    }
    assert.ok(queries.length > 20);
  });

  it("show every metric somewhere on the dashboard", async () => {
    const shown = queries.join(" ");
    for (const name of (await exposed()).keys())
      if (!/_(sum|count)$/.test(name)) assert.ok(shown.includes(name), `${name} is shown nowhere`);
  });

  it("are understood by docker-compose 1.29 too, which refuses a file that names its project", () => {
    const keys = read("compose.yaml").match(/^\w+(?=:)/gm);
    assert.deepEqual(keys, ["services", "secrets"]);
  });

  it("set only variables that exist, to values that are accepted", () => {
    const example = parse(read("runner.env.example"));
    assert.equal(loadRunnerConfig(example).selfCheck, "new-images");
    const named = `${read("compose.yaml")}${read("parity-runner.service")}`.match(/RUNNER_[A-Z_]+[A-Z]/g) ?? [];
    for (const name of named) assert.ok(runnerVariables.includes(name), name);
    assert.ok(named.length > 3);
  });
});
