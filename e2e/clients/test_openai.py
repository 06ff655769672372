"""OpenAI's own SDK for Python, as a client of the server."""

import asyncio
import json
import unittest

import openai
import pydantic
from openai.types import chat

from shared import FAILURES, KEY, URL, Counting, Table, api, new_prompt

HELLO = [{"role": "user", "content": "Hello"}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "The weather.", "parameters": CITY}}
REFUSAL = "I'm sorry, but I can't help with that."


class Answer(pydantic.BaseModel):
    ok: bool
    words: list[str]


def client(retries=0, **settings):
    return Counting(openai.OpenAI, openai.DefaultHttpxClient, retries, {"base_url": URL + "/v1", "api_key": KEY} | settings)


CLIENT = client().sdk
REPEATING = client(retries=1)


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
        path = new_prompt(template=[{"role": "user", "content": "I am {{name}}."}])
        answer = CLIENT.chat.completions.create(model=f"prompt:{path}@production", messages=HELLO, extra_body={"inputs": {"name": "Ada"}})
        self.assertEqual(answer.choices[0].message.content, "Hello")
        self.assertIn(f"prompt:{path}", [m.id for m in CLIENT.models.list()])
        self.assertEqual(CLIENT.models.retrieve(f"prompt:{path}").owned_by, "openloop")

    def test_a_model_is_described(self):
        self.assertEqual(CLIENT.models.retrieve("mock/echo").id, "mock/echo")

    def test_a_schema_is_followed(self):
        answer = CLIENT.chat.completions.parse(model="mock/json", messages=HELLO, response_format=Answer)
        self.assertIsInstance(answer.choices[0].message.parsed, Answer)

    def test_reasoning_goes_back_as_it_came(self):
        ask = [{"role": "user", "content": "weather(Rome)"}]
        first = CLIENT.chat.completions.create(model="mock/think/3", messages=ask, tools=[WEATHER]).choices[0].message
        self.assertEqual(first.reasoning_content, "lorem ipsum dolor")
        result = {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "Sunny"}
        second = CLIENT.chat.completions.create(model="mock/think/3", messages=[*ask, first.model_dump(), result], tools=[WEATHER])
        self.assertEqual(second.choices[0].message.content, "Sunny")

    def test_the_asynchronous_client(self):
        async def ask():
            async with openai.AsyncOpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=0) as sdk:
                stream = await sdk.chat.completions.create(model="mock/echo", messages=HELLO, stream=True)
                return [chunk.choices[0].delta.content async for chunk in stream if chunk.choices[0].delta.content]

        self.assertEqual(asyncio.run(ask()), ["Hello"])

    def test_a_refusal_is_told_from_an_answer(self):
        whole = CLIENT.chat.completions.parse(model="mock/refuse", messages=HELLO, response_format=Answer).choices[0].message
        with CLIENT.chat.completions.stream(model="mock/refuse", messages=HELLO) as stream:
            streamed = stream.get_final_completion().choices[0].message
        self.assertEqual([(m.refusal, m.content or None) for m in (whole, streamed)], [(REFUSAL, None)] * 2)


