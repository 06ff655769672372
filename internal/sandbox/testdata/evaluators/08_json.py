import json


class Point:
    def __init__(self, x):
        self.x = x


def evaluate(log):
    try:
        data = json.loads(log["output"])
    except json.JSONDecodeError as fault:
        return {"fault": fault.msg, "line": fault.lineno, "column": fault.colno, "at": fault.pos, "text": str(fault)}
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)
    custom = json.dumps({"p": Point(3)}, default=lambda p: {"x": p.x})
    return {"text": text, "custom": custom, "keys": sorted(data) if isinstance(data, dict) else None, "same": json.loads(text) == data}
