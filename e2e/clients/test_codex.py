"""Codex, with the settings of docs/clients.md, as a client of the server."""

import json
import unittest

from documented import Home


class Codex(unittest.TestCase):
    def ask(self, model, prompt="Hello"):
        """The events of one turn. What is not told at once is repeated once."""
        with Home("Codex") as home:
            home.replace("mock/echo", model)
            home.replace('wire_api = "responses"', 'wire_api = "responses"\nrequest_max_retries = 0\nstream_max_retries = 1')
            out, _, errors = home.run("codex", "exec", "--json", "--skip-git-repo-check", "--sandbox", "danger-full-access", prompt)
            self.assertTrue(out, errors)
            return [json.loads(line) for line in out.splitlines()]

    def items(self, events, kind):
        return [e["item"] for e in events if e["type"] == "item.completed" and e["item"]["type"] == kind]

    def test_a_turn_with_a_tool(self):
        for model in ("mock/tools", "mock/native/think/3"):
            with self.subTest(model):
                events = self.ask(model, 'exec_command("echo one$((1+1))")')
                command, = self.items(events, "command_execution")
                self.assertEqual((command["aggregated_output"], command["exit_code"]), ("one2\n", 0))
                self.assertIn("one2", self.items(events, "agent_message")[-1]["text"])
                self.assertEqual(events[-1]["type"], "turn.completed")

    def failed(self, model):
        """The message of a turn that failed, and how often it was repeated."""
        events = self.ask(model)
        repeated = [e for e in events if e["type"] == "error" and e["message"].startswith("Reconnecting")]
        self.assertEqual(events[-1]["type"], "turn.failed")
        return events[-1]["error"]["message"], len(repeated)

    def test_an_overload(self):
        self.assertEqual(self.failed("mock/error/overloaded"), ("Selected model is at capacity. Please try a different model.", 1))

    def test_a_context_overflow(self):
        for model in ("mock/error/context_length_exceeded", "mock/error/context_length_exceeded/1"):
            with self.subTest(model):
                message, repeated = self.failed(model)
                self.assertIn("ran out of room in the model's context window", message)
                self.assertEqual(repeated, 0)

    def test_a_stream_that_is_cut(self):
        message, repeated = self.failed("mock/cut/2")
        self.assertIn("Mock ended the stream before its end marker.", message)
        self.assertEqual(repeated, 1)

    def test_an_account_without_money(self):
        for model in ("mock/error/billing", "mock/error/billing/1"):
            with self.subTest(model):
                self.assertEqual(self.failed(model)[1], 0)


if __name__ == "__main__":
    unittest.main()
