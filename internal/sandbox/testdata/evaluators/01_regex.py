import re

EMAIL = re.compile(r"(?P<user>[\w.+-]+)@(?P<host>[\w-]+\.[\w.]+)")


def found(log):
    hits = [m.groupdict() for m in EMAIL.finditer(log["output"])]
    words = re.findall(r"\b\w{5,}\b", log["output"], flags=re.UNICODE)
    return {"hits": hits, "words": words[:8], "masked": EMAIL.sub("<email>", log["output"]), "parts": re.split(r"[,;]\s*", log["output"])}
