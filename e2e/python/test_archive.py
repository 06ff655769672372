"""Moving: what an export tool writes of one server is imported into another one, and all tools write the same of that one."""

import contextlib
import itertools
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import httpx

from fill import filled
from harness import KEY, URL

OPENLOOP = pathlib.Path(__file__).parents[2] / "bin" / "openloop"
OFFICIAL = os.environ.get("E2E_EXPORT_TOOL")  # Humanloop's export.py; None where it cannot be had
KILLS = 5


class StandIn:
    """Writes a directory of a server as Humanloop's export tool does: the same calls, the same files, but no log, and the pages of a list in their order."""

    def __init__(self, url):
        self.http = httpx.Client(base_url=url, headers={"X-API-KEY": KEY}, timeout=60)

    def export(self, directory, to):
        self.to = to
        with self.http:
            for file in self.all_of("/files", path=self.get(f"/directories/{directory}")["path"]):
                self.file(file)
        return to

    def get(self, url, **params):
        response = self.http.get(url, params=params)
        assert response.status_code == 200, f"{url}: {response.status_code} {response.text}"
        return response.json()

    def all_of(self, url, **params):
        params = {"size": 100, **params}
        for page in itertools.count(1):
            records = self.get(url, **params, page=page)["records"]
            yield from records
            if len(records) < params["size"]:
                return

    def write(self, name, value):
        path = self.to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))

    def write_lines(self, name, records):
        """1.jsonl with 1001 records, and then files with 1000."""
        (self.to / name).mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(record) + "\n" for record in records]
        cuts = [0, *range(1001, len(lines), 1000), len(lines)]
        for number, (start, end) in enumerate(itertools.pairwise(cuts), 1):
            if lines:
                (self.to / name / f"{number}.jsonl").write_text("".join(lines[start:end]))

    def file(self, file):
        root, api = f"files/{file['id']}", f"/{file['type']}s/{file['id']}"
        self.write(f"{root}/file.json", file)
        deployments = []
        for version in self.get(f"{api}/versions")["records"]:
            self.write(f"{root}/versions/{version['version_id']}", version)
            if file["type"] == "dataset":
                datapoints = self.all_of(f"{api}/datapoints", version_id=version["version_id"], size=1000)
                self.write_lines(f"{root}/datapoints/{version['version_id']}", datapoints)
            deployments += [
                {"version_id": version["version_id"], "environment_id": e["id"], "environment_name": e["name"], "environment_tag": e["tag"]}
                for e in version["environments"]
            ]
        self.write(f"{root}/deployments.json", deployments)
        if file["type"] != "dataset":
            for evaluation in self.all_of("/evaluations", file_id=file["id"]):
                self.evaluation(f"{root}/evaluations/{evaluation['id']}", evaluation)
            self.write_lines(f"{root}/logs", self.all_of("/logs", file_id=file["id"], include_trace_children=True))
        (self.to / root / ".done").write_text("Export completed successfully.\n")

    def evaluation(self, root, evaluation):
        api = f"/evaluations/{evaluation['id']}"
        self.write(f"{root}/evaluation.json", evaluation)
        self.write(f"{root}/stats.json", self.get(f"{api}/stats"))
        for run in self.get(f"{api}/runs")["runs"]:
            self.write(f"{root}/runs/{run['id']}", run)
        self.write_lines(f"{root}/logs", self.all_of(f"{api}/logs"))


class Official:
    """Humanloop's own tool. It writes beside its script, and the pages of a list after the first in the order in which they came."""

    def __init__(self, url):
        self.url = url

    def export(self, directory, to):
        to.mkdir()
        shutil.copy(OFFICIAL, to / "export.py")
        env = {"HUMANLOOP_API_KEY": KEY, "HUMANLOOP_API_URL": self.url, "HUMANLOOP_DIRECTORY_ID": directory, "EXPORT_LOGS": "true", "PATH": os.environ["PATH"]}
        run = subprocess.run([sys.executable, to / "export.py"], env=env, capture_output=True, text=True)
        assert run.returncode == 0 and "; 0 Files failed." in run.stdout + run.stderr, run.stdout + run.stderr
        (written,) = (to / "exports").iterdir()
        return written


