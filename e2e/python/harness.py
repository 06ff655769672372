"""What the tests of the Python SDK share: the server under test, and a base class that knows the API's errors."""

import contextlib
import os
import time
import unittest
import uuid

from humanloop import Humanloop
from humanloop.core.api_error import ApiError

URL = os.environ["E2E_URL"] + "/v5"
KEY = os.environ["OPENLOOP_API_KEY"]

ECHO = {"provider": "mock", "model": "echo"}
EXTERNAL = {"evaluator_type": "external", "arguments_type": "target_free", "return_type": "boolean"}
EXACT = {  # which the server runs
    "evaluator_type": "python", "arguments_type": "target_required", "return_type": "boolean",
    "code": 'def exact(log, testcase):\n    return testcase["target"]["output"] in (log["output"] or "")\n',
}
WEATHER = {"name": "weather", "description": "The weather of a city.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


def new_path(name):
    """A path that no other test uses."""
    return f"e2e/python/{name}-{uuid.uuid4()}"


def user(content):
    return {"role": "user", "content": content}


def field(model, name):
    """A field of a model, which some versions of the SDK leave as a dict."""
    return model[name] if isinstance(model, dict) else getattr(model, name)


CLIENT = Humanloop(base_url=URL, api_key=KEY)


def eventually(get):
    """What get returns as soon as it is neither nothing nor an error: the SDK sends what it has seen in the background."""
    deadline = time.monotonic() + 10
    while True:
        with contextlib.suppress(Exception):
            if found := get():
                return found
        if time.monotonic() > deadline:
            return get()
        time.sleep(0.02)


def file_at(path):
    """The File at a path, which releases before 0.8.23 find in the list alone."""
    if hasattr(CLIENT.files, "retrieve_by_path"):
        return CLIENT.files.retrieve_by_path(path=path)
    (file,) = (f for f in CLIENT.files.list(name=path.split("/")[-1], size=100).records if f.path == path)
    return file


def logs_at(path):
    """The Logs of the File at a path, newest first."""
    return list(CLIENT.logs.list(file_id=file_at(path).id))


class SDK(unittest.TestCase):
    prompts = CLIENT.prompts
    logs = CLIENT.logs

    def fails(self, status, reason, call, *args, **kwargs):
        """The API's error that a call raises, itself or as the cause of the SDK's own."""
        with self.assertRaises(Exception) as raised:
            call(*args, **kwargs)
        error = raised.exception
        if not isinstance(error, ApiError):
            error = error.__cause__
        self.assertIsInstance(error, ApiError)
        self.assertEqual(error.status_code, status)
        detail = error.body["detail"] if isinstance(error.body, dict) else error.body.detail
        self.assertEqual(detail["reason"], reason)
        self.assertEqual(detail["code"], status)
        self.assertIsInstance(detail["message"], str)
        return error, detail

    def output_of(self, log_id):
        return field(self.logs.get(log_id), "output")
