"""The official Python SDK, unmodified, against the server: with its provider "mock", and through an emulator of the providers.

Fault F3: runs with every release of e2e/run, from 0.8.9 to 0.8.40b6. The newest wraps the errors of some methods in one of its own.
"""

import datetime
import inspect
import unittest
import uuid

from humanloop import Humanloop, UnprocessableEntityError

from harness import ECHO, SDK, URL, field, new_path, user

GREETING = {**ECHO, "template": [user("Hello {{name}}!")]}


class Calls(SDK):
    def test_makes_the_prompt_at_its_path(self):
        path = new_path("call")
        answer = self.prompts.call(path=path, prompt=GREETING, inputs={"name": "Ada"})
        self.assertEqual(answer.prompt.path, path)
        self.assertEqual(answer.inputs, {"name": "Ada"})
        self.assertEqual([(log.index, log.output) for log in answer.logs], [(0, "Hello Ada!")])
        self.assertEqual(answer.logs[0].output_message.content, "Hello Ada!")
        self.assertEqual(answer.logs[0].finish_reason, "stop")
        self.assertIsNotNone(answer.log_id)
        self.assertEqual(self.output_of(answer.log_id), "Hello Ada!")

    def test_finds_the_prompt_by_path_and_id(self):
        path = new_path("find")
        prompt = self.prompts.upsert(path=path, **GREETING)
        for target in ({"path": path}, {"id": prompt.id}, {"id": prompt.id, "version_id": prompt.version_id}):
            with self.subTest(target):
                answer = self.prompts.call(**target, inputs={"name": "Grace"})
                self.assertEqual(answer.prompt.id, prompt.id)
                self.assertEqual(answer.prompt.version_id, prompt.version_id)
                self.assertEqual(answer.logs[0].output, "Hello Grace!")

    def test_uses_the_same_version_for_the_same_content(self):
        path = new_path("same")
        first = self.prompts.call(path=path, prompt=GREETING, inputs={"name": "a"})
        second = self.prompts.call(path=path, prompt=GREETING, inputs={"name": "b"})
        third = self.prompts.call(path=path, prompt={**GREETING, "temperature": 0.5}, inputs={"name": "c"})
        self.assertEqual(first.prompt.version_id, second.prompt.version_id)
        self.assertNotEqual(first.prompt.version_id, third.prompt.version_id)

    def test_streams(self):
        text = "Grüße, 世界 and 😀: one two three four five six."
        chunks = list(self.prompts.call_stream(path=new_path("stream"), prompt=ECHO, messages=[user(text)]))
        self.assertGreater(len(chunks), 3)
        for chunk in chunks:
            self.assertIsNotNone(chunk.output)
            self.assertTrue(chunk.id and chunk.prompt_id and chunk.version_id)
            self.assertEqual(chunk.index, 0)
            self.assertIsNone(chunk.error)
        self.assertEqual("".join(chunk.output for chunk in chunks), text)
        self.assertEqual(chunks[-1].finish_reason, "stop")
        self.assertEqual(self.output_of(chunks[0].id), text)

    def test_gives_several_samples(self):
        answer = self.prompts.call(path=new_path("samples"), prompt=ECHO, messages=[user("one two")], num_samples=3)
        self.assertEqual([(log.index, log.output) for log in answer.logs], [(i, "one two") for i in range(3)])

    def test_calls_tools(self):
        tool = {"name": "look_up", "description": "Looks up.", "parameters": {"type": "object", "properties": {}}}
        answer = self.prompts.call(
            path=new_path("tools"), prompt={**ECHO, "tools": [tool]}, messages=[user('{"word": "loop"}')],
            tool_choice={"type": "function", "function": {"name": "look_up"}},
        )
        (call,) = answer.logs[0].output_message.tool_calls
        self.assertEqual((call.type, call.function.name), ("function", "look_up"))
        self.assertIn("loop", call.function.arguments)

    @unittest.skipUnless("log_id" in inspect.signature(SDK.prompts.call).parameters, "this release has no log_id")
    def test_uses_the_log_id_that_was_asked_for(self):
        log_id = f"mine-{uuid.uuid4()}"
        answer = self.prompts.call(path=new_path("log-id"), prompt=ECHO, messages=[user("hi")], log_id=log_id)
        self.assertEqual(answer.logs[0].output, "hi")
        self.assertEqual(self.output_of(log_id), "hi")


