import assert from "node:assert/strict";
import { drawChart } from "../../../scripts/bench/draw-chart.ts";
import type { Chart } from "../../../scripts/bench/results.ts";

const chart = (change: Partial<Chart> = {}): Chart => ({
  name: "gas",
  title: "Gas",
  xLabel: "tasks",
  yLabel: "gas",
  xs: [10, 100, 1_000],
  lines: [{ name: "post", ys: [50, 60, 55] }],
  ...change,
});

const points = (svg: string) =>
  Array.from(svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g), ([, x, y]) => ({ x: Number(x), y: Number(y) }));

describe("drawChart", () => {
  it("puts powers of ten at equal distances, and larger values higher", () => {
    const [a, b, c] = points(drawChart(chart()));
    assert.ok(a && b && c);
    assert.ok(Math.abs(c.x - b.x - (b.x - a.x)) < 0.2);
    assert.ok(b.y < c.y && c.y < a.y);
  });

  it("keeps every point inside the picture", () => {
    const svg = drawChart(chart({ lines: [{ name: "post", ys: [0, 1e9, 0.001] }] }));
    for (const { x, y } of points(svg)) assert.ok(x >= 0 && x <= 760 && y >= 0 && y <= 340, `${x}, ${y}`);
  });

  it("draws lines that are all zero, and a single point", () => {
    assert.doesNotMatch(drawChart(chart({ lines: [{ name: "post", ys: [0, 0, 0] }] })), /NaN|Infinity/);
    assert.doesNotMatch(drawChart(chart({ xs: [10], lines: [{ name: "post", ys: [7] }] })), /NaN|Infinity/);
  });

  it("keeps the names of lines that end at the same height apart", () => {
    const svg = drawChart(chart({ lines: ["a", "b", "c"].map((name) => ({ name, ys: [50, 50, 50] })) }));
    const heights = Array.from(svg.matchAll(/y="([\d.]+)" class="label/g), ([, y]) => Number(y)).sort((a, b) => a - b);
    assert.equal(heights.length, 3);
    for (const [i, height] of heights.slice(1).entries()) assert.ok(height - (heights[i] ?? 0) >= 14);
  });

  it("follows the reader's scheme, and lets no text end the markup", () => {
    const svg = drawChart(chart({ title: 'a < b & "c"' }));
    assert.match(svg, /prefers-color-scheme:dark/);
    assert.match(svg, /a &lt; b &amp; &quot;c&quot;/);
  });
});
