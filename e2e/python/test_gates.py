"""A gate before an environment, as a program meets it that deploys with the Python SDK, from 0.8.38 on."""

import unittest

import httpx

from harness import CLIENT, ECHO, EXACT, KEY, SDK, URL, eventually, new_path, user


def request(method, path, **kwargs):
    response = httpx.request(method, URL + path, headers={"X-API-KEY": KEY}, **kwargs)
    response.raise_for_status()
    return response.json()


class Gates(SDK):
    def setUp(self):
        path = new_path("gated")
        self.first = CLIENT.prompts.upsert(path=path, **ECHO, template=[user("{{question}}")])
        (self.production,) = (e.id for e in CLIENT.prompts.list_environments(id=self.first.id) if e.name == "production")
        self.exact = CLIENT.evaluators.upsert(path=new_path("exact"), spec=EXACT)
        datapoints = [{"inputs": {"question": q}, "target": {"output": q}} for q in ("one", "two")]
        self.dataset = CLIENT.datasets.upsert(path=new_path("dataset"), datapoints=datapoints)
        self.gate = f"/prompts/{self.first.id}/environments/{self.production}/gate"
        evaluation = {"dataset": {"path": self.dataset.path}, "evaluators": [{"path": self.exact.path, "threshold": 1}]}
        request("PUT", self.gate, json={"evaluation": evaluation, "min_logs": 2})

    def version(self, template):
        return CLIENT.prompts.upsert(id=self.first.id, **ECHO, template=[user(template)]).version_id

    def deploy(self, version_id):
        return CLIENT.prompts.set_deployment(id=self.first.id, environment_id=self.production, version_id=version_id)

    def checked(self, version_id):
        """The gate once the Run that it asks for is complete."""
        state = request("POST", self.gate + "/check", params={"version_id": version_id})
        self.assertEqual(state["state"], "running")

        def ended():
            gate = request("GET", self.gate, params={"version_id": version_id})
            return gate if gate["state"] != "running" else None

        return eventually(ended)

    def test_a_good_version(self):
        good = self.version("Say {{question}}.")
        _, detail = self.fails(409, "gate_closed", self.deploy, good)
        self.assertEqual(len(detail["errors"]), 1, "no Run")
        self.assertEqual(CLIENT.prompts.get(id=self.first.id).version_id, self.first.version_id)
        self.assertEqual(self.checked(good)["state"], "open")
        self.assertEqual(self.deploy(good).version_id, good)
        self.assertEqual(CLIENT.prompts.get(id=self.first.id).version_id, good)

    def test_a_bad_version(self):
        bad = self.version("Say nothing.")
        gate = self.checked(bad)
        failed = [(c["check"], c["evaluator"]) for c in gate["checks"] if not c["passed"]]
        self.assertEqual((gate["state"], failed), ("closed", [("threshold", self.exact.path)]))
        self.fails(409, "gate_closed", self.deploy, bad)


if __name__ == "__main__":
    unittest.main()
