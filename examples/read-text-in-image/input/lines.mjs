const darkest = 140; // of 255: what is darker is ink
const leastHeight = 8;

/** Finds the lines of a page of dark text on a light ground: runs of rows with ink in them. */
export function findLines({ width, height, data }) {
  const isInk = (x, y) => data[(y * width + x) * 4 + 1] < darkest;
  const columns = Array.from({ length: width }, (_, x) => x);
  const inked = Array.from({ length: height }, (_, y) => columns.some((x) => isInk(x, y)));
  const lines = [];
  for (let top = 0; top < height; top++) {
    if (!inked[top]) continue;
    let bottom = top;
    while (inked[bottom + 1]) bottom++;
    if (bottom - top >= leastHeight) lines.push(within({ top, bottom }));
    top = bottom;
  }
  return lines;

  function within({ top, bottom }) {
    const rows = Array.from({ length: bottom - top + 1 }, (_, i) => top + i);
    const filled = columns.filter((x) => rows.some((y) => isInk(x, y)));
    const margin = 4;
    return {
      top: Math.max(0, top - margin),
      bottom: Math.min(height - 1, bottom + margin),
      left: Math.max(0, filled[0] - margin),
      right: Math.min(width - 1, filled.at(-1) + margin),
    };
  }
}
