import assert from "node:assert/strict";
import type { Task, TaskEvent } from "@parity-protocol/sdk";
import { append, bounded, contiguous, countTasks, type Segment } from "../../../explorer/ledger/segment.ts";

const segment = (fromBlock: number, toBlock: number, { events = 1, tasks = 1 } = {}): Segment => ({
  fromBlock: BigInt(fromBlock),
  toBlock: BigInt(toBlock),
  toHash: `0x${String(toBlock).padStart(64, "0")}`,
  events: Array.from({ length: events }, () => ({}) as TaskEvent),
  tasks: Array.from({ length: tasks }, () => ({}) as Task),
});
const ranges = (segments: readonly Segment[]) => segments.map(({ fromBlock, toBlock }) => [Number(fromBlock), Number(toBlock)]);

describe("the kept segments of a chain", () => {
  it("join while they are small, under the newer block's hash", () => {
    const [joined, ...others] = append([segment(1, 10)], segment(11, 12));
    assert.deepEqual(others, []);
    assert.deepEqual(ranges([joined as Segment]), [[1, 12]]);
    assert.equal(joined?.toHash, segment(11, 12).toHash);
    assert.equal(joined?.events.length, 2);
  });

  it("stay apart once they are large", () => {
    assert.deepEqual(ranges(append([segment(1, 10, { events: 500 })], segment(11, 12))), [
      [1, 10],
      [11, 12],
    ]);
  });

  it("lose the oldest once enough tasks are left without them, and never all", () => {
    const segments = [segment(1, 1, { tasks: 5 }), segment(2, 2, { tasks: 5 }), segment(3, 3, { tasks: 5 })];
    assert.equal(countTasks(bounded(segments, 10)), 10);
    assert.equal(countTasks(bounded(segments, 11)), 15);
    assert.deepEqual(ranges(bounded(segments, 0)), [[3, 3]]);
  });

  it("are used only from the last gap on, in whatever order they come", () => {
    assert.deepEqual(ranges(contiguous([segment(21, 30), segment(1, 9), segment(11, 20)])), [
      [11, 20],
      [21, 30],
    ]);
    assert.deepEqual(contiguous([]), []);
  });
});
