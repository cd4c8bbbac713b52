import assert from "node:assert/strict";
import { guardedFetch, isInsideAddress } from "../../../runner/execution/guarded-fetch.ts";

describe("guardedFetch", () => {
  const inside = [
    "127.0.0.1",
    "127.255.0.3",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "64:ff9b::7f00:1",
    "not an address",
  ];
  const outside = ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"];
  for (const address of inside) it(`takes ${address} for an inside address`, () => assert.equal(isInsideAddress(address), true));
  for (const address of outside) it(`takes ${address} for an outside address`, () => assert.equal(isInsideAddress(address), false));

  for (const url of [
    "http://127.0.0.1:1/",
    "http://[::1]:1/",
    "http://localhost:1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::ffff:127.0.0.1]/",
  ])
    it(`does not connect to ${url}`, async () => {
      await assert.rejects(guardedFetch(url), { code: "LOCATION_REFUSED" });
    });
});
