import abc
import asyncio
import contextlib
import typing


class Check(abc.ABC):
    registry: typing.ClassVar[list] = []

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        Check.registry.append(cls)

    @abc.abstractmethod
    def score(self, text: str) -> float: ...

    @property
    def name(self):
        return type(self).__name__.lower()


class Short(Check):
    def score(self, text):
        return 1.0 if len(text) < 40 else 0.25


class Polite(Check):
    words: typing.Final = {"please", "thanks"}

    def score(self, text):
        return len(self.words & set(text.lower().replace("!", "").split())) / len(self.words)


@contextlib.contextmanager
def counting(into, name):
    into.append(f"begin {name}")
    try:
        yield into
    except ValueError as fault:
        into.append(f"{type(fault).__name__}: {fault}")
    finally:
        into.append("end")


async def score(check, text):
    await asyncio.sleep(0)
    return check.score(text)


async def evaluate(log):
    steps, scores = [], {}
    for kind in Check.registry:
        check = kind()
        with counting(steps, check.name):
            scores[check.name] = await score(check, log["output"])
            if scores[check.name] == 0:
                raise ValueError("nothing polite")
    try:
        Check()
    except TypeError:
        steps.append("abstract")
    return [scores, steps, [k.__mro__[1].__name__ for k in Check.registry]]
