-- Rain is counted in tenths, exactly: sums of DOUBLE depend on the order in which they are added.
CREATE TABLE readings AS
  SELECT * FROM read_csv('/input/readings.csv', columns = {
    'station': 'VARCHAR', 'day': 'DATE', 'celsius': 'DECIMAL(4, 1)', 'millimetres': 'DECIMAL(6, 1)'
  });

CREATE TABLE totals AS
  SELECT station, count(*) AS days, sum(millimetres) AS rain, round(avg(celsius), 3) AS mean, max(celsius) AS warmest
  FROM readings GROUP BY station;

COPY (SELECT * FROM readings ORDER BY station, day) TO '/output/readings.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM totals ORDER BY station) TO '/output/totals.csv' (HEADER);
