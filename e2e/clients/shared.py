"""What the tests of other vendors' clients share: the server, the list of failures, and clients that count their requests."""

import json
import os
import pathlib
import unittest
import urllib.request
import uuid

URL = os.environ["E2E_URL"]
KEY = os.environ["OPENLOOP_API_KEY"]

# How each failure that a provider can have looks to the SDKs, and whether they repeat the request.
FAILURES = json.loads(pathlib.Path(__file__).with_name("failures.json").read_text())

# How the mock is asked: by translation, and in the dialect of the client.
LANES = ("mock", "mock/native")


class Counting:
    """A client of an SDK that counts its requests, and does not wait before it repeats one."""

    def __init__(self, sdk, http, retries, settings):
        self.requests = 0
        hooks = {"request": [self.count], "response": [at_once]}
        self.sdk = sdk(max_retries=retries, http_client=http(event_hooks=hooks), **settings)

    def count(self, _):
        self.requests += 1


def at_once(response):
    response.headers["retry-after-ms"] = "1"


class Table(unittest.TestCase):
    """Tests of each row of the list of failures."""

    def each(self, found):
        """Compares what found(reason, model) is with what it should be, for each reason: a pair. The model fails for that reason."""
        for lane in LANES:
            for reason in FAILURES:
                with self.subTest(reason, lane=lane):
                    was, wanted = found(reason, f"{lane}/error/{reason}")
                    self.assertEqual(was, wanted)


def send(method, path, body=None):
    """The text of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def api(method, path, body=None):
    """What an operation of the API answers."""
    return json.loads(send(method, "/v5" + path, body))


def new_prompt(**content):
    """The path of a Prompt that no other test uses."""
    path = f"e2e/clients/{uuid.uuid4()}"
    api("POST", "/prompts", {"path": path, "provider": "mock", "model": "echo"} | content)
    return path