class Files(SDK):
    def test_upsert_get_list_and_delete(self):
        path = new_path("files")
        named = "version_name" in inspect.signature(self.prompts.upsert).parameters  # not in 0.8.20
        first = self.prompts.upsert(path=path, **GREETING, temperature=0.1, **({"version_name": "one"} if named else {}))
        second = self.prompts.upsert(path=path, **GREETING, temperature=0.2, **({"version_name": "two"} if named else {}))
        again = self.prompts.upsert(path=path, **GREETING, temperature=0.1)
        self.assertEqual(first.version_id, again.version_id)
        self.assertEqual((second.id, second.type, second.temperature), (first.id, "prompt", 0.2))
        self.assertEqual(self.prompts.get(first.id).version_id, first.version_id, "the first version stays deployed")
        self.assertEqual(self.prompts.get(first.id, version_id=second.version_id).temperature, 0.2)
        self.assertEqual(self.prompts.get(first.id, environment="production").version_id, first.version_id)
        versions = self.prompts.list_versions(first.id).records
        self.assertEqual({v.version_id for v in versions}, {first.version_id, second.version_id})
        if named:
            self.assertEqual({v.version_name for v in versions}, {"one", "two"})
        found = list(self.prompts.list(name=path.split("/")[-1], size=1))
        self.assertEqual([(prompt.id, prompt.type) for prompt in found], [(first.id, "prompt")])
        self.prompts.delete(first.id)
        self.fails(404, "prompt_not_found", self.prompts.get, first.id)

    def test_pager_reads_to_the_end(self):
        name = f"page-{uuid.uuid4()}"
        ids = [self.prompts.upsert(path=f"e2e/python/{name}-{i}", **ECHO).id for i in range(5)]
        listed = [p.id for p in self.prompts.list(name=name, size=2, sort_by="created_at", order="asc")]
        self.assertEqual(listed, ids)

    def test_populate(self):
        if not hasattr(self.prompts, "populate"):
            self.skipTest("this version of the SDK has no populate")
        prompt = self.prompts.upsert(path=new_path("populate"), **GREETING)
        populated = self.prompts.populate(prompt.id, request={"name": "Ada"})
        self.assertEqual([(field(m, "role"), field(m, "content")) for m in populated.populated_template], [("user", "Hello Ada!")])


class Logs(SDK):
    def test_log_and_update(self):
        created_at = datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)
        created = self.prompts.log(
            path=new_path("log"), prompt=GREETING, inputs={"name": "Ada"}, messages=[user("Hello Ada!")], output="Hi.",
            metadata={"run": "first"}, prompt_tokens=4, output_tokens=2, source="e2e", created_at=created_at,
        )
        self.prompts.update_log(id=created.prompt_id, log_id=created.id, output="Hi, Ada.", metadata={"run": "second"})
        log = self.logs.get(created.id)
        self.assertEqual(field(log, "output"), "Hi, Ada.")
        self.assertEqual(field(log, "inputs"), {"name": "Ada"})
        self.assertEqual(field(log, "metadata"), {"run": "second"})
        self.assertEqual((field(log, "prompt_tokens"), field(log, "output_tokens")), (4, 2))
        self.assertEqual(field(log, "source"), "e2e")
        self.assertEqual(str(field(log, "created_at"))[:23].replace("T", " "), "2026-01-02 03:04:05.678")

    def test_list_with_filters_and_delete(self):
        path = new_path("logs")
        texts = ["apple pie", "banana split", "cherry cake", "apple tart", "plum jam"]
        for i, text in enumerate(texts):
            answer = self.prompts.call(path=path, prompt=ECHO, messages=[user(text)], metadata={"number": f"n{i}"})
        prompt = answer.prompt

        def outputs(**filters):
            return [field(log, "output") for log in self.logs.list(file_id=prompt.id, **filters)]

        self.assertEqual(outputs(), texts[::-1])
        self.assertEqual(outputs(size=2), texts[::-1])
        self.assertEqual(outputs(search="apple"), ["apple tart", "apple pie"])
        self.assertEqual(outputs(metadata_search="n2"), ["cherry cake"])
        self.assertEqual(outputs(version_id=prompt.version_id, size=100), texts[::-1])
        long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
        self.assertEqual(outputs(end_date=long_ago), [])
        self.assertEqual(outputs(start_date=long_ago), texts[::-1])

        newest = next(iter(self.logs.list(file_id=prompt.id, size=1)))
        self.logs.delete(id=field(newest, "id"))
        self.assertEqual(outputs(), texts[:-1][::-1])
        self.fails(404, "log_not_found", self.logs.get, field(newest, "id"))


