"""Tools that the server runs, with the Python SDK from 0.8.36b1 on."""

import unittest

import httpx

from harness import CLIENT, ECHO, KEY, SDK, URL, field, new_path, user

ADD = {
    "function": {
        "name": "add", "description": "Adds two numbers.",
        "parameters": {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}, "required": ["a", "b"]},
    },
    "source_code": "import os\ndef add(a, b):\n    print('adding', os.environ.get('SECRET'))\n    return {'sum': a + b, 'each': a // b}\n",
}


class Tools(SDK):
    def test_python(self):
        path = new_path("add")
        tool = CLIENT.tools.upsert(path=path, **ADD)
        CLIENT.tools.add_environment_variable(id=tool.id, request=[{"name": "SECRET", "value": "s3cret-value"}])
        answer = CLIENT.tools.call(path=path, inputs={"a": 6, "b": 3}, metadata={"m": 1})
        self.assertEqual((answer.output, answer.error, answer.stdout), ('{"sum":9,"each":2}', None, "adding ********\n"))
        self.assertEqual((answer.tool.version_id, answer.inputs, answer.log_id), (tool.version_id, {"a": 6, "b": 3}, answer.id))
        self.assertEqual(field(CLIENT.logs.get(id=answer.id), "output"), answer.output)
        failed = CLIENT.tools.call(id=tool.id, inputs={"a": 6, "b": 0})
        self.assertIn("ZeroDivisionError", failed.error)

    def test_content_and_trace(self):
        flow = CLIENT.flows.log(path=new_path("flow"), flow={"attributes": {}}, log_status="incomplete")
        answer = CLIENT.tools.call(path=new_path("hi"), tool={"source_code": "def hi(name): return 'hi ' + name"}, inputs={"name": "Ada"}, trace_parent_id=flow.id)
        self.assertEqual((answer.output, answer.trace_id, answer.trace_flow_id), ("hi Ada", flow.id, flow.flow_id))

    def test_what_cannot_run(self):
        path = new_path("client")
        CLIENT.tools.upsert(path=path, function=ADD["function"])
        self.fails(422, "validation_failed", CLIENT.tools.call, path=new_path("add"), tool=ADD, inputs={"a": "6"})
        self.fails(422, "tool_not_runnable", CLIENT.tools.call, path=path, inputs={"a": 1, "b": 2})
        self.fails(404, "tool_not_found", CLIENT.tools.call, path=new_path("none"))

    def test_private_addresses(self):
        path = new_path("inside")
        code = "import requests\ndef inside(url): return requests.get(url).text"
        for url in (URL, "http://169.254.169.254/latest/meta-data/", "http://localhost:22/"):
            answer = CLIENT.tools.call(path=path, tool={"source_code": code}, inputs={"url": url})
            self.assertIsNone(answer.output)
            self.assertIn("This server does not connect to", answer.error)

    def test_template(self):
        name = new_path("texts")
        httpx.post(URL + "/tools", headers={"X-API-KEY": KEY}, json={"path": name, "tool_type": "snippet", "setup_values": {"hello": "Good day"}}).raise_for_status()
        answer = CLIENT.prompts.call(path=new_path("calls"), prompt={**ECHO, "template": [user("{{ %s(\"hello\") }}, {{name}}." % name.split("/")[-1])]}, inputs={"name": "Ada"})
        self.assertEqual(answer.logs[0].output, "Good day, Ada.")
        (child,) = field(CLIENT.logs.get(id=answer.id), "trace_children")
        self.assertEqual((field(field(child, "tool"), "path"), field(child, "output")), (name, "Good day"))


if __name__ == "__main__":
    unittest.main()
