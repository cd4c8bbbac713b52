import { createRequire } from "node:module";
import { cross } from "../boundary.ts";

interface Dialling {
  path: string;
  method: string;
  options?: { _query?: { name?: string }; _body?: { Name?: string } };
}
type Answered = (error: unknown, answer: unknown) => void;
interface Modem {
  prototype: { dial(this: unknown, call: Dialling, answered: Answered): void };
}

// The engine's client is no dependency of the tests: it is found where the sandbox finds it.
const fromSandbox = createRequire(new URL("../../../../sandbox/package.json", import.meta.url));
const modem = createRequire(fromSandbox.resolve("dockerode"))("docker-modem") as Modem;
const dial = Reflect.get(modem.prototype, "dial") as (this: unknown, call: Dialling, answered: Answered) => void;

modem.prototype.dial = function (call, answered) {
  const label = labelOf(call);
  if (label === undefined) return dial.call(this, call, answered);
  cross(`before engine ${label}`);
  return dial.call(this, call, (error, answer) => {
    if (!error) cross(`after engine ${label}`);
    answered(error, answer);
  });
};

/** Names a call that changes something, or that waits for the job, by what it is about: job, holder, input or output. */
function labelOf({ method, path, options }: Dialling): string | undefined {
  if (method === "HEAD" || (method === "GET" && !path.includes("/archive"))) return undefined;
  const about = /-(job|holder|input|output)\b/.exec(options?._query?.name ?? options?._body?.Name ?? path)?.[1];
  const place = path.replace(/\?.*$/, "").replace(/parity-[0-9a-f-]{36}-\w+|[0-9a-f]{64}|sha256:[0-9a-f]+/g, "*");
  return `${method} ${place}${about === undefined ? "" : ` ${about}`}`;
}
