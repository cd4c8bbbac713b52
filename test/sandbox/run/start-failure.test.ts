import assert from "node:assert/strict";
import { startFailureIn, startFailureOf } from "../../../sandbox/run/start-failure.ts";

const runc = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ";

describe("startFailureOf", () => {
  const jobs: [message: string, exitCode: number][] = [
    [`${runc}exec: "/nope": stat /nope: no such file or directory: unknown`, 127],
    [`${runc}exec: "nope": executable file not found in $PATH: unknown`, 127],
    [`${runc}error during container init: exec: "nope": executable file not found in $PATH: unknown`, 127],
    [
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "nope": executable file not found in $PATH: unknown',
      127,
    ],
    [`${runc}exec: "/bin": permission denied: unknown`, 126],
    [`${runc}chdir to cwd ("/root") set in config.json failed: permission denied: unknown`, 126],
    ["Cannot mkdir: /plain is not a directory", 126],
    ["source /var/lib/docker/overlay2/x/merged/input is not directory", 126],
  ];
  for (const [message, exitCode] of jobs)
    it(`blames the job for ${JSON.stringify(message.slice(-60))}`, () => assert.equal(startFailureOf(message)?.exitCode, exitCode));

  const engines = [
    'failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error: exec: "runc": executable file not found in $PATH: unknown',
    `${runc}error during container init: error setting cgroup config for procHooks process: permission denied: unknown`,
    `${runc}error mounting "/x" to rootfs at "/input": mount /x: permission denied: unknown`,
    "no space left on device",
  ];
  for (const message of engines)
    it(`blames the engine for ${JSON.stringify(message.slice(-60))}`, () => assert.equal(startFailureOf(message), undefined));
});

describe("startFailureIn", () => {
  const inStderr = (text: string, exitCode = 1, stdoutBytes = 0) => startFailureIn(Buffer.from(text), { exitCode, stdoutBytes })?.exitCode;

  it("reads what the runtimes of several versions write", () => {
    assert.equal(inStderr("exec /bin/x: exec format error\n"), 126);
    assert.equal(inStderr("exec /bin/x: no such file or directory", 255), 127);
    assert.equal(inStderr("standard_init_linux.go:228: exec user process caused: exec format error\n"), 126);
    assert.equal(inStderr('standard_init_linux.go:211: exec user process caused "no such file or directory"\n'), 127);
  });

  it("leaves a job that ran alone", () => {
    assert.equal(inStderr("exec /bin/x: exec format error\n", 2), undefined);
    assert.equal(inStderr("exec /bin/x: exec format error\n", 1, 5), undefined);
    assert.equal(inStderr("error\nexec /bin/x: exec format error\n"), undefined);
    assert.equal(inStderr("exec /bin/x: something else\n"), undefined);
    assert.equal(inStderr(""), undefined);
  });
});
