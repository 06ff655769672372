"""A directory with something of every kind, and what must be found in a whole copy of it."""

import dataclasses
import datetime
import functools
import typing

from harness import CLIENT, ECHO, EXTERNAL, WEATHER, new_path, user

START = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
LOGS, DATAPOINTS, FILES = 130, 1100, 105  # each more than a page of a copy: 100, 1000 and 100

# Two versions of each kind.
KINDS: typing.Dict[str, typing.List[dict]] = {
    "prompt": [{**ECHO, "template": [user("Hello {{name}}!")], "temperature": t} for t in (0, 0.5)],
    "tool": [{"function": WEATHER, "setup_values": {"unit": unit}} for unit in ("celsius", "kelvin")],
    "dataset": [{"datapoints": [{"inputs": {"n": str(n)}, "messages": [user("?")], "target": {"output": n}} for n in range(size)]} for size in (3, DATAPOINTS)],
    "evaluator": [{"spec": {**EXTERNAL, "return_type": kind}} for kind in ("boolean", "number")],
    "flow": [{"attributes": {"version": n, "nested": {"list": [1, None, "ä"]}}} for n in (1, 2)],
    "agent": [{**ECHO, "max_iterations": n, "tools": [{"type": "inline", "json_schema": WEATHER, "on_agent_call": "stop"}]} for n in (1, 2)],
}


@dataclasses.dataclass
class Copy:
    """Of a File: its path, the contents of its versions and which are deployed where, its Logs by id, and its Evaluations by id."""

    path: str
    versions: typing.Dict[str, dict] = dataclasses.field(default_factory=dict)
    deployments: typing.Set[typing.Tuple[str, str]] = dataclasses.field(default_factory=set)
    logs: typing.Dict[str, dict] = dataclasses.field(default_factory=dict)
    evaluations: typing.Dict[str, dict] = dataclasses.field(default_factory=dict)


@functools.cache
def filled():
    """A directory that is filled once, and that tests only read; the one in it that has all kinds; and the Copy of each File by its id."""
    directory = CLIENT.directories.create(path=new_path("filled"))
    kinds = CLIENT.directories.create(path=f"{directory.path}/kinds")
    return directory, kinds, fill(directory.path)


def fill(directory):
    """Fills a directory. It returns the Copy of each File by its id."""
    copies, files = {}, {}
    for kind, versions in KINDS.items():
        files[kind] = fill_file(copies, f"{directory}/kinds/{kind}s/nested/{kind}", kind, versions)
    for n in range(FILES - len(KINDS)):
        fill_file(copies, f"{directory}/many/{n}", "flow", [{"attributes": {}}])
    log_calls(copies[files["prompt"].id], files["prompt"])
    log_trace(copies, files)
    evaluate(copies, files)
    return copies


def fill_file(copies, path, kind, versions):
    resource = getattr(CLIENT, kind + "s")
    copy = Copy(path)
    for number, version in enumerate(versions, 1):
        file = resource.upsert(path=path, **version, version_name=f"v{number}")
        copy.versions[file.version_id] = {"version_name": f"v{number}", **version}
    first, *_, last = [*copy.versions, file.version_id]
    copy.deployments = {(first, "production")}
    if last != first:
        staging = next(e for e in resource.list_environments(id=file.id) if e.name == "staging")
        resource.set_deployment(id=file.id, environment_id=staging.id, version_id=last)
        copy.deployments.add((last, "staging"))
    copies[file.id] = copy
    return file


def log_calls(copy, prompt):
    """Many Logs of a Prompt, of which one failed and one is of a call."""
    for n in range(LOGS - 2):
        fields = {
            "inputs": {"name": f"name {n}"}, "output": f"output {n} ✓", "messages": [user(f"message {n}")], "metadata": {"n": n, "deep": {"a": [n]}},
            "user": f"user-{n % 3}", "source": "e2e",
        }
        log = CLIENT.prompts.log(id=prompt.id, created_at=START + datetime.timedelta(seconds=n), **fields)
        copy.logs[log.id] = fields
    failed = CLIENT.prompts.log(id=prompt.id, version_id=prompt.version_id, error="It failed.")
    called = CLIENT.prompts.call(id=prompt.id, inputs={"name": "Ada"})
    copy.logs |= {failed.id: {"error": "It failed.", "output": None}, called.logs[0].id: {"output": "Hello Ada!", "inputs": {"name": "Ada"}}}


