"""A whole copy of a directory: the calls that an export makes, page by page and several at once, leave nothing out."""

import concurrent.futures
import unittest

import httpx

from fill import FILES, filled
from harness import KEY, URL

HTTP = httpx.Client(base_url=URL, headers={"X-API-KEY": KEY}, timeout=60, follow_redirects=False)
PAGES = 10  # that are asked for at once, past the end too


def get(url, **params):
    response = HTTP.get(url, params=params)
    assert response.status_code == 200, f"{url}: {response.status_code} {response.text}"
    return response.json()


def all_of(url, **params):
    """The records of all pages. More pages are asked for only if the first is full."""
    params = {"page": 1, "size": 100, **params}
    records = get(url, **params)["records"]
    page, more = 2, len(records) == params["size"]
    with concurrent.futures.ThreadPoolExecutor(PAGES) as pool:
        while more:
            numbers = range(page, page + PAGES)
            pages = pool.map(lambda n: get(url, **{**params, "page": n})["records"], numbers)
            found = [record for records in pages for record in records]
            records, page, more = records + found, page + PAGES, bool(found)
    return records


def export(directory):
    """Everything in the directory with an id, by the id of each File."""
    files = all_of("/files", path=get(f"/directories/{directory}")["path"])
    return {file["id"]: export_file(file) for file in files}


def export_file(file):
    root = f"/{file['type']}s/{file['id']}"
    copy = {"file": file, "versions": get(root + "/versions")["records"], "datapoints": {}, "logs": [], "evaluations": []}
    if file["type"] == "dataset":
        copy["datapoints"] = {v["version_id"]: all_of(root + "/datapoints", version_id=v["version_id"], size=1000) for v in copy["versions"]}
        return copy
    for evaluation in all_of("/evaluations", file_id=file["id"]):
        path = f"/evaluations/{evaluation['id']}"
        copy["evaluations"].append({
            "evaluation": evaluation, "stats": get(path + "/stats"), "runs": get(path + "/runs")["runs"], "logs": all_of(path + "/logs"),
        })
    copy["logs"] = all_of("/logs", file_id=file["id"], include_trace_children=True)
    return copy


def has(got, want):
    """What of got is asked for: the members of objects that want has, at any depth."""
    if isinstance(want, dict) and isinstance(got, dict):
        return {key: has(got.get(key), value) for key, value in want.items()}
    if isinstance(want, list) and isinstance(got, list) and len(got) == len(want):
        return [has(g, w) for g, w in zip(got, want)]
    return got


def tree(log):
    return {child["id"]: tree(child) for child in log["trace_children"] or []}


def judgments(logs):
    return {log["id"]: log["judgment"] for log in logs}


class Export(unittest.TestCase):
    maxDiff = 4000

    def same(self, copies, exported):
        """What was exported is what the directory was filled with."""
        self.assertEqual(sorted(exported), sorted(copies))
        for id, want in copies.items():
            with self.subTest(want.path):
                self.same_file(want, exported[id])

    def same_file(self, want, got):
        self.assertEqual(got["file"]["path"], want.path)
        versions = {v["version_id"]: v for v in got["versions"]}
        self.assertEqual((len(versions), len(got["versions"])), (len(want.versions),) * 2)
        deployed = {(v["version_id"], e["name"]) for v in got["versions"] for e in v["environments"]}
        self.assertEqual(deployed, want.deployments)
        for version, content in want.versions.items():
            if version in got["datapoints"]:
                content = {**content, "datapoints": len(content["datapoints"])}
                self.same_datapoints(got["datapoints"][version], want.versions[version]["datapoints"])
                versions[version]["datapoints"] = versions[version]["datapoints_count"]
            self.assertEqual(has(versions[version], content), content)
        self.same_logs(got["logs"], want.logs)
        self.assertEqual({e["evaluation"]["id"] for e in got["evaluations"]}, set(want.evaluations))
        for evaluation in got["evaluations"]:
            self.same_evaluation(evaluation, want.evaluations[evaluation["evaluation"]["id"]])

    def same_datapoints(self, got, want):
        self.assertEqual(len({d["id"] for d in got}), len(want))
        by_number = {d["inputs"]["n"]: d for d in got}
        self.assertEqual([has(by_number[d["inputs"]["n"]], d) for d in want], want)

    def same_logs(self, got, want):
        self.assertEqual(sorted(log["id"] for log in got), sorted(want))
        for log in got:
            fields = dict(want[log["id"]])
            self.assertEqual(judgments(log["evaluator_logs"]), fields.pop("judgments", {}))
            children = fields.pop("children", None)
            if children is not None:
                self.assertEqual(tree(log), children)
            self.assertEqual(has(log, fields), fields)

    def same_evaluation(self, got, want):
        self.assertEqual(got["evaluation"]["name"], want["name"])
        self.assertEqual({run["id"] for run in got["runs"]}, want["runs"])
        self.assertEqual({stats["run_id"]: stats["num_logs"] for stats in got["stats"]["run_stats"]}, want["stats"])
        logs = {
            record["log"]["id"]: {
                "run_id": record["run_id"], "datapoint": record.get("datapoint", {}).get("id"), "judgments": judgments(record["evaluator_logs"]),
            }
            for record in got["logs"]
        }
        self.assertEqual(logs, want["logs"])

    def test_a_directory_with_all_kinds(self):
        directory, _, copies = filled()
        self.assertEqual(len(copies), FILES)
        self.same(copies, export(directory.id))

    def test_the_root_is_found_by_its_name_and_is_the_directory_of_all(self):
        root = get("/directories/root")
        self.assertEqual((root["path"], root["parent_id"]), ("", None))
        self.assertEqual(get(f"/directories/{root['id']}")["id"], root["id"])
        self.assertEqual(get("/files", path="", size=1)["total"], get("/files", size=1)["total"])


if __name__ == "__main__":
    unittest.main()
