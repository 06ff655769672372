"""Anthropic's own SDK for Python, as a client of the server."""

import asyncio
import unittest

import anthropic

from shared import FAILURES, KEY, URL, Counting, Table, api, new_prompt

HELLO = [{"role": "user", "content": "Hello"}]
WEATHER = {"name": "weather", "description": "The weather.", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}


def client(retries=0, **settings):
    return Counting(anthropic.Anthropic, anthropic.DefaultHttpxClient, retries, {"base_url": URL, "api_key": KEY} | settings)


CLIENT = client().sdk
REPEATING = client(retries=1)


class Messages(unittest.TestCase):
    def test_a_whole_answer_is_a_log(self):
        raw = CLIENT.messages.with_raw_response.create(
            model="mock/echo", max_tokens=100, messages=HELLO, system="Be kind.", metadata={"user_id": "ada"},
        )
        answer = raw.parse()
        self.assertEqual((answer.content[0].text, answer.stop_reason, answer.usage.output_tokens), ("Hello", "end_turn", 1))
        self.assertEqual(answer._request_id, raw.headers["x-request-id"])
        log = api("GET", f"/logs/{raw.headers['x-openloop-log-id']}")
        self.assertEqual((log["output"], log["user"], log["ingress"]), ("Hello", "ada", "anthropic.messages"))

    def test_the_stream_helper_builds_the_answer(self):
        with CLIENT.messages.stream(model="mock/lorem/3", max_tokens=100, messages=HELLO) as stream:
            text = "".join(stream.text_stream)
            final = stream.get_final_message()
        self.assertEqual((text, final.content[0].text, final.usage.output_tokens), ("lorem ipsum dolor", "lorem ipsum dolor", 3))

    def test_a_stream_of_events(self):
        events = [e.type for e in CLIENT.messages.create(model="mock/echo", max_tokens=100, messages=HELLO, stream=True)]
        self.assertEqual(events, [
            "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop",
        ])

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
        self.assertEqual(second.content[1].text, "Sunny")

    def test_a_tool_is_run_by_the_helper(self):
        asked = []

        @anthropic.beta_tool
        def weather(city: str) -> str:
            """The weather."""
            asked.append(city)
            return "Sunny"

        ask = [{"role": "user", "content": "weather(Rome)"}]
        final = CLIENT.beta.messages.tool_runner(model="mock/tools", max_tokens=100, messages=ask, tools=[weather]).until_done()
        self.assertEqual((asked, final.content[0].text), (["Rome"], "Sunny"))

    def test_a_saved_prompt_is_a_model(self):
        path = new_prompt(template=[{"role": "user", "content": "I am {{name}}."}])
        answer = CLIENT.messages.create(model=f"prompt:{path}", max_tokens=100, messages=HELLO, extra_body={"inputs": {"name": "Ada"}})
        self.assertEqual(answer.content[0].text, "Hello")

    def test_a_refusal_is_told_by_the_reason(self):
        self.assertEqual(CLIENT.messages.create(model="mock/refuse", max_tokens=100, messages=HELLO).stop_reason, "refusal")

    def test_the_asynchronous_client(self):
        async def ask():
            async with anthropic.AsyncAnthropic(base_url=URL, api_key=KEY, max_retries=0) as sdk:
                async with sdk.messages.stream(model="mock/echo", max_tokens=100, messages=HELLO) as stream:
                    return await stream.get_final_text()

        self.assertEqual(asyncio.run(ask()), "Hello")

    def test_tokens_are_counted(self):
        count = CLIENT.messages.count_tokens(model="mock/echo", messages=HELLO, tools=[WEATHER])
        self.assertGreater(count.input_tokens, CLIENT.messages.count_tokens(model="mock/echo", messages=HELLO).input_tokens)

    def test_models_are_listed(self):
        path = new_prompt()
        sdk = client(base_url=URL + "/anthropic").sdk
        self.assertEqual(sdk.models.retrieve("mock/echo").id, "mock/echo")
        self.assertIn(f"prompt:{path}", [m.id for m in sdk.models.list(limit=1000)])

    def test_a_token_in_place_of_a_key(self):
        sdk = client(api_key=None, auth_token=KEY).sdk
        self.assertEqual(sdk.messages.create(model="mock/echo", max_tokens=9, messages=HELLO).content[0].text, "Hello")


class Failures(Table):
    def test_before_the_head(self):
        for stream in (False, True):
            with self.subTest(stream=stream):
                self.each(lambda reason, model: self.before(reason, model, stream))

    def before(self, reason, model, stream):
        REPEATING.requests = 0
        with self.assertRaises(anthropic.APIStatusError) as raised:
            REPEATING.sdk.messages.create(model=model, max_tokens=9, messages=HELLO, stream=stream)
        e = raised.exception
        found = {"class": type(e).__name__, "status": e.status_code, "type": e.body["error"]["type"]}
        wanted = FAILURES[reason]
        return (found, REPEATING.requests, e.body["openloop"]["reason"], e.body["request_id"]), (
            wanted["anthropic"], 1 + wanted["repeated"], reason, e.request_id,
        )

    def test_after_the_head(self):
        self.each(self.after)

    def after(self, reason, model):
        REPEATING.requests = 0
        text = ""
        with self.assertRaises(anthropic.APIStatusError) as raised:
            with REPEATING.sdk.messages.stream(model=f"{model}/2", max_tokens=9, messages=HELLO) as stream:
                for piece in stream.text_stream:
                    text += piece
        e = raised.exception
        return (text, e.body["error"]["type"], e.body["request_id"], REPEATING.requests), (
            "lorem ipsum ", FAILURES[reason]["anthropic"]["type"], e.request_id, 1,
        )

    def test_a_conversation_that_is_too_long_is_known_by_its_message(self):
        with self.assertRaises(anthropic.BadRequestError) as raised:
            CLIENT.messages.create(model="mock/error/context_length_exceeded", max_tokens=9, messages=HELLO)
        self.assertTrue(raised.exception.body["error"]["message"].startswith("prompt is too long"))

    def test_a_wrong_key(self):
        with self.assertRaises(anthropic.AuthenticationError):
            client(api_key="hl_sk_wrong").sdk.messages.create(model="mock/echo", max_tokens=9, messages=HELLO)

    def test_an_unknown_prompt(self):
        with self.assertRaises(anthropic.NotFoundError) as raised:
            CLIENT.messages.create(model="prompt:no/such", max_tokens=9, messages=HELLO)
        self.assertTrue(raised.exception.body["error"]["message"].startswith("model: "))


if __name__ == "__main__":
    unittest.main()
