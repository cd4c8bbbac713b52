import type { Chart } from "./results.ts";

const size = { width: 760, height: 340, left: 76, right: 190, top: 44, bottom: 52 };
/** Light and dark; each pair is readable on its ground. */
const inks = [
  ["#3b4cc0", "#a4b0ff"],
  ["#136c3d", "#66d69a"],
  ["#b3231b", "#ff9189"],
  ["#7d5300", "#f2c063"],
  ["#6b2fa0", "#d0a2f7"],
  ["#0b6a78", "#63d3e3"],
] as const;
const labelHeight = 15;

/** Draws lines over a logarithmic axis, as an SVG that follows the reader's light or dark scheme. Pure. */
export function drawChart({ title, xLabel, yLabel, xs, lines }: Chart): string {
  const frame = frameOf(
    xs,
    lines.flatMap(({ ys }) => ys),
  );
  const texts = [
    `<text x="${size.left}" y="22" class="title">${escaped(title)}</text>`,
    `<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 12}" class="faint" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text x="12" y="22" class="faint">${escaped(yLabel)}</text>`,
  ];
  const labels = apart(lines.map(({ ys }) => frame.y(ys.at(-1) ?? 0)));
  const drawn = lines.map(({ name, ys }, i) => lineOf({ name, ys, xs, tone: i % inks.length, labelY: labels[i] ?? 0 }, frame));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escaped(title)}">
<style>${style()}</style>
<rect width="100%" height="100%" class="ground"/>
${[...texts, ...gridOf(xs, frame), ...drawn].join("\n")}
</svg>
`;
}

interface Frame {
  x: (value: number) => number;
  y: (value: number) => number;
  yTicks: readonly number[];
}

function frameOf(xs: readonly number[], values: readonly number[]): Frame {
  const [first, last] = [Math.log10(xs[0] ?? 1), Math.log10(xs.at(-1) ?? 10)];
  const yTicks = ticksTo(Math.max(...values));
  const top = yTicks.at(-1) ?? 1;
  const [width, height] = [size.width - size.left - size.right, size.height - size.top - size.bottom];
  return {
    x: (value) => round(size.left + ((Math.log10(value) - first) / (last - first || 1)) * width),
    y: (value) => round(size.top + (1 - value / top) * height),
    yTicks,
  };
}

/** From zero to the first that is not below the largest, in steps of 1, 2 or 5 times a power of ten. */
function ticksTo(largest: number): number[] {
  const rough = (largest || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil((largest || 1) / step) + 1 }, (_, i) => i * step);
}

function gridOf(xs: readonly number[], { x, y, yTicks }: Frame): string[] {
  const right = size.width - size.right;
  const across = yTicks.flatMap((tick) => [
    `<line x1="${size.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" class="grid"/>`,
    `<text x="${size.left - 8}" y="${y(tick) + 4}" class="faint" text-anchor="end">${shown(tick)}</text>`,
  ]);
  const below = xs.map(
    (value) => `<text x="${x(value)}" y="${size.height - size.bottom + 18}" class="faint" text-anchor="middle">${shown(value)}</text>`,
  );
  return [...across, ...below];
}

interface Line {
  name: string;
  xs: readonly number[];
  ys: readonly number[];
  tone: number;
  labelY: number;
}

function lineOf({ name, xs, ys, tone, labelY }: Line, { x, y }: Frame): string {
  const points = ys.map((value, i) => ({ x: x(xs[i] ?? 1), y: y(value) }));
  const dots = points.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="3.5" class="dot${tone}"/>`);
  const label = `<text x="${size.width - size.right + 12}" y="${round(labelY + 4)}" class="label${tone}">${escaped(name)}</text>`;
  return [`<polyline points="${points.map((point) => `${point.x},${point.y}`).join(" ")}" class="line${tone}"/>`, ...dots, label].join(
    "\n",
  );
}

/** Moves labels down where they would lie on each other, keeping their order. */
function apart(heights: readonly number[]): number[] {
  const order = [...heights.keys()].sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    last = Math.max(heights[i] ?? 0, last + labelHeight);
    placed[i] = last;
  }
  return placed;
}

function style(): string {
  const tones = (which: 0 | 1) =>
    inks.map((pair, i) => `.line${i}{stroke:${pair[which]};fill:none;stroke-width:2}.dot${i},.label${i}{fill:${pair[which]}}`).join("");
  const scheme = (ground: string, ink: string, rest: { faint: string; grid: string }) =>
    `.ground{fill:${ground}}.title{fill:${ink};font-weight:600;font-size:15px}.faint{fill:${rest.faint}}.grid{stroke:${rest.grid}}`;
  const light = scheme("#ffffff", "#1a1c21", { faint: "#5a606b", grid: "#e2e2dc" }) + tones(0);
  const dark = scheme("#171a20", "#e9eaee", { faint: "#a1a8b4", grid: "#2a2f38" }) + tones(1);
  return `text{font:13px ui-sans-serif,system-ui,sans-serif}${light}@media (prefers-color-scheme:dark){${dark}}`;
}

function shown(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
