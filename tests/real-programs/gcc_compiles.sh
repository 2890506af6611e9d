# gcc: SQLite, 250,000 lines in one file, and a long generated program, to the byte.
# needs: gcc
# on it: gcc cc1 as ld program
# sources: libsqlite3-sys 0.30.1
awk 'BEGIN {
    for (n = 0; n < 1500; n++) {
        printf "static int f%d(int x, int *p) {\n  int s = 0;\n", n
        printf "  for (int i = 0; i < x; i++) s += p[(i * %d) %% 64] ^ (s << %d);\n", n + 3, n % 7
        printf "  switch (s & 7) { case 0: return s + %d; case 1: p[%d] = s; break;\n", n, n % 64
        printf "  default: s *= %d; }\n  return s;\n}\n", n + 1
    }
    print "int main(void) { int p[64] = {0}, s = 0;"
    for (n = 0; n < 1500; n++) printf "  s += f%d(%d, p);\n", n, n % 50
    print "  return s & 127; }"
}' >long.c
for level in 0 2; do
    gcc -O$level -g -c long.c -o long.o && sha256sum long.o
    gcc -O$level long.c -o long && ./long
    echo "$?"
done

cp "$SOURCES"/sqlite3/sqlite3.[ch] .
cat >program.c <<'C'
#include "sqlite3.h"
#include <stdio.h>
static int show(void *none, int columns, char **values, char **names) {
    (void)none; (void)names;
    for (int n = 0; n < columns; n++) printf("%s%s", n ? "|" : "", values[n] ? values[n] : "-");
    return puts("") < 0;
}
int main(void) {
    sqlite3 *base;
    return sqlite3_open(":memory:", &base) || sqlite3_exec(base,
        "CREATE TABLE t(a, b); CREATE INDEX i ON t(b);"
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 50000)"
        "INSERT INTO t SELECT x, hex(x * 7919 % 10007) FROM c;"
        "SELECT b, count(*), max(a) FROM t GROUP BY b ORDER BY 2 DESC, 1 LIMIT 5;", show, 0, 0)
        || sqlite3_close(base);
}
C
for level in ${LONG:+0 2 3} 1; do
    gcc "-O$level" -g -c sqlite3.c -o sqlite3.o && sha256sum sqlite3.o
    gcc "-O$level" program.c sqlite3.o -lm -o program && ./program
done
