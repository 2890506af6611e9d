# sqlite3: a database of a hundred thousand rows with indices, joins and a vacuum.
# needs: sqlite3
# on it: sqlite3
sqlite3 base.db <<'SQL'
PRAGMA journal_mode = WAL;
CREATE TABLE t(id INTEGER PRIMARY KEY, k TEXT, v BLOB, n REAL);
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000)
INSERT INTO t SELECT x, printf('key-%d', x * 7919 % 10007), zeroblob(x % 300), x / 3.0 FROM c;
CREATE INDEX i ON t(k, n);
SELECT count(*), sum(length(v)), round(avg(n), 3) FROM t;
SELECT k, count(*), max(n) FROM t GROUP BY k ORDER BY 2 DESC, 1 LIMIT 20;
SELECT count(*) FROM t a JOIN t b ON a.k = b.k AND a.id < b.id;
UPDATE t SET v = hex(id) WHERE id % 3 = 0;
DELETE FROM t WHERE id % 5 = 0;
SELECT group_concat(k) FROM (SELECT DISTINCT k FROM t ORDER BY k LIMIT 50);
SELECT sum(x) FROM (SELECT row_number() OVER (PARTITION BY k ORDER BY n) AS x FROM t);
VACUUM;
PRAGMA integrity_check;
SQL
sqlite3 base.db .dump | sha256sum
