const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");

const workers = 4;

function collect() {
  const order = [];
  let left = workers;
  for (let index = 0; index < workers; index++) {
    const worker = new Worker(__filename, { workerData: index });
    worker.on("message", (message) => order.push(message));
    worker.on("exit", () => {
      left -= 1;
      if (left === 0) process.stdout.write(`${order.join(",")} ${Date.now()} ${Math.random()} ${performance.now()}\n`);
    });
  }
}

function work() {
  let sum = 0;
  for (let round = 0; round < 20; round++) {
    for (let step = 0; step < 1e4; step++) sum += Math.sqrt(step);
    parentPort.postMessage(`${workerData}:${round}:${Math.round(sum)}`);
  }
}

if (isMainThread) collect();
else work();
