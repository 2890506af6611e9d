# Objects of every kind: dictionaries of lists, strings joined and split, a sort, JSON.
import json
import random

random.seed(7)
table = {}
for i in range(60000):
    key = "key%d" % random.randrange(20000)
    table.setdefault(key, []).append((i, str(i) * 3, [i, i + 1]))
words = " ".join("%s=%d" % (key, len(value)) for key, value in sorted(table.items()))
pairs = [word.split("=") for word in words.split()]
text = json.dumps({key: value for key, value in pairs[:15000]})
again = json.loads(text)
tree = None
for i in range(80000):
    tree = (i, tree) if i % 1000 else None
print(len(text), len(again), sum(len(value) for value in table.values()))
