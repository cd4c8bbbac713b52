import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

// One thread: rows keep their order. The memory is told, not asked of the machine.
const settings = { threads: "1", memory_limit: "256MB", temp_directory: "/tmp", autoinstall_known_extensions: "false" };
const database = await DuckDBInstance.create(":memory:", settings);
const connection = await database.connect();
await connection.run(readFileSync("/input/query.sql", "utf8"));
const { columnNames, rows } = await read(connection, "SELECT * FROM totals ORDER BY station");
console.log(columnNames.join("\t"));
for (const row of rows) console.log(row.join("\t"));

async function read(connection, sql) {
  const reader = await connection.runAndReadAll(sql);
  return { columnNames: reader.columnNames(), rows: reader.getRows() };
}
