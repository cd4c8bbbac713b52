import assert from "node:assert/strict";
import { Alarm } from "../../../runner/lifecycle/alarm.ts";
import { Lanes } from "../../../runner/lifecycle/lanes.ts";

const anHour = 3_600_000;

describe("alarm", () => {
  it("ends a rest that has begun", async () => {
    const alarm = new Alarm();
    const rest = alarm.rest(anHour);
    alarm.wake();
    await rest;
  });

  it("keeps a wake-up for the next rest, once", async () => {
    const alarm = new Alarm();
    alarm.wake();
    await alarm.rest(anHour);
    const second = alarm.rest(anHour);
    const first = await Promise.race([second.then(() => "woken"), Promise.resolve("resting")]);
    assert.equal(first, "resting");
    alarm.wake();
    await second;
  });

  it("forgets a wake-up that was taken into account", async () => {
    const alarm = new Alarm();
    alarm.wake();
    alarm.reset();
    const rest = alarm.rest(anHour);
    assert.equal(await Promise.race([rest.then(() => "woken"), Promise.resolve("resting")]), "resting");
    alarm.wake();
    await rest;
  });

  it("ends by itself", async () => {
    await new Alarm().rest(1);
  });
});

describe("lanes", () => {
  it("let so many act at a time, the others in their order, also after a failure", async () => {
    const lanes = new Lanes(2);
    const begun: number[] = [];
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const acts = gates.map((gate, i) =>
      lanes
        .run(async () => {
          begun.push(i);
          await gate.promise;
        })
        .catch((error: Error) => error.message),
    );
    await new Promise(setImmediate);
    assert.deepEqual(begun, [0, 1]);
    gates[1]?.reject(new Error("failed"));
    await acts[1];
    await new Promise(setImmediate);
    assert.deepEqual(begun, [0, 1, 2]);
    for (const gate of gates) gate.resolve();
    assert.deepEqual(await Promise.all(acts), [undefined, "failed", undefined, undefined, undefined]);
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  });
});
