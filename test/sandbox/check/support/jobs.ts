import type { CauseName, Place } from "@parity-protocol/sandbox";
import type { CheckedJob } from "./check-lab.ts";

/** A job whose output depends on one thing, and what a check is to say of it. */
export interface CausedJob extends CheckedJob {
  causes: readonly CauseName[];
  /** The least demanding place where its output is the same. */
  safe: Place;
}

const strict = (cause: CauseName, job: CheckedJob): CausedJob => ({ ...job, causes: [cause], safe: "strict@1" });
const standard = (cause: CauseName, job: CheckedJob): CausedJob => ({ ...job, causes: [cause], safe: "standard@1" });

const race = `import os, threading
order = []
def work(n):
    for _ in range(4):
        os.stat("/")
        order.append(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print(order)`;

const deadline = `import time
end, turns = time.monotonic() + 0.002, 0
while time.monotonic() < end: turns += 1
print(turns)`;

/** 24 jobs, one cause each (a uuid of version 1 is made of two). */
export const causedJobs: Readonly<Record<string, CausedJob>> = {
  "hash order": standard("hash-order", { python: 'print({"ash", "elm", "fir", "oak", "yew", "box", "bay"})' }),
  random: strict("randomness", { python: "import random; print(random.random())" }),
  "date.today": strict("date", { python: "import datetime; print('built', datetime.date.today())" }),
  time_ns: strict("time-stamp", { python: "import time; print(time.time_ns())" }),
  "deadline loop": strict("duration", { python: deadline }),
  "id()": strict("addresses", { python: "print(id(object()))" }),
  listdir: strict("directory-order", { python: "import os; print(os.listdir('/names'))" }),
  "cpu count": standard("cpu-count", { python: "import os; print(os.cpu_count())" }),
  "BLAS threads": standard("thread-count", { command: ["/sums"] }),
  "physical pages": strict("memory-size", { python: "import os; print(os.sysconf('SC_PHYS_PAGES'))" }),
  uname: strict("kernel", { shell: "uname -r" }),
  stat: strict("file-numbers", { shell: "stat -c %i /bin/busybox" }),
  getpid: strict("process-numbers", { python: "import os; print(os.getpid())" }),
  hostname: standard("host-name", { shell: "hostname" }),
  HOME: standard("home", { shell: "echo $HOME" }),
  TZ: standard("time-zone", { shell: "date -d @0" }),
  locale: standard("locale", { python: "import locale; print(locale.setlocale(locale.LC_CTYPE, ''))" }),
  "mtime in a tar": strict("file-times", { shell: "echo x > /tmp/x; tar c -C /tmp x > /output/x.tar" }),
  "memory limit": strict("memory-size", { shell: "free | head -2 | tail -1" }),
  libm: standard("cpu-features", { python: "import math; print([math.sin(n * 0.7) * math.exp(n / 9) for n in range(4000)])" }),
  uuid1: { python: "import uuid; print(uuid.uuid1())", causes: ["time-stamp", "randomness"], safe: "strict@1" },
  "temp-file names": strict("randomness", { python: "import tempfile; print(tempfile.mkstemp()[1])" }),
  race: strict("scheduling", { python: race }),
  environment: standard("environment", {
    python: "import os; print([n for n in sorted(os.environ) if n in ('USER', 'TERM', 'SHELL', 'LOGNAME')])",
  }),
};

/** Jobs whose output is the same everywhere, some of which use what differs and do not show it. */
export const pureJobs: Readonly<Record<string, CheckedJob>> = {
  "a hash": { shell: "sha256sum /bin/busybox" },
  "a sort of the input": { shell: "sort /input/text", input: { text: "pear\nfig\nplum\napple\n" } },
  "a sorted listing": { python: "import os; print(sorted(os.listdir('/names')))" },
  "prime numbers": { python: "print([n for n in range(2, 3000) if all(n % d for d in range(2, int(n ** 0.5) + 1))])" },
  "JSON with sorted keys": { python: "import json; print(json.dumps({w: len(w) for w in {'ash', 'oak', 'yew'}}, sort_keys=True))" },
  "a seeded generator": { python: "import random; print([random.Random(7).random() for _ in range(9)])" },
  "threads whose results are put in order": {
    python: "from concurrent.futures import ThreadPoolExecutor as P\nprint(list(P(4).map(lambda n: n * n, range(30))))",
  },
  "a sleep, and the time on stderr": { python: "import sys, time; time.sleep(0.05); print(time.time(), file=sys.stderr); print('done')" },
  "a temporary file with a name that is not shown": {
    python: "import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.write(b'kept'); f.seek(0); print(f.read())",
  },
  "files, folders and an exit of a child": { shell: "mkdir /output/a; (echo 1 > /output/a/b; exit 3); echo $? > /output/c" },
};
