"""What a team does with the Python SDK 0.8.40b6 beyond test_decorators.py: asynchronous functions, feedback, local files."""

import asyncio
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from click.testing import CliRunner
from humanloop import Humanloop
from humanloop.cli.__main__ import cli
from openai import AsyncOpenAI, OpenAI

from harness import CLIENT, ECHO, EXTERNAL, KEY, SDK, URL, eventually, field, logs_at, new_path, user

PROVIDER = {"base_url": os.environ["E2E_EMULATOR_URL"] + "/v1", "api_key": os.environ["E2E_PROVIDER_KEY"]}
QUESTION = "What is the capital of France?"


def ask(question):
    client = OpenAI(**PROVIDER)
    answer = client.chat.completions.create(model="gpt-4o", temperature=0.5, messages=[{"role": "system", "content": "Be brief."}, user(question)])
    return answer.choices[0].message.content


class Decorators(SDK):
    def finished(self, path):
        """The one Log of the Flow at a path, once it is complete."""
        (log,) = eventually(lambda: [log for log in logs_at(path) if log.log_status == "complete"])
        return log

    def test_flow(self):
        path = new_path("flow")

        @CLIENT.flow(path=path, attributes={"settings": {"depth": [1, 2]}})
        def answer(question, messages=None):
            return {"question": question, "n": 1}

        self.assertEqual(answer("why?", messages=[user("before")]), {"question": "why?", "n": 1})
        log = self.finished(path)
        self.assertEqual((log.inputs, log.output, log.error), ({"question": "why?"}, '{"question": "why?", "n": 1}', None))
        self.assertEqual([(m.role, m.content) for m in log.messages], [("user", "before")])
        self.assertEqual(log.flow.attributes, {"settings": {"depth": [1, 2]}})
        self.assertEqual((log.flow.version_id, len(logs_at(path))), (CLIENT.files.retrieve_by_path(path=path).version_id, 1))

    def test_flow_that_fails(self):
        path = new_path("flow-error")

        @CLIENT.flow(path=path)
        def answer(question):
            raise ValueError("no answer today")

        with self.assertLogs("humanloop.sdk", "ERROR"):
            self.assertIsNone(answer("why?"))
        log = self.finished(path)
        self.assertEqual((log.error, log.output, log.output_message), ("no answer today", None, None))

    def test_flow_that_returns_a_message(self):
        path = new_path("flow-message")

        @CLIENT.flow(path=path)
        def answer(question):
            return {"role": "assistant", "content": question.upper()}

        answer("why?")
        log = self.finished(path)
        self.assertEqual((log.output_message.role, log.output_message.content, log.output, log.error), ("assistant", "WHY?", None, None))

    def test_tool(self):
        path = new_path("tool")

        @CLIENT.tool(path=path, attributes={"team": "a"}, setup_values={"retries": 3})
        def weather(city: str, days: int = 1) -> dict:
            "The weather of a city."
            return {"sky": "clear", "city": city, "days": days}

        self.assertEqual(weather("Rome"), {"sky": "clear", "city": "Rome", "days": 1})
        (log,) = eventually(lambda: logs_at(path))
        self.assertEqual(log.output, '{"sky": "clear", "city": "Rome", "days": 1}')
        self.assertEqual(log.inputs["city"], "Rome")
        tool = CLIENT.tools.get(id=log.tool.id)
        self.assertEqual((tool.function.name, tool.function.description), ("weather", "The weather of a city."))
        self.assertEqual(tool.function.parameters["properties"], {"city": {"type": "string"}, "days": {"type": "integer"}})
        self.assertEqual(sorted(tool.function.parameters["required"]), ["city", "days"])
        self.assertIn("def weather(city: str, days: int = 1)", tool.source_code)

    def test_tool_that_fails(self):
        path = new_path("tool-error")

        @CLIENT.tool(path=path)
        def weather(city: str):
            raise ValueError("clouds")

        with self.assertLogs("humanloop.sdk", "ERROR"):
            weather("Rome")
        (log,) = eventually(lambda: logs_at(path))
        self.assertEqual(log.error, "clouds")

    def test_prompt_makes_a_version_of_what_was_called(self):
        path = new_path("prompt")
        prompt = CLIENT.prompts.upsert(path=path, provider="openai", model="gpt-4o", template=[user("{{question}}")])
        output = CLIENT.prompt(path=path)(ask)(QUESTION)
        self.assertIn("Paris", output)
        (log,) = eventually(lambda: logs_at(path))
        self.assertEqual(log.output_message.content, output)
        self.assertEqual([(m.role, m.content) for m in log.messages], [("system", "Be brief."), ("user", QUESTION)])
        self.assertEqual((log.prompt.provider, log.prompt.model, log.prompt.temperature), ("openai", "gpt-4o", 0.5))
        self.assertEqual((log.prompt_tokens, log.output_tokens, log.finish_reason), (12, 9, "stop"))
        self.assertEqual([v.version_id for v in CLIENT.prompts.list_versions(id=prompt.id).records], [log.prompt.version_id, prompt.version_id])
        self.assertEqual(CLIENT.prompts.get(id=prompt.id).version_id, prompt.version_id, "the first version stays deployed")

    def test_a_trace_of_all_three(self):
        flow, prompt, tool, called, logged = (new_path(name) for name in ("trace", "trace-prompt", "trace-tool", "trace-call", "trace-log"))
        think = CLIENT.prompt(path=prompt)(ask)

        @CLIENT.tool(path=tool)
        def look(word: str) -> str:
            return word.upper()

        @CLIENT.flow(path=flow)
        def answer(question):
            look(question)
            CLIENT.prompts.call(path=called, prompt=ECHO, messages=[user(question)])
            CLIENT.prompts.log(path=logged, prompt=ECHO, output="by hand")
            return think(question)

        output = answer(QUESTION)
        trace = self.finished(flow)
        self.assertEqual(trace.output, output)
        children = eventually(lambda: (c := field(CLIENT.logs.get(id=trace.id), "trace_children")) and len(c) == 4 and c)
        self.assertEqual({field(c, "trace_parent_id") for c in children}, {trace.id})
        self.assertEqual({log.trace_parent_id for path in (prompt, tool, called, logged) for log in logs_at(path)}, {trace.id})
        for path in (prompt, tool, called, logged):
            self.assertEqual(len(logs_at(path)), 1, path)

    def test_async(self):
        flow, prompt, tool = (new_path("async-" + name) for name in ("flow", "prompt", "tool"))

        @CLIENT.a_prompt(path=prompt)
        async def think(question):
            answer = await AsyncOpenAI(**PROVIDER).chat.completions.create(model="gpt-4o", messages=[user(question)])
            return answer.choices[0].message.content

        @CLIENT.a_tool(path=tool)
        async def look(question: str) -> str:
            return "baz!"

        @CLIENT.a_flow(path=flow)
        async def answer(question):
            await look(question)
            return await think(question)

        output = asyncio.run(answer(QUESTION))
        trace = self.finished(flow)
        self.assertEqual((trace.output, trace.inputs), (output, {"question": QUESTION}))
        eventually(lambda: len(field(CLIENT.logs.get(id=trace.id), "trace_children")) == 2)
        self.assertEqual([(log.output, log.inputs) for log in logs_at(tool)], [("baz!", {"question": QUESTION})])
        self.assertEqual([log.output_message.content for log in logs_at(prompt)], [output])


