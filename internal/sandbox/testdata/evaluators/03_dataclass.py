from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum, auto


class Tone(Enum):
    FORMAL = auto()
    CASUAL = auto()


@dataclass(order=True)
class Verdict:
    score: float
    tone: Tone = Tone.FORMAL
    reasons: list[str] = field(default_factory=list)


def judge(log):
    verdict = Verdict(len(log["output"]) / 10)
    if "!" in log["output"]:
        verdict.tone = Tone.CASUAL
        verdict.reasons.append("exclamation")
    better = Verdict(99.5)
    out = asdict(verdict)
    out["tone"] = verdict.tone.name
    return [out, repr(verdict), verdict < better, max([verdict, better], key=lambda v: v.score).score]
