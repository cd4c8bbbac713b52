import assert from "node:assert/strict";
import { addressOf, parseRoute, type Route } from "../../../explorer/routing/route.ts";

const word = `0x${"ab".repeat(32)}` as const;

describe("an address of the page", () => {
  for (const route of [
    { page: "tasks", filter: "all", search: "", sheet: 1 },
    { page: "tasks", filter: "no-gate", search: "0x12 & <b>", sheet: 3 },
    { page: "task", taskId: word },
    { page: "runners" },
    { page: "runner", identity: word },
    { page: "network" },
    { page: "post" },
    { page: "post", jobHash: word },
    { page: "settings" },
  ] satisfies Route[])
    it(`leads back to ${route.page} from ${addressOf(route).slice(0, 40)}`, () => assert.deepEqual(parseRoute(addressOf(route)), route));

  for (const hash of ["#/tasks/0x12", "#/nowhere", "#/tasks/a/b", "#/runners/<img>", "#/network/x/y"])
    it(`is unknown: ${hash}`, () => assert.equal(parseRoute(hash).page, "unknown"));

  it("falls back to what there is where a filter or a sheet is nonsense", () => {
    const expected = { page: "tasks", filter: "all", search: "x", sheet: 1 };
    assert.deepEqual(parseRoute("#/tasks?show=__proto__&search=x&sheet=-1e9"), expected);
    assert.deepEqual(parseRoute(""), { ...expected, search: "" });
  });
});
