# redis: a server under redis-benchmark; a data set saved, loaded again and compared.
# needs: redis-server redis-cli redis-benchmark
# on it: redis-server redis-cli redis-benchmark
ask() { redis-cli -s socket "$@"; }
serve() {
    redis-server --port 0 --unixsocket socket --save '' --enable-debug-command yes \
        --io-threads 2 --hash-max-listpack-entries 64 "$@" >>log 2>&1 &
    until [ "$(ask ping 2>/dev/null)" = PONG ]; do kill -0 $! && sleep 0.05 || exit; done
}
leave() { ask shutdown nosave; wait; }

serve
requests=${LONG:+1000000}
requests=${requests:-60000}
# Its output is a list of speeds, and a line for each error.
redis-benchmark -s socket -q -n "$requests" -c 20 -d 200 -r 5000 -P 8 \
    -t set,get,lpush,rpop,sadd,hset,spop,zadd,zpopmin,lrange_100,mset >speeds 2>&1
echo "redis-benchmark: $?, $(grep -ci error speeds) errors"
redis-benchmark -s socket -q -n "$requests" -c 20 --threads 2 -t incr >speeds 2>&1
echo "redis-benchmark: $?, $(ask get counter:__rand_int__) of $requests increments"
ask flushall

awk 'BEGIN {
    srand(7)
    for (n = 0; n < 40000; n++) {
        k = int(rand() * 3000); v = sprintf("%0" 1 + int(rand() * 400) "d", n)
        print "set s" k, v; print "append s" k, v; print "rpush l" k % 97, v; print "hset h" k % 211, n % 100, v
        print "sadd m" k % 97, n; print "zadd z" k % 97, n % 1009, v; print "setrange r" k % 7, n * 3, v
        if (n % 3 == 0) { print "del s" int(rand() * 3000); print "lpop l" k % 97; print "zpopmin z" k % 97 }
        if (n % 5 == 0) { print "srem m" k % 97, n - 100; print "hdel h" k % 211, n % 100; print "xadd x * a", v }
        if (n % 20 == 0) print "del x"
    }
    print "del x"
}' >commands
redis-cli -s socket <commands >/dev/null
echo "$(ask dbsize) keys, $(ask debug digest)"
ask eval 'local t = {} for n = 1, 200000 do t[n % 5000 + 1] = tostring(n) .. (t[n % 5000 + 1] or "") end
    return redis.sha1hex(table.concat(t))' 0
ask sort l5 alpha limit 0 5 | sha256sum
ask --scan | sort | sha256sum
# The dump is written by a fork.
ask bgsave >/dev/null
ask config set appendonly yes
until ask info persistence | grep -q 'rdb_bgsave_in_progress:0' &&
    ask info persistence | grep -q 'aof_rewrite_in_progress:0' &&
    ask info persistence | grep -q 'aof_rewrite_scheduled:0'; do sleep 0.05; done
ask info persistence | grep _status: | tr -d '\r'
before=$(ask debug digest)
leave

# Loaded from the dump; then from the log.
serve --dbfilename dump.rdb
[ "$(ask debug digest)" = "$before" ] && echo "the dump has everything"
leave
serve --appendonly yes
[ "$(ask debug digest)" = "$before" ] && echo "the log has everything"
ask flushall async
leave
redis-check-rdb dump.rdb | grep -o 'RDB looks OK.*'
