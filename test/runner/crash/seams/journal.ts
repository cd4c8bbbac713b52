import { DatabaseSync, StatementSync } from "node:sqlite";
import { cross } from "../boundary.ts";

// Bound again at each call.
const run = Reflect.get(StatementSync.prototype, "run") as (this: StatementSync, ...values: unknown[]) => never;
const exec = Reflect.get(DatabaseSync.prototype, "exec") as (this: DatabaseSync, sql: string) => void;

StatementSync.prototype.run = function (this: StatementSync, ...values: unknown[]) {
  return between(this.sourceSQL, () => run.apply(this, values));
};

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  return between(sql, () => exec.call(this, sql));
};

function between<T>(sql: string, act: () => T): T {
  const label = labelOf(sql);
  if (label === undefined) return act();
  cross(`before journal ${label}`);
  const result = act();
  cross(`after journal ${label}`);
  return result;
}

/** Names a write by its table, and an update by its column as well; nothing for what writes nothing. */
function labelOf(sql: string): string | undefined {
  const text = sql.trim();
  if (/^BEGIN IMMEDIATE;.*CREATE/s.test(text)) return "create";
  if (text === "COMMIT") return "commit";
  const [, table, column] = /^(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) (\w+)(?: SET (\w+))?/.exec(text) ?? [];
  if (table === undefined) return undefined;
  return column === undefined ? table : `${table}.${column}`;
}
