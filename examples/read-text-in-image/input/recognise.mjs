const modelHeight = 48;

/** Cuts a line out of a page and scales it (bilinear) to what the model takes: three planes of numbers from -1 to 1. */
export function toTensor(page, { top, bottom, left, right }) {
  const scale = (bottom - top + 1) / modelHeight;
  const width = Math.ceil((right - left + 1) / scale);
  const plane = modelHeight * width;
  const data = new Float32Array(3 * plane);
  for (let y = 0; y < modelHeight; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        const at = { x: Math.min(left + x * scale, right), y: Math.min(top + y * scale, bottom) };
        data[channel * plane + y * width + x] = (sample(page, at, 2 - channel) / 255 - 0.5) / 0.5;
      }
  return { data, dims: [1, 3, modelHeight, width] };
}

function sample({ width, height, data }, { x, y }, channel) {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const at = (column, row) => data[(Math.min(row, height - 1) * width + Math.min(column, width - 1)) * 4 + channel];
  const mix = (a, b, share) => a + (b - a) * share;
  return mix(mix(at(x0, y0), at(x0 + 1, y0), x - x0), mix(at(x0, y0 + 1), at(x0 + 1, y0 + 1), x - x0), y - y0);
}

/** Reads a model's answer (CTC): the likeliest letter of each column, repetitions and blanks left out. */
export function decode({ data, dims }, letters) {
  const [, columns, classes] = dims;
  let [text, last, sum, count] = ["", 0, 0, 0];
  for (let column = 0; column < columns; column++) {
    const scores = data.subarray(column * classes, (column + 1) * classes);
    const best = scores.reduce((best, score, i) => (score > scores[best] ? i : best), 0);
    if (best !== 0 && best !== last) {
      text += letters[best];
      sum += scores[best];
      count++;
    }
    last = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}
