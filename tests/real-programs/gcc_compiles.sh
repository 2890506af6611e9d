# gcc: a long generated program at two levels of optimization, to the byte.
# needs: gcc
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