TOOLS = [
    {"type": "function", "name": "weather", "parameters": CITY, "strict": False},
    {"type": "custom", "name": "patch", "description": "Changes files."},
    {"type": "namespace", "name": "git", "description": "Git.", "tools": [{"type": "function", "name": "log", "parameters": CITY}]},
]


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

    def test_a_refusal_is_told_from_an_answer(self):
        whole = CLIENT.responses.create(model="mock/refuse", input="Hello")
        with CLIENT.responses.stream(model="mock/refuse", input="Hello") as stream:
            streamed = stream.get_final_response()
        self.assertEqual([r.output[0].content[0].refusal for r in (whole, streamed)], [REFUSAL] * 2)

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
        path = new_prompt(template=[{"role": "user", "content": "I am {{name}}."}])
        answer = CLIENT.responses.create(prompt={"id": path, "version": "production", "variables": {"name": "Ada"}})
        self.assertEqual(answer.output_text, "I am Ada.")

    def test_what_ends_early_is_incomplete(self):
        answer = CLIENT.responses.create(model="mock/lorem/50", input="Hello", max_output_tokens=3)
        self.assertEqual((answer.status, answer.incomplete_details.reason, answer.output_text), ("incomplete", "max_output_tokens", "lorem ipsum dolor"))

    def test_one_can_go_on_from_a_response(self):
        first = CLIENT.responses.create(model="mock/echo", input="Hello")
        second = CLIENT.responses.create(model="mock/tools", input="weather(Rome)", tools=TOOLS, previous_response_id=first.id)
        call, = (item for item in second.output if item.type == "function_call")
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny"}
        with CLIENT.responses.stream(model="mock/tools", input=[result], tools=TOOLS, previous_response_id=second.id) as stream:
            third = stream.get_final_response()
        self.assertEqual((third.output_text, third.previous_response_id), ("Sunny", second.id))
        asked = [item.type for item in CLIENT.responses.input_items.list(third.id, order="asc")]
        self.assertEqual(asked, ["message", "message", "message", "function_call", "function_call_output"])

    def test_a_conversation_is_compacted(self):
        asked = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]
        compacted = CLIENT.responses.compact(model="mock/native/echo", input=asked)
        self.assertEqual((compacted.object, [item.type for item in compacted.output]), ("response.compaction", ["message", "compaction"]))
        items = [item.model_dump(exclude_none=True) for item in compacted.output] + [{"role": "user", "content": "Again"}]
        self.assertEqual(CLIENT.responses.create(model="mock/native/echo", input=items).output_text, "Again")
        with self.assertRaises(openai.BadRequestError) as raised:
            CLIENT.responses.compact(model="mock/echo", input=asked)
        self.assertEqual((raised.exception.code, raised.exception.param), ("unsupported_parameter", "model"))

    def test_a_response_is_kept_until_it_is_deleted(self):
        made = CLIENT.responses.create(model="mock/think/3", input="Hello")
        self.assertEqual(CLIENT.responses.retrieve(made.id).output, made.output)
        CLIENT.responses.delete(made.id)
        with self.assertRaises(openai.NotFoundError):
            CLIENT.responses.retrieve(made.id)

    def test_a_response_that_is_not_kept(self):
        made = CLIENT.responses.create(model="mock/echo", input="Hello", store=False)
        with self.assertRaises(openai.BadRequestError) as raised:
            CLIENT.responses.create(model="mock/echo", input="Hello", previous_response_id=made.id)
        self.assertEqual((raised.exception.code, raised.exception.param), ("previous_response_not_found", "previous_response_id"))


class Completions(unittest.TestCase):
    def test_a_text_goes_on(self):
        answer = CLIENT.completions.create(model="mock/echo", prompt="Once upon", n=2)
        self.assertEqual([(c.text, c.finish_reason) for c in answer.choices], [("Once upon", "stop")] * 2)
        chunks = CLIENT.completions.create(model="mock/echo", prompt="Once upon", stream=True)
        self.assertEqual([c.choices[0].text for c in chunks], ["Once ", "upon", ""])


class Embeddings(unittest.TestCase):
    def test_numbers_are_the_same_in_base64(self):
        ask = {"model": "mock/embed/8", "input": ["Hello", "world"]}
        packed, plain = (CLIENT.embeddings.create(**ask, **more) for more in ({}, {"encoding_format": "float"}))
        self.assertEqual([(e.index, len(e.embedding)) for e in packed.data], [(0, 8), (1, 8)])
        for a, b in zip(packed.data, plain.data, strict=True):
            self.assertEqual([round(n, 6) for n in a.embedding], [round(n, 6) for n in b.embedding])
        self.assertEqual(packed.usage.total_tokens, 2)

    def test_a_model_that_makes_none(self):
        with self.assertRaises(openai.BadRequestError):
            CLIENT.embeddings.create(model="mock/embed/8", input=[])
        with self.assertRaises(openai.NotFoundError):
            CLIENT.embeddings.create(model="mock/echo", input="Hello")


