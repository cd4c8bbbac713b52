export interface Bar {
  height: number;
  label: string;
  text: string;
}

export interface Size {
  width: number;
  height: number;
}

const svgNamespace = "http://www.w3.org/2000/svg";
const gap = 6;
const labelHeight = 24;

/** Draws one bar for each value, the highest as high as there is room. */
export function drawBars(bars: readonly Bar[], { width, height }: Size): SVGSVGElement {
  const chart = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  const highest = Math.max(...bars.map((bar) => bar.height), 1);
  const step = width / Math.max(bars.length, 1);
  bars.forEach((bar, i) => {
    const tall = (bar.height / highest) * (height - labelHeight);
    const box = element("rect", { x: i * step, y: height - labelHeight - tall, width: step - gap, height: tall });
    box.append(titled(bar.text));
    const label = element("text", { x: i * step, y: height - 6 });
    label.append(bar.label);
    chart.append(box, label);
  });
  return chart;
}

function titled(text: string): SVGTitleElement {
  const title = element("title", {});
  title.append(text);
  return title;
}

function element<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number>): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`);
  return made;
}
