# PostgreSQL: a cluster made, pgbench on the loopback, queries, a dump.
# needs: initdb postgres psql pgbench pg_dump
# on it: initdb postgres psql pgbench pg_dump
# It refuses to run as root: then it runs as nobody.
as() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
    mkdir own && chown nobody own && cd own || exit
    # The loader's notes about a process are in one file, which must not be root's.
    as() { (
        unset LD_DEBUG
        exec setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups -- env LD_DEBUG=files "$@"
    ); }
fi
export PGHOST=127.0.0.1 PGPORT=$PORT PGUSER=me PGDATABASE=postgres TZ=UTC HOME=$PWD
as initdb -D data -U me -A trust -E UTF8 --locale=C --no-sync >log.initdb 2>&1
echo "initdb: $?"
as postgres -D data -p "$PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=off -c max_parallel_workers_per_gather=2 -c min_parallel_table_scan_size=0 \
    -c parallel_setup_cost=0 -c parallel_tuple_cost=0 -c work_mem=1MB -c jit=off >log.server 2>&1 &
until as psql -c 'SELECT 1' >log.wait 2>&1; do kill -0 $! && sleep 0.1 || exit; done

scale=${LONG:+20}
transactions=${LONG:+20000}
as pgbench -i -q -s "${scale:-2}" --no-vacuum >log.pgbench 2>&1
echo "pgbench -i: $?"
as pgbench -n -c 8 -j 2 -t "${transactions:-800}" >log.pgbench 2>&1
echo "pgbench: $?"
grep -E 'processed|failed' log.pgbench
as pgbench -n -S -c 8 -j 2 -M prepared -t "${transactions:-800}" >log.pgbench 2>&1
grep -E 'processed|failed' log.pgbench
as psql -At -c 'SELECT sum(abalance) = sum(bbalance) FROM (SELECT sum(abalance) AS abalance FROM pgbench_accounts) a,
    (SELECT sum(bbalance) AS bbalance FROM pgbench_branches) b'

cat >queries.sql <<'SQL'
CREATE TABLE t AS SELECT n, n * 7919 % 10007 AS k, md5(n::text) AS s, repeat('x', n % 300) AS v,
    jsonb_build_object('n', n, 'list', to_jsonb(array[n, n + 1, n % 7])) AS j FROM generate_series(1, 60000) AS n;
CREATE INDEX ON t (k, s); CREATE INDEX ON t USING gin (j); CREATE INDEX ON t USING brin (n);
ANALYZE t;
SELECT count(*), sum(length(v)), min(s), max(s) FROM t;
SELECT k % 10, count(*), string_agg(s, ',' ORDER BY s) FILTER (WHERE n < 200) FROM t GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM t a JOIN t b USING (k) WHERE a.n < b.n;
SELECT count(*) FROM t WHERE j @> '{"list": [3]}';
SELECT n, rank() OVER (PARTITION BY k % 5 ORDER BY s), lag(s) OVER (ORDER BY n) FROM t ORDER BY n LIMIT 20;
WITH RECURSIVE r(n, s) AS (SELECT 1, '1' UNION ALL SELECT n + 1, md5(s) FROM r WHERE n < 5000) SELECT max(s) FROM r;
SELECT md5(string_agg(s, '' ORDER BY s DESC)) FROM t;
SELECT regexp_replace(s, '([a-f]+)([0-9]+)', '<\2\1>', 'g') FROM t WHERE n % 5000 = 0 ORDER BY n;
DO $$ DECLARE total numeric := 0; row record; BEGIN
    FOR row IN SELECT n, s FROM t WHERE n % 10 = 0 LOOP total := total + length(row.s || row.n) ^ 2; END LOOP;
    RAISE NOTICE '%', total; END $$;
UPDATE t SET v = v || s WHERE n % 3 = 0; DELETE FROM t WHERE n % 5 = 0; VACUUM FULL t;
SELECT count(*), sum(length(v)) FROM t;
SELECT 1 / (n - n) FROM t LIMIT 1;
SQL
as psql -X -f queries.sql 2>&1
# It marks its output with a random word.
as pg_dump -t t | grep -v restrict | sha256sum
kill -INT "$(head -n 1 data/postmaster.pid)"
wait
grep -c 'terminated by signal' log.server
tail -n 1 log.server | grep -o 'database system is shut down'
