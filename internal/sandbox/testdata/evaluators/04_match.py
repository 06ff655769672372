def classify(value):
    match value:
        case None:
            return "nothing"
        case bool():
            return "flag"
        case int() | float() as n if n > 100:
            return f"large {n}"
        case int() | float():
            return "number"
        case []:
            return "empty list"
        case [first, *rest]:
            return f"list of {first!r} and {len(rest)}"
        case {"role": "user", "content": str(text)}:
            return f"user says {text[:10]}"
        case {"role": role, **more}:
            return f"{role} with {sorted(more)}"
        case str():
            return value.upper()
        case _:
            return "other"


def evaluate(log):
    return [classify(v) for v in (log["messages"] + [log["output"], log["inputs"], None, True, 3, 300.5, [], [1, 2]])]
