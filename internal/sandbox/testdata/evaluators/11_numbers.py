from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from functools import lru_cache, reduce
from operator import itemgetter, mul


@lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def levenshtein(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def evaluate(log, testcase):
    getcontext().prec = 30
    price = (Decimal("19.99") * 3).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    ranked = sorted([("b", 2), ("a", 2), ("c", 1)], key=itemgetter(1))
    return [str(price), str(Decimal(1) / Decimal(7)), str(Fraction(1, 3) + Fraction(1, 6)), fibonacci(80), reduce(mul, range(1, 26)), 2 ** 100, ranked,
            levenshtein(log["output"][:40], testcase["target"]["text"][:40]), divmod(-17, 5), float("1e-7"), 0.1 + 0.2, int("ff", 16), bin(10)]
