// V8 brings its own mathematics.
let [text, sum] = ["", 0];
for (let step = 1; step < 4000; step++) {
  const x = step * 0.0137;
  for (const name of ["sin", "cos", "tan", "exp", "log", "atan", "sinh", "cbrt", "expm1", "sqrt"]) sum += Math[name](x / 7);
  sum += x ** 1.37;
  text += sum;
}
process.stdout.write(`${require("node:crypto").createHash("sha256").update(text).digest("hex")}\n`);