def log_trace(copies, files):
    """A trace of all kinds, in which a Tool's Log is below the Agent's, with a judgment of the whole."""
    ids = {kind: file.id for kind, file in files.items()}
    trace = CLIENT.flows.log(id=ids["flow"], inputs={"question": "?"}, log_status="incomplete", start_time=START)
    agent = CLIENT.agents.log(id=ids["agent"], output="agent", trace_parent_id=trace.id)
    tool = CLIENT.tools.log(id=ids["tool"], inputs={"city": "Rome"}, output="sunny", trace_parent_id=agent.id)
    prompt = CLIENT.prompts.log(id=ids["prompt"], output="prompt", trace_parent_id=trace.id)
    CLIENT.flows.update_log(log_id=trace.id, output="done", log_status="complete")
    judgment = CLIENT.evaluators.log(id=ids["evaluator"], parent_id=trace.id, judgment=True)
    copies[ids["tool"]].logs[tool.id] = {"output": "sunny", "inputs": {"city": "Rome"}, "trace_parent_id": agent.id}
    copies[ids["agent"]].logs[agent.id] = {"output": "agent", "trace_parent_id": trace.id, "children": {tool.id: {}}}
    copies[ids["prompt"]].logs[prompt.id] = {"output": "prompt", "trace_parent_id": trace.id}
    copies[ids["flow"]].logs[trace.id] = {
        "output": "done", "log_status": "complete", "judgments": {judgment.id: True},
        "children": {agent.id: {tool.id: {}}, prompt.id: {}},
    }
    copies[ids["evaluator"]].logs[judgment.id] = {"judgment": True}


def evaluate(copies, files):
    """Two Evaluations of the Prompt: one with a complete Run, one that shares the Run and has another of Logs added by hand."""
    prompt, evaluator = files["prompt"], files["evaluator"]
    dataset = CLIENT.datasets.get(id=files["dataset"].id, include_datapoints=True)
    evaluators = [{"path": evaluator.path}]
    first = CLIENT.evaluations.create(name="First", file={"id": prompt.id}, evaluators=evaluators)
    run = CLIENT.evaluations.create_run(
        id=first.id, dataset={"version_id": dataset.version_id}, version={"version_id": prompt.version_id}, orchestrated=False
    )
    logs = {}
    for datapoint in dataset.datapoints:
        fields = {"inputs": datapoint.inputs, "output": "fine", "source_datapoint_id": datapoint.id}
        log = CLIENT.prompts.log(id=prompt.id, version_id=prompt.version_id, run_id=run.id, **fields)
        judgment = CLIENT.evaluators.log(parent_id=log.id, id=evaluator.id, judgment=True)
        copies[evaluator.id].logs[judgment.id] = {"judgment": True}
        copies[prompt.id].logs[log.id] = {**fields, "judgments": {judgment.id: True}}
        logs[log.id] = {"run_id": run.id, "datapoint": datapoint.id, "judgments": {judgment.id: True}}
    second = CLIENT.evaluations.create(name="Second", file={"id": prompt.id}, evaluators=evaluators)
    CLIENT.evaluations.add_existing_run(id=second.id, run_id=run.id)
    loose = CLIENT.evaluations.create_run(id=second.id, orchestrated=False)
    by_hand = CLIENT.prompts.log(id=prompt.id, output="by hand")
    CLIENT.evaluations.add_logs_to_run(id=second.id, run_id=loose.id, log_ids=[by_hand.id])
    copies[prompt.id].logs[by_hand.id] = {"output": "by hand"}
    both = {**logs, by_hand.id: {"run_id": loose.id, "datapoint": None, "judgments": {}}}
    copies[prompt.id].evaluations = {
        first.id: {"name": "First", "runs": {run.id}, "stats": {run.id: len(logs)}, "logs": logs},
        second.id: {"name": "Second", "runs": {run.id, loose.id}, "stats": {run.id: len(logs), loose.id: 1}, "logs": both},
    }
