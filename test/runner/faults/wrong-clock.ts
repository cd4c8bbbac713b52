// Loaded with `node --import` before a runner's program: the host's clock is some minutes off.
const offMs = Number(process.env.CLOCK_OFF_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args: [] | [number]) {
    super(...((args.length === 0 ? [RealDate.now() + offMs] : args) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offMs;
  }
} as DateConstructor;
