import difflib


def similarity(log, testcase):
    want, got = testcase["target"]["text"], log["output"]
    matcher = difflib.SequenceMatcher(None, want, got)
    return [matcher.ratio(), matcher.get_opcodes()[:5], difflib.get_close_matches("colour", got.split() + ["color", "colours"]),
            list(difflib.unified_diff(want.split(), got.split(), lineterm=""))[:12]]
