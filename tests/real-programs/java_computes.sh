# java: a program of several threads, compiled and run under three collectors.
# needs: java javac
# on it: java javac
cat >Program.java <<'JAVA'
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import java.util.zip.*;

public class Program {
    record Item(int key, String text, List<Integer> list) {}

    static long work(int seed) throws Exception {
        Random random = new Random(seed);
        Map<Integer, Item> map = new TreeMap<>();
        for (int n = 0; n < 60000; n++) {
            int key = random.nextInt(4000);
            map.put(key, new Item(key, "x".repeat(random.nextInt(100)) + n, IntStream.range(0, key % 20).boxed().toList()));
        }
        long sum = map.values().stream().mapToLong(item -> item.key() + item.text().hashCode() + item.list().size()).sum();
        // Buffers and compressors live outside of Java's own heap.
        List<ByteBuffer> buffers = new ArrayList<>();
        CRC32 crc = new CRC32();
        for (int n = 0; n < 200; n++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 + random.nextInt(200000));
            while (buffer.hasRemaining()) buffer.put((byte) (buffer.position() * n >> 3));
            buffers.add(buffer.flip());
            if (buffers.size() > 20) buffers.remove(random.nextInt(20));
            byte[] bytes = new byte[buffer.remaining()], out = new byte[bytes.length + 100];
            buffer.duplicate().get(bytes);
            Deflater deflater = new Deflater(1 + n % 9);
            deflater.setInput(bytes); deflater.finish();
            crc.update(out, 0, deflater.deflate(out));
            deflater.end();
        }
        return sum * 31 + crc.getValue();
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Long>> results = new ArrayList<>();
        for (int n = 0; n < 8 * rounds; n++) { int seed = n; results.add(pool.submit(() -> work(seed))); }
        for (Future<Long> result : results) System.out.println(result.get());
        pool.shutdown();
        for (int n = 0; n < 500; n++) { Thread thread = new Thread(() -> {}); thread.start(); thread.join(); }
        System.out.println(IntStream.range(0, 2000000).parallel().mapToObj(Integer::toString).filter(s -> s.contains("77")).count());
        try { Object[] all = new Object[1 << 20]; for (int n = 0;; n++) all[n] = new long[1 << 16]; }
        catch (OutOfMemoryError e) { System.out.println("out of memory, as it should"); }
    }
}
JAVA
export LC_ALL=C.UTF-8
javac -g:none Program.java && sha256sum ./*.class
rounds=${LONG:+5}
for collector in Serial Parallel G1; do
    java "-XX:+Use${collector}GC" -Xmx128m Program "${rounds:-1}"
done
jar --create --file program.jar --date=2020-01-01T00:00:00Z ./*.class 2>&1 && sha256sum program.jar
