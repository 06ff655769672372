"""OpenAI's own SDK for Python, as a client of the server."""

import json
import os
import unittest
import urllib.request
import uuid

import openai
import pydantic

from counting import Counting, side_by_side

URL = os.environ["E2E_URL"]
KEY = os.environ["OPENLOOP_API_KEY"]

HELLO = [{"role": "user", "content": "Hello"}]
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "description": "The weather.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def client(retries=0, **settings):
    return Counting(openai.OpenAI, openai.DefaultHttpxClient, retries, {"base_url": URL + "/v1", "api_key": KEY} | settings)


CLIENT = client().sdk


def api(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + "/v5" + path, data, {"X-API-KEY": KEY, "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def new_path(name):
    return f"e2e/openai/{name}-{uuid.uuid4()}"


class Chat(unittest.TestCase):
    def test_a_whole_answer_is_a_log(self):
        raw = CLIENT.chat.completions.with_raw_response.create(model="mock/echo", messages=HELLO, user="ada", metadata={"team": "a"})
        answer = raw.parse()
        self.assertEqual((answer.choices[0].message.content, answer.choices[0].finish_reason, answer.usage.total_tokens), ("Hello", "stop", 2))
        log = api("GET", f"/logs/{raw.headers['x-openloop-log-id']}")
        self.assertEqual((log["output"], log["user"], log["metadata"], log["ingress"]), ("Hello", "ada", {"team": "a"}, "openai.chat"))

    def test_a_stream_ends_with_its_usage(self):
        stream = CLIENT.chat.completions.create(
            model="mock/lorem/3", messages=HELLO, stream=True, stream_options={"include_usage": True},
        )
        chunks = list(stream)
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        self.assertEqual((text, chunks[-2].choices[0].finish_reason, chunks[-1].choices, chunks[-1].usage.completion_tokens), ("lorem ipsum dolor", "stop", [], 3))

    def test_the_stream_helper_builds_the_answer(self):
        with CLIENT.chat.completions.stream(model="mock/echo", messages=HELLO, tools=[WEATHER], tool_choice="required") as stream:
            for _ in stream:
                pass
            choice = stream.get_final_completion().choices[0]
        call = choice.message.tool_calls[0]
        self.assertEqual((choice.finish_reason, call.function.name, json.loads(call.function.arguments)), ("tool_calls", "weather", {"input": "Hello"}))

    def test_a_conversation_with_a_tool(self):
        first = CLIENT.chat.completions.create(model="mock/echo", messages=HELLO, tools=[WEATHER], tool_choice="required").choices[0].message
        messages = [*HELLO, first, {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "Sunny"}, {"role": "user", "content": "Thanks"}]
        self.assertEqual(CLIENT.chat.completions.create(model="mock/echo", messages=messages, tools=[WEATHER]).choices[0].message.content, "Thanks")

    def test_several_samples(self):
        answer = CLIENT.chat.completions.create(model="mock/echo", messages=HELLO, n=3)
        self.assertEqual([(c.index, c.message.content) for c in answer.choices], [(0, "Hello"), (1, "Hello"), (2, "Hello")])

    def test_a_saved_prompt_is_a_model(self):
        path = new_path("prompt")
        api("POST", "/prompts", {"path": path, "provider": "mock", "model": "echo", "template": [{"role": "user", "content": "I am {{name}}."}]})
        answer = CLIENT.chat.completions.create(model=f"prompt:{path}@production", messages=HELLO, extra_body={"inputs": {"name": "Ada"}})
        self.assertEqual(answer.choices[0].message.content, "Hello")
        self.assertIn(f"prompt:{path}", [m.id for m in CLIENT.models.list()])
        self.assertEqual(CLIENT.models.retrieve(f"prompt:{path}").owned_by, "openloop")

    def test_a_model_is_described(self):
        self.assertEqual(CLIENT.models.retrieve("mock/echo").id, "mock/echo")


CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS = [
    {"type": "function", "name": "weather", "parameters": CITY, "strict": False},
    {"type": "custom", "name": "patch", "description": "Changes files."},
    {"type": "namespace", "name": "git", "description": "Git.", "tools": [{"type": "function", "name": "log", "parameters": CITY}]},
]


class Answer(pydantic.BaseModel):
    ok: bool
    words: list[str]


class Responses(unittest.TestCase):
    def test_a_whole_answer_is_a_log(self):
        raw = CLIENT.responses.with_raw_response.create(model="mock/echo", input="Hello", instructions="Be kind.", user="ada", metadata={"team": "a"})
        answer = raw.parse()
        self.assertEqual((answer.output_text, answer.status, answer.usage.total_tokens), ("Hello", "completed", 4))
        log = api("GET", f"/logs/{raw.headers['x-openloop-log-id']}")
        self.assertEqual((log["output"], log["user"], log["metadata"], log["ingress"]), ("Hello", "ada", {"team": "a"}, "openai.responses"))
        self.assertEqual(answer.id, "resp_" + log["id"])

    def test_the_stream_helper_builds_the_answer(self):
        with CLIENT.responses.stream(model="mock/think/3", input='weather("Rome") patch("x")', tools=TOOLS) as stream:
            events = list(stream)
            final = stream.get_final_response()
        self.assertEqual([e.sequence_number for e in events], list(range(len(events))))
        self.assertEqual([i.type for i in final.output], ["reasoning", "function_call", "reasoning", "custom_tool_call"])

    def test_a_schema_is_followed(self):
        answer = CLIENT.responses.parse(model="mock/json", input="Hello", text_format=Answer)
        self.assertIsInstance(answer.output_parsed, Answer)

    def test_a_conversation_with_tools(self):
        items = [{"role": "user", "content": 'weather("Rome") patch("x")\ngit__log("y")'}]
        called = []
        while True:
            answer = CLIENT.responses.create(model="mock/think/3", input=items, tools=TOOLS)
            items += answer.output
            calls = [i for i in answer.output if i.type.endswith("_call")]
            if not calls:
                break
            for call in calls:
                custom = call.type == "custom_tool_call"
                called.append((call.namespace, call.name, call.input if custom else json.loads(call.arguments)))
                items.append({"type": f"{call.type}_output", "call_id": call.call_id, "output": f"{call.name} done"})
        self.assertEqual(called, [(None, "weather", {"city": "Rome"}), (None, "patch", "x"), ("git", "log", {"city": "y"})])
        self.assertEqual(answer.output_text, "weather done\npatch done\nlog done")

    def test_a_saved_prompt_is_named_by_prompt(self):
        path = new_path("prompt")
        api("POST", "/prompts", {"path": path, "provider": "mock", "model": "echo", "template": [{"role": "user", "content": "I am {{name}}."}]})
        answer = CLIENT.responses.create(prompt={"id": path, "version": "production", "variables": {"name": "Ada"}})
        self.assertEqual(answer.output_text, "I am Ada.")

    def test_what_ends_early_is_incomplete(self):
        answer = CLIENT.responses.create(model="mock/lorem/50", input="Hello", max_output_tokens=3)
        self.assertEqual((answer.status, answer.incomplete_details.reason, answer.output_text), ("incomplete", "max_output_tokens", "lorem ipsum dolor"))

    def test_nothing_is_kept_to_go_on_from(self):
        with self.assertRaises(openai.BadRequestError) as raised:
            CLIENT.responses.create(model="mock/echo", input="Hello", previous_response_id="resp_1")
        self.assertEqual((raised.exception.code, raised.exception.param), ("previous_response_not_found", "previous_response_id"))

    def test_failures_after_the_first_output(self):
        for reason, code in {
            "rate_limited": "rate_limit_exceeded", "billing": "insufficient_quota", "overloaded": "server_error", "stream_interrupted": "server_error",
            "content_filtered": "invalid_prompt", "context_length_exceeded": "context_length_exceeded",
        }.items():
            with self.subTest(reason):
                *_, last = CLIENT.responses.create(model=f"mock/error/{reason}/2", input="Hello", stream=True)
                self.assertEqual((last.type, last.response.status, last.response.error.code), ("response.failed", "failed", code))


class Completions(unittest.TestCase):
    def test_a_text_goes_on(self):
        answer = CLIENT.completions.create(model="mock/echo", prompt="Once upon", n=2)
        self.assertEqual([(c.text, c.finish_reason) for c in answer.choices], [("Once upon", "stop")] * 2)
        chunks = CLIENT.completions.create(model="mock/echo", prompt="Once upon", stream=True)
        self.assertEqual([c.choices[0].text for c in chunks], ["Once ", "upon", ""])


# What the SDK raises for each failure of a provider, with the code that it reads, and whether it tries again.
FAILURES = {
    "invalid_request": (openai.BadRequestError, "invalid_request", False),
    "unsupported_parameter": (openai.BadRequestError, "unsupported_parameter", False),
    "context_length_exceeded": (openai.BadRequestError, "context_length_exceeded", False),
    "request_too_large": (openai.BadRequestError, "request_too_large", False),
    "content_filtered": (openai.BadRequestError, "content_filter", False),
    "model_output_invalid": (openai.UnprocessableEntityError, "model_output_invalid", True),
    "invalid_api_key": (openai.PermissionDeniedError, "invalid_api_key", False),
    "permission_denied": (openai.PermissionDeniedError, "permission_denied", False),
    "region_not_supported": (openai.PermissionDeniedError, "region_not_supported", False),
    "account_disabled": (openai.PermissionDeniedError, "account_disabled", False),
    "model_not_found": (openai.NotFoundError, "model_not_found", False),
    "resource_not_found": (openai.NotFoundError, "resource_not_found", False),
    "endpoint_not_found": (openai.NotFoundError, "endpoint_not_found", False),
    "conflict": (openai.ConflictError, "conflict", True),
    "rate_limited": (openai.RateLimitError, "rate_limit_exceeded", True),
    "quota_exhausted": (openai.RateLimitError, "insufficient_quota", False),
    "billing": (openai.RateLimitError, "insufficient_quota", False),
    "provider_internal": (openai.InternalServerError, "provider_internal", True),
    "malformed_provider_response": (openai.InternalServerError, "malformed_provider_response", True),
    "overloaded": (openai.InternalServerError, "server_is_overloaded", True),
    "model_not_ready": (openai.InternalServerError, "server_is_overloaded", True),
    "timeout": (openai.InternalServerError, "timeout", True),
    "provider_unreachable": (openai.InternalServerError, "provider_unreachable", True),
    "stream_interrupted": (openai.InternalServerError, "stream_interrupted", True),
}


class Failures(unittest.TestCase):
    def test_each_failure_before_the_first_output(self):
        def ask(reason, stream):
            counted = client(retries=1)
            try:
                counted.sdk.chat.completions.create(model=f"mock/error/{reason}", messages=HELLO, stream=stream, extra_headers={"x-openloop-user": "e2e"})
            except openai.APIStatusError as e:
                return type(e), e.code, counted.requests == 2, bool(e.request_id) and e.body["openloop"]["request_id"] == e.request_id
            return None, None, None, None

        for reason, found in side_by_side(FAILURES, ask):
            with self.subTest(reason):
                self.assertEqual(found, (*FAILURES[reason], True))

    def test_each_failure_after_the_first_output(self):
        for reason, (_, code, _) in FAILURES.items():
            with self.subTest(reason):
                counted = client(retries=1)
                text = ""
                with self.assertRaises(openai.APIError) as raised:
                    for chunk in counted.sdk.chat.completions.create(model=f"mock/error/{reason}/2", messages=HELLO, stream=True):
                        text += chunk.choices[0].delta.content or ""
                self.assertEqual((text, raised.exception.code, counted.requests), ("lorem ipsum ", code, 1))

    def test_a_cut_stream_is_an_error(self):
        with self.assertRaises(openai.APIError) as raised:
            list(CLIENT.chat.completions.create(model="mock/cut/1", messages=HELLO, stream=True))
        self.assertEqual(raised.exception.code, "stream_interrupted")

    def test_a_wrong_key(self):
        with self.assertRaises(openai.AuthenticationError) as raised:
            client(api_key="hl_sk_wrong").sdk.models.list()
        self.assertEqual(raised.exception.code, "invalid_api_key")

    def test_a_route_that_is_not_there(self):
        with self.assertRaises(openai.NotFoundError) as raised:
            CLIENT.images.generate(model="mock/echo", prompt="A cat")
        self.assertEqual(raised.exception.code, "route_not_found")


if __name__ == "__main__":
    unittest.main()
