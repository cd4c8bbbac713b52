import type { Hex } from "@parity-protocol/sdk";

/** Which tasks a list shows. */
export const taskFilters = ["all", "live", "accepted", "void", "dead", "no-gate"] as const;

export type TaskFilter = (typeof taskFilters)[number];

/** Where in the page one is. It stands behind the `#`, so that any static host serves every address. */
export type Route =
  | { page: "tasks"; filter: TaskFilter; search: string; sheet: number }
  | { page: "task"; taskId: Hex }
  | { page: "runners" }
  | { page: "runner"; identity: Hex }
  | { page: "network" }
  | { page: "post"; jobHash?: Hex }
  | { page: "settings" }
  | { page: "unknown"; address: string };

const word = /^0x[0-9a-f]{64}$/;
const MAX_SEARCH_LENGTH = 100;
const MAX_SHEET = 100_000;

/** Reads an address. It may have been written by anyone, in a link: whatever is not known is `unknown`. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [page = "", id = "", ...rest] = path.replace(/^\/+|\/+$/g, "").split("/");
  const unknown = { page: "unknown", address: path.slice(0, MAX_SEARCH_LENGTH) } as const;
  if (rest.length > 0) return unknown;
  const isWord = (text: string): text is Hex => word.test(text);
  if (page === "tasks" || page === "")
    return id === "" ? tasksRoute(new URLSearchParams(query)) : isWord(id) ? { page: "task", taskId: id } : unknown;
  if (page === "runners") return id === "" ? { page } : isWord(id) ? { page: "runner", identity: id } : unknown;
  if (page === "post") return isWord(id) ? { page, jobHash: id } : { page };
  return page === "network" || page === "settings" ? { page } : unknown;
}

function tasksRoute(query: URLSearchParams): Route {
  const filter = taskFilters.find((name) => name === query.get("show")) ?? "all";
  const sheet = Number(query.get("sheet") ?? 1);
  const isSheet = Number.isInteger(sheet) && sheet >= 1 && sheet <= MAX_SHEET;
  return { page: "tasks", filter, search: (query.get("search") ?? "").slice(0, MAX_SEARCH_LENGTH), sheet: isSheet ? sheet : 1 };
}

/** Writes the address of a place in the page. */
export function addressOf(route: Route): string {
  switch (route.page) {
    case "tasks":
      return `#/tasks${queryOf(route)}`;
    case "task":
      return `#/tasks/${route.taskId}`;
    case "runner":
      return `#/runners/${route.identity}`;
    case "post":
      return route.jobHash ? `#/post/${route.jobHash}` : "#/post";
    case "unknown":
      return "#/tasks";
    case "runners":
    case "network":
    case "settings":
      return `#/${route.page}`;
  }
}

/** The list without any filter. */
export const allTasks: Route = { page: "tasks", filter: "all", search: "", sheet: 1 };

function queryOf({ filter, search, sheet }: Extract<Route, { page: "tasks" }>): string {
  const query = new URLSearchParams();
  if (filter !== "all") query.set("show", filter);
  if (search !== "") query.set("search", search);
  if (sheet > 1) query.set("sheet", String(sheet));
  return query.size > 0 ? `?${query}` : "";
}
