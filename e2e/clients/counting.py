"""What the tests of other vendors' SDKs share: clients that count, and failures asked for side by side, since some are tried again."""

import concurrent.futures


class Counting:
    """A client of an SDK that counts its requests."""

    def __init__(self, sdk, http, retries, settings):
        self.requests = 0
        self.sdk = sdk(max_retries=retries, http_client=http(event_hooks={"request": [self.count]}), **settings)

    def count(self, _):
        self.requests += 1


def side_by_side(reasons, ask):
    """What ask(reason, stream) returns for each reason, without a stream and with one."""
    items = [(reason, stream) for reason in reasons for stream in (False, True)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        yield from zip((reason for reason, _ in items), pool.map(lambda item: ask(*item), items), strict=True)
