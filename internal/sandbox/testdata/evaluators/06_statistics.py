import math
import statistics


def evaluate(log):
    sizes = [len(w) for w in log["output"].split()] or [0, 0]
    sizes = sizes if len(sizes) > 1 else sizes * 2
    return [statistics.mean(sizes), statistics.median(sizes), statistics.pstdev(sizes), statistics.stdev(sizes), statistics.mode(sizes),
            statistics.quantiles(sizes, n=4), math.fsum([0.1] * 10), math.sqrt(2), math.log10(1 + sum(sizes)), round(2.675, 2), 7 // -2, -7 % 3, 1e22, 1 / 3]
