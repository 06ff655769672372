"""Functions that log themselves, traces of them, and `evaluations.run` of them, with every release of the Python SDK that has decorators.

Fault F3: the releases differ in how they send what they have seen: up to 0.8.28 with the API's own calls and times as numbers, since
then as spans. What comes of it must not. Up to 0.8.28 nothing completes the Log of a Flow, and
one that returns an object sends it as it is, which was never an output.
"""

import contextlib
import importlib
import importlib.metadata
import io
import json
import os
import time
import types
import unittest
from unittest import mock

from openai import OpenAI

from harness import CLIENT, SDK, eventually, file_at, logs_at, new_path, user

PROVIDER = {"base_url": os.environ["E2E_EMULATOR_URL"] + "/v1", "api_key": os.environ["E2E_PROVIDER_KEY"]}
QUESTION = "What is the capital of France?"
VERSION = importlib.metadata.version("humanloop")
MINOR = int("".join(c for c in VERSION.split(".")[2][:2] if c.isdigit()))
COMPLETES = MINOR >= 29
EVALS = "humanloop.evals.run" if MINOR >= 27 else "humanloop.eval_utils.run"


def ask(question):
    answer = OpenAI(**PROVIDER).chat.completions.create(model="gpt-4o", temperature=0.5, messages=[user(question)])
    return answer.choices[0].message.content


@unittest.skipUnless(hasattr(CLIENT, "flow"), f"humanloop {VERSION} has no decorators")
class Decorators(SDK):
    def finished(self, path):
        """The one Log of the Flow at a path, with its end."""
        def ended():
            return [log for log in logs_at(path) if log.error or log.output_message or log.output is not None if log.log_status == "complete" or not COMPLETES]

        (log,) = eventually(ended)
        return log

    def test_flow(self):
        path = new_path("flow")

        @CLIENT.flow(path=path, attributes={"settings": {"depth": 2}})
        def answer(question):
            return question.upper()

        before = time.time()
        self.assertEqual(answer("why?"), "WHY?")
        log = self.finished(path)
        self.assertEqual((log.inputs, log.output, log.error), ({"question": "why?"}, "WHY?", None))
        self.assertEqual(log.flow.attributes, {"settings": {"depth": 2}})
        self.assertLess(abs(log.start_time.timestamp() - before), 60)
        self.assertLessEqual(log.start_time, log.end_time)

    def test_flow_that_fails(self):
        path = new_path("flow-error")

        @CLIENT.flow(path=path)
        def answer(question):
            raise ValueError("no answer today")

        with self.assertLogs("humanloop.sdk", "ERROR"):
            answer("why?")
        self.assertEqual(self.finished(path).error, "no answer today")

    def test_tool(self):
        path = new_path("tool")

        @CLIENT.tool(path=path, attributes={"team": "a"}, setup_values={"retries": 3})
        def weather(city: str, days: int = 1) -> dict:
            "The weather of a city."
            return {"sky": "clear", "city": city, "days": days}

        self.assertEqual(weather("Rome"), {"sky": "clear", "city": "Rome", "days": 1})
        (log,) = eventually(lambda: logs_at(path))
        self.assertEqual((json.loads(log.output), log.inputs["city"]), ({"sky": "clear", "city": "Rome", "days": 1}, "Rome"))
        self.assertLessEqual(log.start_time, log.end_time)
        tool = CLIENT.tools.get(id=log.tool.id)
        self.assertEqual((tool.function.name, tool.function.description), ("weather", "The weather of a city."))
        self.assertEqual(tool.function.parameters["properties"], {"city": {"type": "string"}, "days": {"type": "integer"}})

    def test_prompt(self):
        path = new_path("prompt")
        output = CLIENT.prompt(path=path)(ask)(QUESTION)
        self.assertIn("Paris", output)
        (log,) = eventually(lambda: logs_at(path))
        self.assertEqual(log.output or log.output_message.content, output)
        self.assertEqual((log.prompt.provider, log.prompt.model, log.prompt.temperature), ("openai", "gpt-4o", 0.5))
        self.assertEqual([(m.role, m.content) for m in log.messages], [("user", QUESTION)])

    def test_a_trace(self):
        flow, prompt, tool = (new_path(name) for name in ("trace", "trace-prompt", "trace-tool"))
        think = CLIENT.prompt(path=prompt)(ask)

        @CLIENT.tool(path=tool)
        def look(word: str) -> str:
            return word.upper()

        @CLIENT.flow(path=flow)
        def answer(question):
            look(question)
            return think(question)

        output = answer(QUESTION)
        trace = self.finished(flow)
        self.assertEqual(trace.output, output)
        for path in (prompt, tool):
            (log,) = eventually(lambda: logs_at(path))
            self.assertEqual(log.trace_parent_id, trace.id, path)

    def run_(self, **kwargs):
        """evaluations.run, which otherwise sleeps for seconds between its questions."""
        quick = types.SimpleNamespace(**{name: getattr(time, name) for name in dir(time) if not name.startswith("_")})
        quick.sleep = lambda _: time.sleep(0.02)
        module = importlib.import_module(EVALS)
        with mock.patch.object(module, "time", quick), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return CLIENT.evaluations.run(**kwargs)

    def test_an_evaluation_of_code_of_ones_own(self):
        flow, dataset, exact = new_path("flow"), new_path("dataset"), new_path("exact")
        datapoints = [{"inputs": {"question": q}, "target": {"output": q.upper()}} for q in ("a", "b")]
        self.run_(
            name="Quality",
            file={"path": flow, "type": "flow", "version": {"attributes": {"v": 1}}, "callable": lambda question: question.upper()},
            dataset={"path": dataset, "datapoints": datapoints},
            evaluators=[{
                "path": exact, "callable": lambda log, datapoint: log["output"] == datapoint["target"]["output"],
                "args_type": "target_required", "return_type": "boolean",
            }],
        )
        (evaluation,) = CLIENT.evaluations.list(file_id=file_at(flow).id)
        (stats,) = CLIENT.evaluations.get_stats(id=evaluation.id).run_stats
        self.assertEqual((stats.status, stats.num_logs, stats.evaluator_stats[0].num_true), ("completed", 2, 2))
        self.assertEqual({log.log_status for log in logs_at(flow)}, {"complete"})


if __name__ == "__main__":
    unittest.main()
