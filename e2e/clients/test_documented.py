"""The examples of docs/clients.md: each is run as it stands there."""

import concurrent.futures
import json
import pathlib
import re
import unittest

import documented


class Examples(unittest.TestCase):
    def test_each_says_hello(self):
        run = [client for client, versions in documented.versions().items() if versions]
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for client, said in zip(run, pool.map(self.say, run), strict=True):
                with self.subTest(client):
                    for out, code, errors in said:
                        self.assertEqual(code, 0, errors)
                    self.assertEqual(said[-1][0].split()[-1], "Hello")

    def say(self, client):
        with documented.Home(client) as home:
            return home.example()

    def test_each_client_is_run_or_it_is_said_why_not(self):
        run = {client for client, versions in documented.versions().items() if versions}
        sections = re.split(r"^## ", documented.PAGE, flags=re.MULTILINE)[1:]
        silent = {text.splitlines()[0] for text in sections if "our tests" not in text}
        self.assertEqual(silent, run)

    def test_the_versions_are_those_that_are_installed(self):
        here = pathlib.Path(__file__).parent
        packages = json.loads((here / "package.json").read_text())["dependencies"].values()
        installed = {*packages, *re.findall(r"==(\S+)", (here / "requirements.txt").read_text())}
        said = {version for versions in documented.versions().values() for version in versions}
        self.assertEqual(said - installed, set())


if __name__ == "__main__":
    unittest.main()