class Feedback(SDK):
    def test_a_judgment_is_given_changed_and_withdrawn(self):
        path = new_path("judged")
        rating = CLIENT.evaluators.upsert(
            path=new_path("rating"),
            spec={**EXTERNAL, "evaluator_type": "human", "return_type": "select", "options": [{"name": "good", "valence": "positive"}, {"name": "bad", "valence": "negative"}]},
        )
        log = CLIENT.prompts.log(path=path, prompt=ECHO, output="Hi.")
        for judgment in ("bad", "good", None):
            CLIENT.evaluators.log(parent_id=log.id, path=rating.path, judgment=judgment)
        (own,) = logs_at(path)
        self.assertEqual([e.judgment for e in own.evaluator_logs], ["bad", "good", None])
        judgments = list(CLIENT.logs.list(file_id=rating.id, include_parent=True))
        self.assertEqual({j.parent.id for j in judgments}, {log.id})


class LocalFiles(SDK):
    def setUp(self):
        self.directory = new_path("local")
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.template = [{"role": "system", "content": "Be <brief> & kind."}, user("Hello {{name}}!")]
        self.prompt = CLIENT.prompts.upsert(path=f"{self.directory}/a/prompt", **ECHO, template=self.template, temperature=0.5)
        self.agent = CLIENT.agents.upsert(path=f"{self.directory}/agent", model="gpt-4o")

    def pulled(self):
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file())

    def client(self):
        return Humanloop(base_url=URL, api_key=KEY, use_local_files=True, local_files_directory=str(self.folder))

    def test_pull_and_call_what_was_pulled(self):
        with contextlib.redirect_stdout(io.StringIO()):
            client = self.client()
            done, failed = client.pull(path=self.directory)
        self.assertEqual((sorted(done), failed), (sorted([self.agent.path, self.prompt.path]), []))
        self.assertEqual(self.pulled(), [f"{self.prompt.path}.prompt", f"{self.agent.path}.agent"])
        file = self.folder / f"{self.prompt.path}.prompt"
        self.assertEqual(file.read_text(), CLIENT.prompts.serialize(id=self.prompt.id))
        answer = client.prompts.call(path=self.prompt.path, inputs={"name": "Ada"})
        self.assertEqual((answer.logs[0].output, answer.prompt.version_id), ("Hello Ada!", self.prompt.version_id))

        file.write_text(file.read_text().replace("Hello", "Good day"))
        client = self.client()  # which has not read the file yet
        changed = client.prompts.call(path=self.prompt.path, inputs={"name": "Ada"})
        self.assertEqual(changed.logs[0].output, "Good day Ada!")
        self.assertNotEqual(changed.prompt.version_id, self.prompt.version_id)
        logged = client.prompts.log(path=self.prompt.path, inputs={"name": "Ada"}, output="Hi.")
        self.assertEqual((logged.prompt_id, logged.version_id), (self.prompt.id, changed.prompt.version_id))

    def test_a_file_that_only_exists_locally(self):
        path = f"{self.directory}/new"
        file = self.folder / f"{path}.prompt"
        file.parent.mkdir(parents=True)
        file.write_text("---\nmodel: echo\nprovider: mock\nendpoint: chat\ntools: []\n---\n\n<system>\nBe brief.\n</system>\n")
        client = self.client()
        answer = client.prompts.call(path=path, messages=[user("hi")])
        self.assertEqual((answer.logs[0].output, answer.prompt.path), ("hi", path))
        agent = self.folder / f"{path}-agent.agent"
        agent.write_text("---\nmodel: gpt-4o\nprovider: openai\nmax_iterations: 4\ntools: []\n---\n\n<system>\nBe brief.\n</system>\n")
        logged = client.agents.log(path=f"{path}-agent", messages=[user("hi")], output="Hi.")
        self.assertEqual(CLIENT.agents.get(id=logged.agent_id).max_iterations, 4)

    def pull_arguments(self, *arguments):
        return ["pull", "--base-url", URL, "--local-files-directory", str(self.folder), *arguments]

    def test_the_command_line(self):
        program = os.path.join(os.path.dirname(sys.executable), "humanloop")
        environment = {**os.environ, "HUMANLOOP_API_KEY": KEY}
        done = subprocess.run([program, *self.pull_arguments("--path", self.directory)], env=environment, capture_output=True, text=True)
        self.assertEqual((done.returncode, self.pulled()), (0, [f"{self.prompt.path}.prompt", f"{self.agent.path}.agent"]), done.stdout + done.stderr)

    def invoke(self, *arguments):
        return CliRunner(env={"HUMANLOOP_API_KEY": KEY}).invoke(cli, self.pull_arguments(*arguments))

    def test_the_command_line_pulls_one_file_and_from_an_environment(self):
        self.assertEqual(self.invoke("--path", f"{self.agent.path}.agent").exit_code, 0)
        self.assertEqual(self.pulled(), [f"{self.agent.path}.agent"])
        self.assertEqual(self.invoke("--path", self.directory, "--environment", "staging").exit_code, 0)
        self.assertEqual(self.pulled(), [f"{self.agent.path}.agent"], "nothing is deployed there")
        self.assertEqual(self.invoke("--path", self.directory, "--environment", "production").exit_code, 0)
        self.assertEqual(self.pulled(), [f"{self.prompt.path}.prompt", f"{self.agent.path}.agent"])

    def test_what_does_not_exist(self):
        for arguments, message in [
            (["--path", f"{self.directory}/none"], f"Directory `{self.directory}/none` does not exist"),
            (["--environment", "none"], "Environment `none` does not exist"),
        ]:
            with self.subTest(arguments):
                done = self.invoke(*arguments)
                self.assertEqual(done.exit_code, 1)
                self.assertIn(message, done.output)


if __name__ == "__main__":
    unittest.main()