Tool = Official if OFFICIAL else StandIn


def start(*args, data, **settings):
    env = {"OPENLOOP_DATA_DIR": str(data), "OPENLOOP_API_KEY": KEY, "HOME": str(data), **settings}
    return subprocess.Popen([OPENLOOP, *map(str, args)], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def openloop(*args, data):
    process = start(*args, data=data)
    out, _ = process.communicate()
    assert process.returncode == 0, out
    return out


@contextlib.contextmanager
def server(data):
    """A server on a data directory, which is ready; its URL."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{s.getsockname()[1]}"
    with start("serve", data=data, OPENLOOP_ADDR=address, OPENLOOP_LOG_LEVEL="error") as process:
        try:
            deadline = time.monotonic() + 30
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"http://{address}/ready").status_code == 200:
                        break
                assert time.monotonic() < deadline, "the server is not ready"
                time.sleep(0.05)
            yield f"http://{address}/v5"
        finally:
            process.terminate()
            process.communicate()


def texts(folder, ordered=not OFFICIAL):
    """The texts of all files below files/, by their names. Lists whose order the tool leaves open are their sorted lines, and how many are in each file."""
    found = {}
    for path in sorted(p for p in (folder / "files").rglob("*") if p.is_file()):
        name, text = str(path.relative_to(folder)), path.read_text()
        if ordered or path.suffix != ".jsonl":
            found[name] = text
            continue
        lines = text.splitlines()
        found[name] = len(lines)
        found[str(path.parent.relative_to(folder))] = sorted(found.get(str(path.parent.relative_to(folder)), []) + lines)
    return found


def size(data):
    """How many bytes the files of a database have, which grow while it is filled."""
    total = 0
    for path in data.glob("openloop.db*"):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


class Moving(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        _, kinds, _ = filled()
        cls.directory = kinds.id
        cls.there = Tool(URL).export(cls.directory, cls.scratch / "there")
        cls.want = texts(cls.there)

    def same(self, want, got):
        self.assertEqual(sorted(want), sorted(got))
        self.assertEqual([], [name for name in want if want[name] != got[name]])

    def imported(self, data):
        """The counts of an import, by what is counted. It notes nothing."""
        report = self.scratch / "report.json"
        openloop("import", "humanloop", self.there, "--report", report, data=data)
        report = json.loads(report.read_text())
        self.assertEqual(report["notes"], [])
        return report["counts"]

    def exported(self, data, name):
        openloop("export", self.scratch / name, data=data)
        return texts(self.scratch / name)

    def test_all_that_a_directory_has_moves_and_moves_once(self):
        data = self.scratch / "data"
        first = self.imported(data)
        self.same(self.want, self.exported(data, "ours"))
        with server(data) as url:
            here = Tool(url).export("root", self.scratch / "here")
        self.same(self.want, texts(here))
        again = self.imported(data)
        self.assertEqual(again, {sort: {"read": n["read"], "new": 0, "here": n["read"], "left": 0} for sort, n in first.items()})
        self.same(self.want, self.exported(data, "again"))

    def test_an_import_that_is_killed_goes_on(self):
        whole, kills = 0, 0
        with start("import", "humanloop", self.there, data=self.scratch / "whole") as process:
            while process.poll() is None:
                whole = max(whole, size(self.scratch / "whole"))
                time.sleep(0.001)
        points = sorted(random.uniform(0, whole) for _ in range(KILLS))
        for point in points:
            with start("import", "humanloop", self.there, data=self.scratch / "killed") as process:
                while process.poll() is None and size(self.scratch / "killed") < point:
                    time.sleep(0.001)
                process.kill()
            kills += process.returncode < 0
        self.imported(self.scratch / "killed")
        with self.subTest(f"killed {kills} times, at {points} of {whole} bytes"):
            self.assertGreater(kills, 0)
            self.same(self.want, self.exported(self.scratch / "killed", "of-killed"))

    @unittest.skipUnless(OFFICIAL, "Humanloop's export tool is not here")
    def test_the_stand_in_writes_what_the_official_tool_writes(self):
        self.same(self.want, texts(StandIn(URL).export(self.directory, self.scratch / "stand-in")))


if __name__ == "__main__":
    unittest.main()
