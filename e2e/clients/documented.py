"""The examples of docs/clients.md, as they are run."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from shared import KEY, URL

PAGE = pathlib.Path(__file__).parents[2].joinpath("docs/clients.md").read_text()
INSTALLED = pathlib.Path(os.environ["E2E_NODE_ROOT"])

# Settings of whoever runs this, which programs may need to find nothing but this server.
PROXIES = {name: os.environ[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") if name in os.environ}


def sections():
    """The blocks of each section, by its heading: the language, and the text with the address of the server."""
    parts = re.split(r"^## (.*)\n", PAGE, flags=re.MULTILINE)[1:]
    block = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return {name: [(kind, text.replace("http://127.0.0.1:8080", URL)) for kind, text in block.findall(body)] for name, body in zip(parts[::2], parts[1::2])}


def versions():
    """The versions that the table says the tests run, by the name of the client."""
    rows = re.findall(r"^\| \[([^|]*)\]\([^|]*\|[^|]*\| ([^|]*) \|$", PAGE, re.MULTILINE)
    return {name: re.findall(r"\d+\.\d+[.\d]*", version) for name, version in rows}


class Home:
    """The home of somebody who has followed the examples of a client."""

    def __init__(self, client):
        self.path = pathlib.Path(tempfile.mkdtemp(dir=INSTALLED))
        self.commands = []
        for kind, text in sections()[client]:
            place = re.match(r"# ~/(.*)\n", text)
            if place:
                file = self.path / place[1]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            else:
                self.commands.append((kind, text))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def replace(self, old, new):
        """Changes a setting, in files and in commands."""
        for file in filter(pathlib.Path.is_file, self.path.rglob("*")):
            file.write_text(file.read_text().replace(old, new))
        self.commands = [(kind, text.replace(old, new)) for kind, text in self.commands]

    def run(self, *command, **variables):
        """What a command says, and its exit code."""
        environment = {"HOME": str(self.path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "OPENLOOP_API_KEY": KEY} | PROXIES | variables
        done = subprocess.run(command, env=environment, cwd=self.path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        return done.stdout, done.returncode, done.stderr

    def shell(self, script, **variables):
        return self.run("bash", "-euc", script, **variables)

    def example(self):
        """What the commands of the examples say, one after the other."""
        return [self.run(*self.command(kind, text)) for kind, text in self.commands]

    def command(self, kind, text):
        if kind == "sh":
            return "bash", "-euc", text
        if kind == "python":
            return "python", "-W", "ignore", "-c", text
        program = self.path / "example.mts"
        program.write_text(text)
        return "node", "--disable-warning=ExperimentalWarning", str(program)
