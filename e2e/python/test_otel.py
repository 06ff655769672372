"""OpenTelemetry's own Python SDK and exporter, set up by their environment variables, against the server."""

import os
import unittest
import uuid
from unittest import mock

import httpx
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from harness import KEY, logs_at

URL = os.environ["E2E_URL"]

CALL = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
    "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "Hello!"}]}]',
    "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": "Hi."}]}]',
}


class Exporter(unittest.TestCase):
    def setUp(self):
        self.service = f"e2e-{uuid.uuid4()}"

    def tracer(self, key=KEY, **settings):
        """A tracer of an application that is set up as the documentation says."""
        settings |= {"OTEL_EXPORTER_OTLP_ENDPOINT": URL, "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{key}"}
        with mock.patch.dict(os.environ, settings):
            self.exporter = OTLPSpanExporter()
        self.provider = TracerProvider(resource=Resource.create({"service.name": self.service, "deployment.environment.name": "staging"}))
        self.provider.add_span_processor(BatchSpanProcessor(self.exporter))
        self.addCleanup(self.provider.shutdown)
        return self.provider.get_tracer("e2e")

    def the_log(self, name):
        """The one Log of the File that a span's name led to, with its trace."""
        (log,) = logs_at(f"otel/{self.service}/{name}")
        answer = httpx.get(f"{URL}/v5/logs/{log.id}", headers={"X-API-KEY": KEY})
        return answer.raise_for_status().json()

    def test_trace(self):
        tracer = self.tracer(OTEL_EXPORTER_OTLP_COMPRESSION="gzip")
        with tracer.start_as_current_span("answer", attributes={"user.id": "u1"}):
            with tracer.start_as_current_span("chat gpt-4o", attributes=CALL):
                pass
            self.provider.force_flush()  # so that the child is there before its parent
            with tracer.start_as_current_span("execute_tool add", attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "add"}):
                pass
        self.provider.force_flush()
        root = self.the_log("flows/answer")
        self.assertEqual((root["log_status"], root["user"], root["environment"]), ("complete", "u1", "staging"))
        call, tool = root["trace_children"]
        self.assertEqual(call["prompt"]["path"], f"otel/{self.service}/prompts/chat")
        self.assertEqual((call["prompt"]["model"], call["prompt"]["temperature"]), ("gpt-4o", 0.5))
        self.assertEqual(([m["content"] for m in call["messages"]], call["output_message"]["content"]), (["Hello!"], "Hi."))
        self.assertEqual((call["prompt_tokens"], call["output_tokens"], call["finish_reason"]), (1000, 100, "stop"))
        self.assertGreater(call["prompt_cost"], call["output_cost"])
        self.assertEqual((tool["tool"]["path"], tool["trace_parent_id"]), (f"otel/{self.service}/tools/add", root["id"]))

    def test_exception(self):
        tracer = self.tracer()
        with self.assertRaises(ValueError), tracer.start_as_current_span("fails"):
            raise ValueError("it broke")
        self.provider.force_flush()
        self.assertEqual(self.the_log("flows/fails")["error"], "ValueError: it broke")

    def test_sent_twice(self):
        tracer = self.tracer()
        with tracer.start_as_current_span("once") as span:
            pass
        self.provider.force_flush()
        self.assertEqual(self.exporter.export([span]), SpanExportResult.SUCCESS)
        self.assertEqual(self.the_log("flows/once")["trace_children"], [])

    def test_wrong_key(self):
        tracer = self.tracer(key="hl_sk_wrong")
        with tracer.start_as_current_span("lost") as span:
            pass
        with self.assertLogs("opentelemetry.exporter.otlp.proto.http.trace_exporter", "ERROR") as logged:
            self.assertEqual(self.exporter.export([span]), SpanExportResult.FAILURE)
        self.assertIn("401", "".join(logged.output))


if __name__ == "__main__":
    unittest.main(verbosity=2)
