import { DuckDBInstance } from "@duckdb/node-api";

// As many threads as there are CPUs, sums of floating-point numbers, and rows in the order in which the threads are done.
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const reader = await connection.runAndReadAll(`
  SELECT n % 7 AS station, sum(sin(n) * 0.1) AS rain
  FROM range(2000000) AS numbers(n) GROUP BY station
`);
for (const row of reader.getRows()) console.log(row.join("\t"));
