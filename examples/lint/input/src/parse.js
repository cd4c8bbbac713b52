export function parsePrice(text) {
  let pattern = new RegExp("\\s*(\\d+)\\.(\\d\\d)\\s*");
  let match = pattern.exec(text);
  if (match === null) return NaN;
  switch (match.length) {
    case 3:
      const cents = parseInt(match[1]) * 100 + parseInt(match[2]);
      return cents;
    default:
      throw new Error("A price has two parts, not " + match.length);
  }
}

export function isPrice(text) {
  return parsePrice(text) !== NaN;
}