class Cursor(unittest.TestCase):
    """What Cursor sends to Chat Completions: the body of a response, with tools of both forms."""

    def test_is_answered_as_a_chat(self):
        body = {
            "model": "mock/tools", "user": "ada", "store": False, "include": ["reasoning.encrypted_content"], "prompt_cache_retention": "24h",
            "input": [{"role": "system", "content": "You are a coding assistant."}, {"role": "user", "content": [{"type": "input_text", "text": 'weather(Rome) patch("x")'}]}],
            "tools": [WEATHER, {"type": "custom", "name": "patch", "description": "Changes files.", "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}],
            "reasoning": {"effort": "medium", "summary": "auto"}, "stream": True, "stream_options": {"include_usage": True},
        }
        chunks = list(CLIENT.post("/chat/completions", cast_to=chat.ChatCompletionChunk, body=body, stream=True, stream_cls=openai.Stream[chat.ChatCompletionChunk]))
        calls = [call.function for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
        self.assertEqual("".join(call.arguments for call in calls), '{"city":"Rome"}{"input":"x"}')
        self.assertEqual([call.name for call in calls if call.name], ["weather", "patch"])
        self.assertEqual((chunks[-2].choices[0].finish_reason, chunks[-1].choices), ("tool_calls", []))


class Failures(Table):
    def test_before_the_head(self):
        ask = {
            "chat": lambda sdk, **more: sdk.chat.completions.create(messages=HELLO, **more),
            "responses": lambda sdk, **more: sdk.responses.create(input="Hello", **more),
        }
        for dialect, create in ask.items():
            for stream in (False, True):
                with self.subTest(dialect, stream=stream):
                    self.each(lambda reason, model: self.before(create, reason, model, stream))

    def before(self, create, reason, model, stream):
        REPEATING.requests = 0
        with self.assertRaises(openai.APIStatusError) as raised:
            create(REPEATING.sdk, model=model, stream=stream)
        e = raised.exception
        found = {"class": type(e).__name__, "status": e.status_code, "type": e.type, "code": e.code}
        wanted = FAILURES[reason]
        return (found, REPEATING.requests, e.body["openloop"]["reason"], e.body["openloop"]["request_id"]), (
            wanted["openai"], 1 + wanted["repeated"], reason, e.request_id,
        )

    def test_of_a_chat_after_the_head(self):
        self.each(self.of_a_chat)

    def of_a_chat(self, reason, model):
        REPEATING.requests = 0
        raw = REPEATING.sdk.chat.completions.with_raw_response.create(model=f"{model}/2", messages=HELLO, stream=True)
        text = ""
        with self.assertRaises(openai.APIError) as raised:
            for chunk in raw.parse():
                text += chunk.choices[0].delta.content or ""
        e = raised.exception
        wanted = FAILURES[reason]["openai"]
        return (text, type(e), e.type, e.code, e.body["openloop"]["request_id"], REPEATING.requests), (
            "lorem ipsum ", openai.APIError, wanted["type"], wanted["code"], raw.headers["x-request-id"], 1,
        )

    def test_of_a_response_after_the_head(self):
        self.each(self.of_a_response)

    def of_a_response(self, reason, model):
        REPEATING.requests = 0
        raw = REPEATING.sdk.responses.with_raw_response.create(model=f"{model}/2", input="Hello", stream=True)
        *events, last = raw.parse()
        text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
        error = last.response.error
        return (text, last.type, last.response.status, error.code, error.openloop["request_id"], REPEATING.requests), (
            "lorem ipsum ", "response.failed", "failed", FAILURES[reason]["responses"], raw.headers["x-request-id"], 1,
        )

    def test_a_stream_that_is_cut_is_an_error(self):
        with self.assertRaises(openai.APIError) as raised:
            list(CLIENT.chat.completions.create(model="mock/cut/1", messages=HELLO, stream=True))
        self.assertEqual(raised.exception.code, "stream_interrupted")

    def test_a_wrong_key(self):
        with self.assertRaises(openai.AuthenticationError) as raised:
            client(api_key="hl_sk_wrong").sdk.models.list()
        self.assertEqual(raised.exception.code, "invalid_api_key")

    def test_an_unknown_prompt(self):
        with self.assertRaises(openai.NotFoundError) as raised:
            CLIENT.chat.completions.create(model="prompt:no/such", messages=HELLO)
        self.assertEqual(raised.exception.code, "model_not_found")

    def test_a_bad_request_says_where(self):
        with self.assertRaises(openai.BadRequestError) as raised:
            CLIENT.chat.completions.create(model="mock/echo", messages=HELLO, n=1000)
        self.assertEqual((raised.exception.code, raised.exception.param), ("validation_failed", "n"))

    def test_a_route_that_is_not_there(self):
        with self.assertRaises(openai.NotFoundError) as raised:
            CLIENT.images.generate(model="mock/echo", prompt="A cat")
        self.assertEqual(raised.exception.code, "route_not_found")

    def test_the_list_of_failures_is_whole(self):
        reasons = [row["reason"] for row in api("GET", "/reasons")["reasons"]]
        raised = [reason for reason in reasons if self.is_of_a_provider(reason)]
        self.assertEqual(sorted(raised), sorted(FAILURES))

    def is_of_a_provider(self, reason):
        """Whether the mock raises it: it has no model for the others."""
        with self.assertRaises(openai.APIStatusError) as raised:
            CLIENT.chat.completions.create(model=f"mock/error/{reason}", messages=HELLO)
        return raised.exception.body["openloop"]["reason"] == reason and "no model of this name" not in raised.exception.body["message"]


if __name__ == "__main__":
    unittest.main()
