/** The pattern has 5 x 5 fields, mirrored: 15 of them are free. */
const SIDE = 5;

/**
 * Draws a hash as a pattern, so that an eye sees which answers are equal before it reads a digit. Only a help: the digits decide.
 */
export function Fingerprint({ hash }: { hash: string }) {
  const cells = [...Array(SIDE * SIDE).keys()].filter((i) => isSet(hash, i));
  return (
    <svg className="fingerprint" viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden="true" focusable="false" shapeRendering="crispEdges">
      {cells.map((i) => (
        <rect key={i} x={i % SIDE} y={Math.floor(i / SIDE)} width="1" height="1" />
      ))}
    </svg>
  );
}

function isSet(hash: string, index: number): boolean {
  const [column, row] = [index % SIDE, Math.floor(index / SIDE)];
  const mirrored = Math.min(column, SIDE - 1 - column);
  const digit = Number.parseInt(hash[2 + row * 3 + mirrored] ?? "0", 16);
  return digit % 2 === 0;
}
