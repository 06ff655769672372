"""Anthropic's own SDK for Python, as a client of the server."""

import os
import unittest

import anthropic

from counting import Counting, side_by_side

URL = os.environ["E2E_URL"]
KEY = os.environ["OPENLOOP_API_KEY"]

HELLO = [{"role": "user", "content": "Hello"}]
WEATHER = {"name": "weather", "description": "The weather.", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}


def client(retries=0, **settings):
    return Counting(anthropic.Anthropic, anthropic.DefaultHttpxClient, retries, {"base_url": URL, "api_key": KEY} | settings)


CLIENT = client().sdk


class Messages(unittest.TestCase):
    def test_a_whole_answer(self):
        raw = CLIENT.messages.with_raw_response.create(model="mock/echo", max_tokens=100, messages=HELLO, system="Be kind.")
        answer = raw.parse()
        self.assertEqual((answer.content[0].text, answer.stop_reason, answer.usage.output_tokens), ("Hello", "end_turn", 1))
        self.assertEqual(answer._request_id, raw.headers["x-request-id"])

    def test_the_stream_helper_builds_the_answer(self):
        with CLIENT.messages.stream(model="mock/lorem/3", max_tokens=100, messages=HELLO) as stream:
            text = "".join(stream.text_stream)
            final = stream.get_final_message()
        self.assertEqual((text, final.content[0].text, final.usage.output_tokens), ("lorem ipsum dolor", "lorem ipsum dolor", 3))

    def test_a_conversation_with_thinking_and_a_tool(self):
        ask = [{"role": "user", "content": 'weather(city="Rome")'}]
        settings = {"model": "mock/think/5", "max_tokens": 2000, "tools": [WEATHER], "thinking": {"type": "enabled", "budget_tokens": 1024}}
        with CLIENT.messages.stream(messages=ask, **settings) as stream:
            first = stream.get_final_message()
        self.assertEqual(([b.type for b in first.content], first.stop_reason), (["thinking", "tool_use"], "tool_use"))
        call = first.content[1]
        self.assertEqual((call.name, call.input), ("weather", {"city": "Rome"}))
        result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "Sunny"}]}
        second = CLIENT.messages.create(messages=[*ask, {"role": "assistant", "content": first.content}, result], **settings)
        self.assertEqual([b.type for b in second.content], ["thinking", "text"])
        self.assertIn("Sunny", second.content[1].text)

    def test_tokens_are_counted(self):
        count = CLIENT.messages.count_tokens(model="mock/echo", messages=HELLO, tools=[WEATHER])
        self.assertGreater(count.input_tokens, CLIENT.messages.count_tokens(model="mock/echo", messages=HELLO).input_tokens)

    def test_models_are_described(self):
        sdk = client(base_url=URL + "/anthropic").sdk
        self.assertEqual(sdk.models.retrieve("mock/echo").id, "mock/echo")


# What the SDK raises for each failure of a provider, the type that it reads, and whether it tries again.
FAILURES = {
    "invalid_request": (400, "invalid_request_error", False),
    "context_length_exceeded": (400, "invalid_request_error", False),
    "request_too_large": (413, "request_too_large", False),
    "content_filtered": (400, "invalid_request_error", False),
    "model_output_invalid": (422, "invalid_request_error", True),
    "invalid_api_key": (403, "permission_error", False),
    "permission_denied": (403, "permission_error", False),
    "model_not_found": (404, "not_found_error", False),
    "conflict": (409, "invalid_request_error", True),
    "rate_limited": (429, "rate_limit_error", True),
    "quota_exhausted": (429, "rate_limit_error", False),
    "billing": (402, "billing_error", False),
    "provider_internal": (500, "api_error", True),
    "overloaded": (529, "overloaded_error", True),
    "timeout": (504, "timeout_error", True),
    "provider_unreachable": (502, "api_error", True),
}


class Failures(unittest.TestCase):
    def test_each_failure_before_the_first_output(self):
        def ask(reason, stream):
            counted = client(retries=1)
            try:
                counted.sdk.messages.create(model=f"mock/error/{reason}", max_tokens=9, messages=HELLO, stream=stream)
            except anthropic.APIStatusError as e:
                return e.status_code, e.body["error"]["type"], counted.requests == 2, e.body["request_id"] == e.request_id
            return None, None, None, None

        for reason, found in side_by_side(FAILURES, ask):
            with self.subTest(reason):
                self.assertEqual(found, (*FAILURES[reason], True))

    def test_each_failure_after_the_first_output(self):
        for reason, (_, kind, _) in FAILURES.items():
            with self.subTest(reason):
                counted = client(retries=1)
                text = ""
                with self.assertRaises(anthropic.APIStatusError) as raised, counted.sdk.messages.stream(model=f"mock/error/{reason}/2", max_tokens=9, messages=HELLO) as stream:
                    for piece in stream.text_stream:
                        text += piece
                self.assertEqual((text, raised.exception.body["error"]["type"], counted.requests), ("lorem ipsum ", kind, 1))

    def test_a_conversation_that_is_too_long_is_known_by_its_message(self):
        with self.assertRaises(anthropic.BadRequestError) as raised:
            CLIENT.messages.create(model="mock/error/context_length_exceeded", max_tokens=9, messages=HELLO)
        self.assertTrue(raised.exception.body["error"]["message"].startswith("prompt is too long"))

    def test_a_wrong_key(self):
        with self.assertRaises(anthropic.AuthenticationError):
            client(api_key="hl_sk_wrong").sdk.messages.create(model="mock/echo", max_tokens=9, messages=HELLO)


if __name__ == "__main__":
    unittest.main()
