"""The acceptance cases of Open Responses (https://www.openresponses.org/compliance), in our words, held to the members that its schema requires."""

import json
import unittest

from shared import send

WHOLE, NUMBER, NOTHING = int, (int, float), type(None)
TEXT_OR_NOTHING, WHOLE_OR_NOTHING = (str, NOTHING), (int, NOTHING)

# A shape is a type or several, a set of values, a list of the shape of its items, or an object of those of its members: they must be there, others may.
STATUS = {"in_progress", "completed", "incomplete"}
PARTS = {
    "output_text": {"text": str, "annotations": list, "logprobs": list},
    "summary_text": {"text": str},
    "refusal": {"refusal": str},
}
ITEMS = {
    "message": {"id": str, "status": STATUS, "role": {"assistant"}, "content": [PARTS]},
    "function_call": {"id": str, "call_id": str, "name": str, "arguments": str, "status": STATUS},
    "reasoning": {"id": str, "summary": [PARTS]},
}
USAGE = {
    "input_tokens": WHOLE, "output_tokens": WHOLE, "total_tokens": WHOLE,
    "input_tokens_details": {"cached_tokens": WHOLE}, "output_tokens_details": {"reasoning_tokens": WHOLE},
}
TOOL = {"type": {"function"}, "name": str, "description": TEXT_OR_NOTHING, "parameters": (dict, NOTHING), "strict": (bool, NOTHING)}
RESPONSE = {
    "id": str, "object": {"response"}, "created_at": WHOLE, "completed_at": WHOLE_OR_NOTHING, "status": str, "incomplete_details": (dict, NOTHING),
    "model": str, "previous_response_id": TEXT_OR_NOTHING, "instructions": (str, list, NOTHING), "output": [ITEMS], "error": (dict, NOTHING),
    "tools": [TOOL], "tool_choice": (str, dict), "truncation": {"auto", "disabled"}, "parallel_tool_calls": bool, "text": {"format": {"type": str}},
    "top_p": NUMBER, "presence_penalty": NUMBER, "frequency_penalty": NUMBER, "top_logprobs": WHOLE, "temperature": NUMBER,
    "reasoning": (dict, NOTHING), "user": TEXT_OR_NOTHING, "usage": (dict, NOTHING), "max_output_tokens": WHOLE_OR_NOTHING,
    "max_tool_calls": WHOLE_OR_NOTHING, "store": bool, "background": bool, "service_tier": str, "metadata": dict,
    "safety_identifier": TEXT_OR_NOTHING, "prompt_cache_key": TEXT_OR_NOTHING,
}
ITEM = {"output_index": WHOLE, "item": ITEMS}
PLACE = {"item_id": str, "output_index": WHOLE}
CONTENT, SUMMARY = PLACE | {"content_index": WHOLE}, PLACE | {"summary_index": WHOLE}
EVENTS = {
    "response.created": {"response": RESPONSE}, "response.in_progress": {"response": RESPONSE}, "response.completed": {"response": RESPONSE},
    "response.output_item.added": ITEM, "response.output_item.done": ITEM,
    "response.content_part.added": CONTENT | {"part": PARTS}, "response.content_part.done": CONTENT | {"part": PARTS},
    "response.output_text.delta": CONTENT | {"delta": str}, "response.output_text.done": CONTENT | {"text": str},
    "response.reasoning_summary_part.added": SUMMARY | {"part": PARTS}, "response.reasoning_summary_part.done": SUMMARY | {"part": PARTS},
    "response.reasoning_summary_text.delta": SUMMARY | {"delta": str}, "response.reasoning_summary_text.done": SUMMARY | {"text": str},
    "response.function_call_arguments.delta": PLACE | {"delta": str}, "response.function_call_arguments.done": PLACE | {"arguments": str},
}
VARIANTS = (PARTS, ITEMS, EVENTS) # told apart by their member type


def faults(value, shape, place):
    """What is wrong with a value, and where."""
    if any(shape is v for v in VARIANTS):
        kind = value.get("type") if isinstance(value, dict) else None
        return faults(value, shape[kind], f"{place}<{kind}>") if kind in shape else [f"{place}: {kind} is none of {sorted(shape)}"]
    if isinstance(shape, set):
        return [] if value in shape else [f"{place}: {value!r} is none of {sorted(shape)}"]
    if isinstance(shape, list):
        return sum((faults(item, shape[0], f"{place}.{i}") for i, item in enumerate(value)), [])
    if isinstance(shape, dict):
        missing = [f"{place}.{name} is missing" for name in shape if name not in value]
        return missing + sum((faults(value[name], shape[name], f"{place}.{name}") for name in shape if name in value), [])
    right = isinstance(value, shape) and (bool in (shape if isinstance(shape, tuple) else (shape,)) or not isinstance(value, bool))
    return [] if right else [f"{place}: {value!r} is no {shape}"]


