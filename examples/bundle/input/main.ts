import { drawBars } from "./chart.ts";
import { inMillimetres, monthName } from "./format.ts";
import drop from "./drop.svg";
import rain from "./rain.json";
import "./page.css";

const icon = document.createElement("img");
icon.src = drop;
icon.alt = "";

const heading = document.createElement("h1");
heading.append(icon, `Rain in ${rain.place}, ${rain.year}`);

const bars = rain.millimetres.map((height, month) => ({ height, label: monthName(month), text: inMillimetres(height) }));
document.body.append(heading, drawBars(bars, { width: 720, height: 320 }));
