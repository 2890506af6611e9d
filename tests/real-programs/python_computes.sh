# A Python program with many objects of all sizes, threads and subprocesses.
# needs: python3
# on it: python3
cat >program.py <<'PY'
import collections, hashlib, json, random, re, subprocess, sys, threading, zlib

random.seed(7)
words = ["".join(random.choices("abcdefgh", k=random.randint(1, 20))) for _ in range(200000)]
counts = collections.Counter(words)
print(counts.most_common(20))
text = json.dumps({word: [n, str(n) * 3] for word, n in counts.items()}, sort_keys=True)
print(hashlib.sha256(text.encode()).hexdigest(), len(json.loads(text)))
print(len(re.findall(r"(a|b)+c", text)), zlib.crc32(zlib.compress(text.encode(), 9)))
results = {}
def work(n):
    generator = random.Random(n)
    table = {}
    for step in range(50000):
        table[generator.randrange(5000)] = bytes(generator.randrange(600))
    results[n] = sum(map(len, table.values()))
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sorted(results.items()))
big = [bytearray(random.randrange(1, 3000000)) for _ in range(100)]
for n in range(300):
    big[n % 100] += bytes(n * 1000)
print(sum(map(len, big)), 3 ** 50000 % 10 ** 50)
for n in range(20):
    sys.stdout.flush()
    print(subprocess.run([sys.executable, "-c", f"print({n} ** 99)"], capture_output=True).stdout)
PY
python3 program.py
