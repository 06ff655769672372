"""Calls of the SDK whose answers are held against the types that the SDK declares for them."""

import typing

import httpx
from humanloop import Humanloop
from pydantic import TypeAdapter

from harness import KEY, URL

ANSWERS = []


def keep(response):
    response.read()
    ANSWERS.append(response)


CLIENT = Humanloop(base_url=URL, api_key=KEY, httpx_client=httpx.Client(timeout=60, event_hooks={"response": [keep]}))


class Exercise:
    """A resource of the SDK, such as `prompts`. It keeps the names of the methods that were called.

    The SDK takes any answer as it comes. Here each must have the status that the API documents, and the fields of the declared type.
    """

    def __init__(self, name):
        self.resource = getattr(CLIENT, name)
        self.called = set()

    def left_out(self, *names):
        """The methods that were not called, except those named."""
        methods = {name for name in dir(self.resource) if not name.startswith("_") and callable(getattr(self.resource, name))}
        return methods - self.called - set(names)

    def __getattr__(self, name):
        def call(*args, **kwargs):
            ANSWERS.clear()
            result = getattr(self.resource, name)(*args, **kwargs)
            declared = typing.get_type_hints(getattr(type(self.resource), name))["return"]
            if typing.get_origin(declared) is not None and hasattr(result, "has_next"):
                result = list(result)
            check(name, declared, ANSWERS[0] if ANSWERS else None)
            self.called.add(name)
            return result

        return call


def check(name, declared, response):
    """Fails unless an answer is what the SDK declares."""
    if response is None or name == "call_stream":
        return
    if declared is type(None):
        assert (response.status_code, response.content) == (204, b""), f"{name}: {response.status_code} {response.text}"
        return
    want = 201 if name == "create" else 200
    assert response.status_code == want, f"{name}: {response.status_code}"
    if declared is str:
        return
    origin = typing.get_origin(declared)
    if origin is not None and origin.__name__ == "SyncPager":
        page = response.json()
        assert set(page) == {"records", "page", "size", "total"}, f"{name}: {sorted(page)}"
        TypeAdapter(typing.List[typing.get_args(declared)[0]]).validate_python(page["records"])
        return
    TypeAdapter(declared).validate_python(response.json())
