import { measureArchive } from "./archive.ts";
import { measureGas } from "./gas.ts";
import { measureGrowth } from "./growth.ts";
import { measureJobs } from "./jobs.ts";
import { measureNetwork } from "./network.ts";
import type { BenchPart } from "./part.ts";
import { measureStore } from "./store.ts";
import { measurePace } from "./throughput.ts";

/** Every part by its name, in the order of the page. */
export const benchParts: Readonly<Record<string, BenchPart>> = {
  jobs: { heading: "The examples in the sandbox, made to removed", measure: measureJobs },
  network: { heading: "What the network adds to a job", measure: measureNetwork },
  throughput: { heading: "Throughput and memory of a runner", measure: measurePace },
  archive: { heading: "Image archives", measure: measureArchive },
  store: { heading: "The store", measure: measureStore },
  gas: { heading: "Gas", measure: measureGas },
  growth: { heading: "Growth with the number of tasks", measure: measureGrowth },
};
