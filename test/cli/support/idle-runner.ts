// Stands for a runner where a test needs a network but nobody to work on it.
process.stdout.write("Runner started\n");
const alive = setInterval(() => {}, 60_000);
process.on("SIGTERM", () => clearInterval(alive));
