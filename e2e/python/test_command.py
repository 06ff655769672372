"""The command line as CI uses it: `openloop eval`, its exit codes and files, and `openloop dataset add`."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml

import httpx

from harness import CLIENT, EXACT, KEY, SDK, URL, new_path, user

PROGRAM = pathlib.Path(__file__).parents[2] / "bin" / "openloop"
GPT = {"provider": "openai", "model": "gpt-4o"}
SURE = """---
evaluator_type: python
arguments_type: target_free
return_type: boolean
---

def sure(log):
    print("looked at", log["output"])
    return {"judgment": "OK" in log["output"], "reasoning": "It says so."}
"""


class Command(SDK):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.prompt = CLIENT.prompts.upsert(path=new_path("prompt"), **GPT, template=[user("{{question}}")])
        self.exact = CLIENT.evaluators.upsert(path=new_path("exact"), spec=EXACT)

    def dataset(self, *cases):
        datapoints = [{"inputs": {"question": question}, "target": {"output": answer}} for question, answer in cases]
        return CLIENT.datasets.upsert(path=new_path("dataset"), datapoints=datapoints)

    def openloop(self, code, *args, url=os.environ["E2E_URL"]):
        """Runs the command, which must end with that exit code, and returns what it printed."""
        environment = {"OPENLOOP_URL": url, "OPENLOOP_API_KEY": KEY}
        done = subprocess.run([PROGRAM, *args], env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def run_(self, code, dataset, *args, threshold=1):
        """`eval run`, and the Run as the server has it afterwards."""
        name = self.folder / "result.json"
        evaluator = f"{self.exact.path}:{threshold}"
        printed = self.openloop(code, "eval", "run", self.prompt.path, "-dataset", dataset.path, "-evaluator", evaluator, "-json", name, *args)
        result = json.loads(name.read_text())
        response = httpx.get(f"{URL}/evaluations/{result['evaluation_id']}/runs", headers={"X-API-KEY": KEY})
        (run,) = response.json()["runs"]
        self.assertEqual(run["id"], result["run_id"])
        return printed, result, run

    def test_passed(self):
        dataset = self.dataset(("What is the capital of France?", "Paris"), ("Say OK.", "OK."))
        printed, result, run = self.run_(0, dataset, "-junit", "junit.xml", "-max-cost", "2.5")
        self.assertIn("Run " + run["id"] + " completed · 2 Logs", printed)
        self.assertTrue(printed.endswith("\npassed\n"), printed)
        (check,) = result["checks"]
        self.assertEqual((result["verdict"], check["score"], check["met"]), ("passed", 1, True))
        suite = xml.parse(self.folder / "junit.xml").getroot()
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")), ("1", "0", "0"))
        self.assertEqual(suite.find("testcase").get("name"), self.exact.path)
        self.assertEqual((run["progress"]["max_errors"], run["progress"]["max_cost"]), (0, 2.5))

        for args in (["watch", run["id"]], ["report", result["evaluation_id"]]):
            self.assertRegex(self.openloop(0, "eval", *args), rf"(?s)Run {run['id']} completed.*{self.exact.path} +1\.00 ")

    def test_a_threshold_missed(self):
        dataset = self.dataset(("What is the capital of France?", "London"), ("Say OK.", "OK."))
        printed, result, _ = self.run_(2, dataset, "-junit", "junit.xml", threshold=0.8)
        self.assertTrue(printed.endswith(f"\n{self.exact.path} is 0.5, and must be 0.8 or more.\nfailed\n"), printed)
        self.assertEqual((result["verdict"], result["checks"][0]["met"]), ("failed", False))
        suite = xml.parse(self.folder / "junit.xml").getroot()
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("1", "1"))

    def test_too_many_errors(self):
        dataset = self.dataset(*((f"fail: key {n}", "-") for n in range(40)))
        printed, result, run = self.run_(3, dataset, "-junit", "junit.xml")
        self.assertTrue(printed.endswith("\nno verdict\n"), printed)
        self.assertEqual((result["verdict"], run["status"]), ("nothing", "completed"))
        self.assertEqual((run["progress"]["max_errors"], run["progress"]["stopped"]), (2, "too_many_errors"))
        suite = xml.parse(self.folder / "junit.xml").getroot()
        self.assertEqual(suite.get("errors"), "1")

    def test_too_expensive(self):
        dataset = self.dataset(*((f"What is the capital of France? {n}", "Paris") for n in range(20)))
        _, result, run = self.run_(3, dataset, "-max-cost", "0.0000001")
        self.assertEqual((result["verdict"], run["progress"]["stopped"]), ("nothing", "budget_exceeded"))

    def test_could_not_run(self):
        dataset = self.dataset(("Say OK.", "OK."))
        self.openloop(1, "eval", "run", self.prompt.path, "-dataset", dataset.path)
        self.openloop(1, "eval", "run", new_path("nothing"), "-dataset", dataset.path, "-evaluator", self.exact.path)
        self.openloop(1, "eval", "run", self.prompt.path, "-dataset", dataset.path, "-evaluator", self.exact.path, url="http://127.0.0.1:1")

    def test_logs(self):
        """Logs are judged by an Evaluator that is not saved, and become datapoints."""
        logs = [CLIENT.prompts.log(id=self.prompt.id, inputs={"question": answer}, output=answer).id for answer in ("OK, then.", "No.")]
        (self.folder / "sure.evaluator").write_text(SURE)
        printed = self.openloop(0, "eval", "try", "sure.evaluator", "-log", logs[0], "-log", logs[1])
        says = ["    It says so.", "    looked at "]
        self.assertRegex(printed, rf"(?m)^{logs[0]}  true  \(\d+ ms\)\n{says[0]}\n{says[1]}OK, then\.\n{logs[1]}  false  \(\d+ ms\)\n{says[0]}\n{says[1]}No\.$")
        (self.folder / "wrong.evaluator").write_text(SURE.replace('"OK" in', "certainly in"))
        self.assertRegex(self.openloop(2, "eval", "try", "wrong.evaluator", "-log", logs[0]), rf"^{logs[0]}  failed: NameError: .*certainly")

        dataset = CLIENT.datasets.upsert(path=new_path("dataset"), datapoints=[])
        add = ["dataset", "add", dataset.path, "-from-logs", self.prompt.path]
        self.assertIn("2 of 2 Logs are new datapoints", self.openloop(0, *add))
        printed = self.openloop(0, *add)
        self.assertIn("0 of 2 Logs are new datapoints", printed)
        (version,) = re.findall("Version (.*) has 2 datapoints", printed)
        added = CLIENT.datasets.get(id=dataset.id, version_id=version, include_datapoints=True).datapoints
        self.assertEqual({d.inputs["question"]: d.target["output"] for d in added}, {"OK, then.": "OK, then.", "No.": "No."})


if __name__ == "__main__":
    unittest.main()