class Errors(SDK):
    def test_422_lists_what_is_wrong(self):
        error, detail = self.fails(422, "validation_failed", self.prompts.upsert, path=new_path("bad"), **ECHO, temperature=9, top_p=3)
        self.assertIsInstance(error, UnprocessableEntityError)
        self.assertEqual(sorted(v["param"] for v in detail["errors"]), ["temperature", "top_p"])

    def test_422_names_missing_inputs(self):
        prompt = self.prompts.upsert(path=new_path("missing"), **GREETING)
        error, detail = self.fails(422, "missing_inputs", self.prompts.call, id=prompt.id)
        self.assertIsInstance(error, UnprocessableEntityError)
        self.assertIn("name", detail["message"])
        self.fails(422, "missing_inputs", lambda: list(self.prompts.call_stream(id=prompt.id)))

    def test_404(self):
        self.fails(404, "prompt_not_found", self.prompts.get, "pr_none")
        self.fails(404, "prompt_not_found", self.prompts.call, path=new_path("none"))
        self.fails(404, "log_not_found", self.logs.get, "log_none")

    def test_401(self):
        stranger = Humanloop(base_url=URL, api_key="hl_sk_wrong")
        self.fails(401, "gateway_key_invalid", stranger.prompts.get, "pr_none")

    def test_a_providers_failure(self):
        for reason, status in [("rate_limited", 429), ("overloaded", 503), ("provider_internal", 500), ("invalid_api_key", 401)]:
            with self.subTest(reason):
                request = {"path": new_path(reason), "prompt": {"provider": "mock", "model": f"error/{reason}"}, "messages": [user("hi")]}
                self.fails(status, reason, self.prompts.call, **request)
                self.fails(status, reason, lambda: list(self.prompts.call_stream(**request)))

    def test_a_stream_that_breaks_says_so_in_its_last_chunk(self):
        prompt = {"provider": "mock", "model": "cut/3"}
        chunks = list(self.prompts.call_stream(path=new_path("cut"), prompt=prompt, messages=[user("a b c d e f")]))
        self.assertTrue(chunks[-1].error)
        self.assertEqual(chunks[-1].output, "")
        self.assertTrue(all(chunk.error is None for chunk in chunks[:-1]))
        log = self.logs.get(chunks[-1].id)
        self.assertEqual(field(log, "error"), chunks[-1].error)
        self.assertEqual(field(log, "output"), "".join(chunk.output for chunk in chunks))


class Providers(SDK):
    def test_the_same_prompt_on_each(self):
        template = [{"role": "system", "content": "Answer briefly."}, user("What is the capital of {{country}}?")]
        models = {"openai": "gpt-4o", "anthropic": "claude-sonnet-4-20250514", "google": "gemini-2.5-flash"}
        for provider, model in models.items():
            with self.subTest(provider):
                prompt = {"provider": provider, "model": model, "max_tokens": 100, "template": template}
                call = {"path": new_path(provider), "prompt": prompt, "inputs": {"country": "France"}}
                answer = self.prompts.call(**call)
                chunks = list(self.prompts.call_stream(**call))
                self.assertIn("Paris", answer.logs[0].output)
                self.assertEqual("".join(chunk.output for chunk in chunks), answer.logs[0].output)
                logs = list(self.logs.list(file_id=answer.prompt.id))
                self.assertEqual([field(log, "output") for log in logs], [answer.logs[0].output] * 2)
                self.assertEqual([field(log, "id") for log in logs], [chunks[0].id, answer.log_id])


if __name__ == "__main__":
    unittest.main()
