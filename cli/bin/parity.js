#!/usr/bin/env node
// biome-ignore-all lint/style/useNodejsImportProtocol: a Node that is too old knows no node: prefix.
// Starts cli/main.ts. Written so that a Node of any age can parse it and say what is missing.
"use strict";

var childProcess = require("child_process");
var fs = require("fs");
var os = require("os");
var path = require("path");

var project = path.resolve(__dirname, "..", "..");
var projectNode = path.join(project, ".parity", "node", "bin", "node");
var main = path.join(project, "cli", "main.ts");

function isNewEnough(version) {
  var parts = version.split(".").map(Number);
  return parts[0] > 22 || (parts[0] === 22 && parts[1] >= 18); // .ts files run without a flag from here on
}

function runUnderProjectNode() {
  // The channel tells main.ts when this process dies, however it dies.
  var child = childProcess.spawn(projectNode, [main].concat(process.argv.slice(2)), { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  function forward(signal) {
    process.on(signal, () => {
      // A terminal sends its Ctrl-C to both processes.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  ["SIGINT", "SIGTERM", "SIGHUP"].forEach(forward);
  child.on("error", (error) => {
    process.stderr.write(`parity: ${projectNode} does not start (${error.message}). Run scripts/setup again.\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    process.exit(signal ? 128 + os.constants.signals[signal] : code);
  });
}

function runHere() {
  // Types are stripped and scripts compiled once, not at every start; where the folder cannot be written, as before.
  require("module").enableCompileCache(path.join(project, ".parity", "compile-cache"));
  require(main);
}

if (isNewEnough(process.versions.node)) runHere();
else if (fs.existsSync(projectNode)) runUnderProjectNode();
else {
  process.stderr.write(
    "parity needs Node.js 22.18 or newer; this is " +
      process.version +
      ".\nRun scripts/setup in " +
      project +
      ", which installs one for this project, or install it from https://nodejs.org.\n",
  );
  process.exit(1);
}
