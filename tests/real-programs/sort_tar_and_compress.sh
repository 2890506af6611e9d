# sort, tar, gzip, xz and bzip2 over some megabytes, in several threads.
# needs: tar gzip
# on it: sort tar gzip
awk 'BEGIN { srand(7); for (n = 0; n < 300000; n++) printf "%d %s\n", int(rand() * 1e9), substr("abcdefghijklmnopqrstuvwxyz", int(rand() * 20) + 1) }' >lines
LC_ALL=C sort --parallel=4 -S 4M lines | sha256sum
LC_ALL=C sort -k2 -n -u lines | sha256sum
mkdir tree && split -l 1000 lines tree/part-
tar --sort=name --mtime=@0 --owner=0 --group=0 -cf tree.tar tree && sha256sum tree.tar
gzip -9n <tree.tar | sha256sum
if command -v xz >/dev/null; then xz -T2 -6 <tree.tar | tee tree.xz | sha256sum && xz -d <tree.xz | sha256sum; fi
if command -v bzip2 >/dev/null; then bzip2 <tree.tar | bzip2 -d | sha256sum; fi
grep -c 'xyz$' lines; sed 's/\([0-9]*\) \(.*\)/\2 \1/' lines | sha256sum; wc lines
diff lines tree/part-aa | sha256sum
