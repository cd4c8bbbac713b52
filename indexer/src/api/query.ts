export const filters = ["all", "live", "accepted", "void", "dead", "no-gate"] as const;

export type Filter = (typeof filters)[number];

/** The most tasks on a sheet. */
const mostTasks = 100;

/** Which sheet of which tasks is asked for. */
export interface Query {
  filter: Filter;
  /** The beginning of a name, in lower case; "0x" for all, undefined where no name can begin so. */
  prefix: string | undefined;
  /** Unix seconds. */
  at: number;
  /** Counted from 1. */
  sheet: number;
  /** So many on a sheet. */
  tasks: number;
}

/** Reads a request's query; undefined where it is none. */
export function readQuery(read: (key: string) => string): Query | undefined {
  const number = (key: string, most: number) => (/^\d{1,12}$/.test(read(key)) ? Math.min(Number(read(key)), most) : Number.NaN);
  const filter = filters.find((each) => each === read("show"));
  const [at, sheet, tasks] = [number("at", 2 ** 40), number("sheet", 1e6), number("tasks", mostTasks)];
  if (!filter || !(at >= 0) || !(sheet >= 1) || !(tasks >= 1)) return undefined;
  const digits = read("search").toLowerCase().replace(/^0x/, "");
  return { filter, at, sheet, tasks, prefix: /^[0-9a-f]{0,64}$/.test(digits) ? `0x${digits}` : undefined };
}
