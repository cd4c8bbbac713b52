import type { ReactNode } from "react";

/** A column by its heading; numbers stand at the right. */
export type Column = string | { number: string };

/** A table of facts. On a phone each row becomes a card, whose cells are named by their `data-name`. */
export function Table({
  caption,
  columns,
  kind,
  children,
}: {
  caption: string;
  columns: readonly Column[];
  kind?: "committee";
  children: ReactNode;
}) {
  return (
    <table className={kind ? `table table-cards ${kind}` : "table table-cards"}>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) =>
            typeof column === "string" ? (
              <th key={column} scope="col">
                {column}
              </th>
            ) : (
              <th key={column.number} scope="col" className="number">
                {column.number}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
