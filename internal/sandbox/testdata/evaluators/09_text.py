import html
import string
import textwrap
import unicodedata
from urllib.parse import parse_qs, quote, urlsplit


def evaluate(log):
    text = log["output"]
    folded = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    table = str.maketrans("", "", string.punctuation)
    url = urlsplit("https://user@example.com:8080/a/b?q=1&q=2&r=%20x#top")
    return [plain, text.casefold(), text.title(), text.translate(table), textwrap.wrap(text, 20), html.escape(text), quote(text), url.hostname, url.port,
            parse_qs(url.query), "{:>10}|{:<8}|{:^9}|{:,.2f}|{:.3%}".format("right", "left", "mid", 1234567.891, 0.12345), f"{text!r:.12}", "%05d %x %e" % (42, 255, 12345.678),
            text.encode("utf-8").hex()[:24], len(text), text[::-1]]
