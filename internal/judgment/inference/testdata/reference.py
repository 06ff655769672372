#!/usr/bin/env python3
"""Computes reference.json, which package inference is tested against: python3 -m pip install scipy statsmodels && python3 reference.py > reference.json"""

import json
import math
import random

from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = random.Random(20261129)
out = {}

out["wilson"] = []
for n in [1, 2, 3, 7, 20, 197, 1000, 10000, 1000000]:
    for count in sorted({0, 1, n // 3, n // 2, n - 1, n}):
        low, high = proportion_confint(count, n, alpha=0.05, method="wilson")
        out["wilson"].append({"count": count, "n": n, "low": max(0.0, float(low)), "high": min(1.0, float(high))})


def samples():
    yield [1.0, 2.0]
    yield [0.1, 0.2, 0.3]
    yield [4.0, 5.0, 3.0, 4.0, 4.0, 2.0, 5.0]
    yield [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]
    for n in [5, 30, 200, 800]:
        yield [rng.gauss(1.43, 0.5) for _ in range(n)]
        yield [rng.expovariate(3) for _ in range(n)]
        yield [float(rng.randint(1, 5)) for _ in range(n)]


out["student"] = []
for values in samples():
    n, mean = len(values), math.fsum(values) / len(values)
    variance = math.fsum((v - mean) ** 2 for v in values) / (n - 1)
    error = math.sqrt(variance / n)
    low, high = stats.t.interval(0.95, n - 1, loc=mean, scale=error)
    out["student"].append({"values": values, "mean": mean, "error": error, "low": low, "high": high})

out["tails"] = []
for df in [1, 2, 3, 4, 10, 29, 196, 9999, 1000000]:
    for t in [0.0, 1e-6, 0.3, 1.0, 1.96, 2.5, 5.0, 12.0, 40.0]:
        out["tails"].append({"t": t, "df": df, "p": 2 * float(stats.t.sf(t, df))})

out["quantiles"] = []
for df in [1, 2, 3, 4, 5, 10, 29, 100, 196, 1999, 9999, 1000000]:
    for p in [0.55, 0.8, 0.95, 0.975, 0.99, 0.995, 0.9975, 0.999, 0.9995]:
        out["quantiles"].append({"p": p, "df": df, "t": float(stats.t.ppf(p, df))})

out["normal"] = [{"p": p, "z": float(stats.norm.ppf(p))} for p in [0.5, 0.8, 0.9, 0.975, 0.9875, 0.995, 0.999, 0.0001]]

out["paired"] = []
for n in [2, 5, 6, 50, 197, 600]:
    for shift in [0.0, 0.05, 0.4]:
        before = [rng.gauss(4, 1) for _ in range(n)]
        after = [b + shift + rng.gauss(0, 0.3) for b in before]
        differences = [a - b for a, b in zip(after, before)]
        test = stats.ttest_rel(after, before)
        interval = test.confidence_interval(0.95)
        error = float(stats.sem(differences))
        alpha = rng.choice([0.05, 0.025, 0.01])
        detectable = (float(stats.t.ppf(1 - alpha / 2, n - 1)) + float(stats.t.ppf(0.8, n - 1))) * error
        out["paired"].append({
            "differences": differences, "mean": math.fsum(differences) / n, "low": float(interval.low), "high": float(interval.high),
            "p": float(test.pvalue), "alpha": alpha, "detectable": detectable,
        })

out["shares"] = []
for up, down, n in [(15, 3, 197), (0, 0, 5), (1, 0, 5), (0, 6, 6), (6, 0, 200), (5, 5, 50), (7, 6, 100), (120, 80, 1000), (1000, 900, 10000), (5000, 0, 10000), (0, 1, 2)]:
    p = float(mcnemar([[0, up], [down, 0]], exact=True).pvalue)
    # Wald's interval of the difference with half a pair more in each of the four cells (Agresti and Min 2005).
    size, u, d = n + 2, up + 0.5, down + 0.5
    centre = (u - d) / size
    half = float(stats.norm.ppf(0.975)) * math.sqrt(((u + d) - (u - d) ** 2 / size)) / size
    alpha = 0.05
    least = next(k for k in range(1, 100) if 2 * stats.binom.pmf(0, k, 0.5) <= alpha * (1 + 1e-12)) / n
    detectable = max(least, float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(0.8)) * math.sqrt(up + down) / n)
    out["shares"].append({
        "up": up, "down": down, "n": n, "difference": (up - down) / n, "p": p, "low": max(-1.0, centre - half), "high": min(1.0, centre + half),
        "alpha": alpha, "detectable": detectable,
    })

out["holm"] = []
for p in [[0.01], [0.04, 0.03], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.9], [0.0, 1.0, 0.02], [0.02, 0.02, 0.02], [rng.random() ** 3 for _ in range(20)]]:
    out["holm"].append({"p": p, "adjusted": [float(v) for v in multipletests(p, alpha=0.05, method="holm")[1]]})

out["kappa"] = []
for n, k, agree in [(12, 2, 0.8), (50, 3, 0.5), (300, 5, 0.9), (40, 2, 0.0), (10, 4, 1.0)]:
    pairs = []
    for _ in range(n):
        a = rng.randrange(k)
        pairs.append([a, a if rng.random() < agree else rng.randrange(k)])
    table = [[0] * k for _ in range(k)]
    for a, b in pairs:
        table[a][b] += 1
    out["kappa"].append({"pairs": pairs, "kappa": float(cohens_kappa(table).kappa)})

out["pearson"] = []
for n, noise in [(2, 0.1), (3, 1.0), (12, 0.5), (500, 2.0), (40, 0.0)]:
    pairs = []
    for _ in range(n):
        a = rng.gauss(0, 1)
        pairs.append([a, 100 + 2 * a + rng.gauss(0, 1) * noise])
    r = float(stats.pearsonr([p[0] for p in pairs], [p[1] for p in pairs]).statistic)
    out["pearson"].append({"pairs": pairs, "r": r})

print(json.dumps(out, indent=None, separators=(",", ":")).replace('],"', '],\n"').replace("},{", "},\n{"))