def said(role, content):
    return {"type": "message", "role": role, "content": content}


WEATHER = {
    "type": "function", "name": "get_weather", "description": "The weather of a place.",
    "parameters": {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]},
}
DOT = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="


class Cases(unittest.TestCase):
    def whole(self, model="mock/echo", **body):
        response = json.loads(send("POST", "/v1/responses", {"model": model, **body}))
        self.assertEqual(faults(response, RESPONSE, "response") + faults(response["usage"], USAGE, "usage"), [])
        self.assertEqual(response["status"], "completed")
        return response

    def streamed(self, model="mock/echo", **body):
        answer = send("POST", "/v1/responses", {"model": model, "stream": True, **body})
        frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in answer.split("\n\n") if frame]
        events = [json.loads(frame["data"]) for frame in frames]
        self.assertEqual([frame["event"] for frame in frames], [event["type"] for event in events])
        self.assertEqual([event["sequence_number"] for event in events], list(range(len(events))))
        self.assertEqual(sum((faults(event, EVENTS, f"event {i}") for i, event in enumerate(events)), []), [])
        self.assertEqual((events[-1]["type"], events[-1]["response"]["status"]), ("response.completed", "completed"))
        return events

    def text(self, response):
        return "".join(part["text"] for item in response["output"] if item["type"] == "message" for part in item["content"])

    def test_basic(self):
        response = self.whole(input=[said("user", "Say hello in exactly 3 words.")])
        self.assertEqual(self.text(response), "Say hello in exactly 3 words.")

    def test_streaming(self):
        events = self.streamed("mock/lorem/5", input=[said("user", "Count from 1 to 5.")])
        deltas = [e["delta"] for e in events if e["type"] == "response.output_text.delta"]
        self.assertEqual((len(deltas), "".join(deltas)), (5, self.text(events[-1]["response"])))

    def test_system(self):
        self.whole(input=[said("system", "You are a pirate."), said("user", "Say hello.")])

    def test_tools(self):
        item, = self.whole("mock/agent", input=[said("user", "What is the weather in Rome?")], tools=[WEATHER])["output"]
        self.assertEqual((item["type"], item["name"], json.loads(item["arguments"])), ("function_call", "get_weather", {"location": "What is the weather in Rome?"}))

    def test_tools_streaming(self):
        events = self.streamed("mock/think/3", input=[said("user", "get_weather(Rome)")], tools=[WEATHER])
        call = [e for e in events if e.get("item", {}).get("type") == "function_call"]
        self.assertEqual([(e["type"], e["item"]["arguments"]) for e in call], [
            ("response.output_item.added", ""), ("response.output_item.done", '{"location":"Rome"}'),
        ])
        deltas = "".join(e["delta"] for e in events if e["type"] == "response.function_call_arguments.delta")
        done, = [e["arguments"] for e in events if e["type"] == "response.function_call_arguments.done"]
        self.assertEqual((deltas, done), ('{"location":"Rome"}',) * 2)

    def test_image(self):
        content = [{"type": "input_text", "text": "What do you see?"}, {"type": "input_image", "image_url": DOT}]
        self.assertEqual(self.text(self.whole(input=[said("user", content)])), "What do you see?")

    def test_multi_turn(self):
        self.whole(input=[said("user", "My name is Alice."), said("assistant", "Hello Alice!"), said("user", "What is my name?")])

    def test_previous_response_id(self):
        first = self.whole("mock/tools", input=[said("user", "get_weather(Rome)")], tools=[WEATHER])
        call, = first["output"]
        result = {"type": "function_call_output", "call_id": call["call_id"], "output": "Sunny"}
        second = self.whole("mock/tools", input=[result], tools=[WEATHER], previous_response_id=first["id"])
        self.assertEqual((second["previous_response_id"], self.text(second)), (first["id"], "Sunny"))


if __name__ == "__main__":
    unittest.main()
