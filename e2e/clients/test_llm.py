"""llm, with the settings of docs/clients.md, as a client of the server."""

import unittest

from documented import Home
from shared import new_prompt


class Llm(unittest.TestCase):
    def test_a_saved_prompt(self):
        path = new_prompt(template=[{"role": "system", "content": "Be kind."}])
        with Home("llm") as home:
            home.replace("mock/echo", f"prompt:{path}")
            out, code, errors = home.shell("\n".join(text for _, text in home.commands) + "\nllm -m echo --no-stream 'Hello again'")
        self.assertEqual(code, 0, errors)
        self.assertEqual(out.splitlines()[:2], ["Hello", "Hello again"])


if __name__ == "__main__":
    unittest.main()
