"""Claude Code, with the settings of docs/clients.md, as a client of the server."""

import json
import unittest

from documented import Home


class ClaudeCode(unittest.TestCase):
    def ask(self, model, prompt, arguments=""):
        """What it says of one prompt, and the result as it reports it."""
        with Home("Claude Code") as home:
            (home.path / "note.txt").write_text("The note.")
            home.replace("mock/echo", model)
            settings = home.commands[0][1].replace("claude -p Hello", "")
            out, _, errors = home.shell(f"{settings}\nclaude -p '{prompt}' {arguments} --output-format json", CLAUDE_CODE_MAX_RETRIES="0")
            self.assertTrue(out, errors)
            return json.loads(out)

    def test_a_turn_with_a_tool(self):
        for model in ("mock/tools", "mock/native/think/3"):
            with self.subTest(model):
                said = self.ask(model, "Read(file_path=note.txt)", "--allowedTools Read")
                self.assertEqual((said["is_error"], said["num_turns"], said["terminal_reason"]), (False, 2, "completed"))
                self.assertIn("The note.", said["result"])

    def failed(self, model):
        said = self.ask(model, "Hello")
        return said["is_error"], said["api_error_status"], said["api_error_type"], said["terminal_reason"]

    def test_an_overload(self):
        self.assertEqual(self.failed("mock/error/overloaded"), (True, 529, "overloaded_error", "api_error"))

    def test_a_context_overflow(self):
        self.assertEqual(self.failed("mock/error/context_length_exceeded"), (True, 400, "invalid_request_error", "prompt_too_long"))

    def test_a_stream_that_is_cut(self):
        self.assertEqual(self.failed("mock/cut/2"), (True, 502, "api_error", "api_error"))

    def test_an_account_without_money(self):
        self.assertEqual(self.failed("mock/error/billing"), (True, 402, "billing_error", "api_error"))


if __name__ == "__main__":
    unittest.main()
