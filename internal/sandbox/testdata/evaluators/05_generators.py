import itertools
from collections import Counter, defaultdict, deque


def ngrams(words, n):
    window = deque(maxlen=n)
    for word in words:
        window.append(word)
        if len(window) == n:
            yield tuple(window)


def running():
    total = 0
    while True:
        value = yield total
        if value is None:
            return total
        total += value


def evaluate(log):
    words = log["output"].lower().split()
    counts = Counter(ngrams(words, 2))
    by_length = defaultdict(list)
    for word in words:
        by_length[len(word)].append(word)
    adder = running()
    next(adder)
    sums = [adder.send(len(w)) for w in words[:5]]
    return {"top": counts.most_common(3), "lengths": {k: sorted(v) for k, v in sorted(by_length.items())}, "sums": sums,
            "pairs": list(itertools.islice(itertools.combinations(words, 2), 4)), "flat": [c for w in words[:2] for c in w]}
