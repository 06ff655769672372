"""What the tests of other vendors' clients share: the server, the list of failures, and clients that count their requests."""

import json
import os
import pathlib
import unittest
import urllib.error
import urllib.request
import uuid

URL = os.environ["E2E_URL"]
KEY = os.environ["OPENLOOP_API_KEY"]

# How each failure that a provider can have looks to the SDKs, and whether they repeat the request.
FAILURES = json.loads(pathlib.Path(__file__).with_name("failures.json").read_text())


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


def api(method, path, body=None):
    """What an operation of the API answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + "/v5" + path, data, {"X-API-KEY": KEY, "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def new_prompt(**content):
    """The path of a Prompt that no other test uses."""
    path = f"e2e/clients/{uuid.uuid4()}"
    api("POST", "/prompts", {"path": path, "provider": "mock", "model": "echo"} | content)
    return path


def answers(model):
    """Whether the server has a model."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    request = urllib.request.Request(URL + "/v1/chat/completions", body, {"X-API-KEY": KEY, "Content-Type": "application/json"})
    try:
        return urllib.request.urlopen(request).status == 200
    except urllib.error.HTTPError as e:
        if e.code != 404:
            raise
        return False


# How the mock is asked: by translation, and in the dialect of the client.
LANES = [lane for lane in ("mock", "mock/native") if answers(f"{lane}/echo")]
