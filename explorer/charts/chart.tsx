import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** One row of bars. */
export interface Series {
  name: string;
  /** A token of the style: its colour. */
  tone: "good" | "bad" | "wait" | "accent";
  values: readonly number[];
}

interface ChartProps {
  /** Said instead of the picture. */
  summary: string;
  /** The names below the bars. */
  labels: readonly string[];
  /** Stacked on each other, the first at the bottom. */
  series: readonly Series[];
}

/** How far two lines of the grid may be apart; what is counted has no halves. */
const wholeSteps = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000, 100_000];
const smallSteps = [0.0001, 0.001, 0.01, 0.1, 0.25, 0.5];

const HEIGHT = 220;
const NARROW = 480;

/** Draws stacked bars; the same numbers stand in a table below, for whoever cannot see them or wants to read them. */
export function Chart({ summary, labels, series }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    let plot = draw(element, { labels, series });
    const again = () => {
      plot.destroy();
      plot = draw(element, { labels, series });
    };
    const observer = new ResizeObserver(() => plot.width !== element.clientWidth && again());
    observer.observe(element);
    window.addEventListener("schemechange", again);
    return () => {
      observer.disconnect();
      window.removeEventListener("schemechange", again);
      plot.destroy();
    };
  }, [labels, series]);
  return (
    <figure className="chart">
      <div ref={place} role="img" aria-label={summary} />
      <details>
        <summary>The numbers</summary>
        <NumberTable summary={summary} labels={labels} series={series} />
      </details>
    </figure>
  );
}

function NumberTable({ summary, labels, series }: ChartProps) {
  return (
    <table className="table">
      <caption className="unseen">{summary}</caption>
      <thead>
        <tr>
          <th scope="col" />
          {series.map(({ name }) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((label, i) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {series.map(({ name, values }) => (
              <td key={name} className="number">
                {values[i]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function draw(element: HTMLElement, { labels, series }: Pick<ChartProps, "labels" | "series">): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (token: string) => style.getPropertyValue(`--${token}`).trim();
  const stacked = stack(series);
  const font = `12px ${colour("sans")}`;
  const axis = { stroke: colour("muted"), font, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  const width = Math.max(120, element.clientWidth);
  const most = width < NARROW ? 4 : 8;
  const every = Math.max(1, Math.ceil(labels.length / most));
  const options: uPlot.Options = {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, labels.length - 0.4] }, y: { range: (_, __, top) => [0, top > 0 ? top * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        splits: () => labels.map((_, i) => i).filter((i) => i % every === 0),
        values: (_, at) => at.map((i) => labels[i] ?? ""),
      },
      {
        ...axis,
        size: 56,
        incrs: series.every(({ values }) => values.every(Number.isInteger)) ? wholeSteps : [...smallSteps, ...wholeSteps],
      },
    ],
    series: [
      {},
      ...stacked.map(({ tone }) => ({
        fill: colour(`${tone}-fill`) || colour(tone),
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars?.({ size: [0.7, 56], radius: 0.08 }) as uPlot.Series.PathBuilder,
      })),
    ],
  };
  return new uPlot(options, [labels.map((_, i) => i), ...stacked.map(({ values }) => [...values])], element);
}

/** Adds up from the bottom; the tallest is drawn first, so that the others stand before it. */
function stack(series: readonly Series[]): Series[] {
  const sums: number[] = [];
  const stacked = series.map((one) => ({
    ...one,
    values: one.values.map((value, i) => {
      sums[i] = (sums[i] ?? 0) + value;
      return sums[i] ?? 0;
    }),
  }));
  return stacked.reverse();
}

/** Says which colour is what. */
export function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="legend">
      {series.map(({ name, tone }) => (
        <li key={name}>
          <span className={`swatch swatch-${tone}`} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}
