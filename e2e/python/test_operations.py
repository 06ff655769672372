"""Every operation of the Python SDK, once, with 0.8.38 and 0.8.40b6; see exercise.py for what is asked of each answer."""

import datetime
import io
import unittest

from exercise import CLIENT, Exercise
from harness import ECHO, EXTERNAL, SDK, WEATHER, field, new_path, user

AGENTS_RUN = ["call", "call_stream", "continue_call", "continue_call_stream"]  # in test_agents
TOOLS_RUN = ["call"]
START = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
END = START + datetime.timedelta(seconds=3)


class Operations(SDK):
    maxDiff = None

    def live(self, name, first, second, version_methods, monitored=True):
        """Exercises what all kinds of Files have: versions, deployments, monitoring, moving. It returns the Exercise and a File."""
        files = Exercise(name)
        update, delete = version_methods
        path = new_path(name)
        one = files.upsert(path=path, **first, version_name="one", version_description="The first.")
        two = files.upsert(path=path, **second, version_name="two")
        self.assertEqual((two.id, two.name, two.type), (one.id, path.split("/")[-1], name[:-1]))
        self.assertEqual((one.version_name, one.version_description), ("one", "The first."))
        self.assertEqual([e.tag for e in one.environments], ["default"], "the first version is deployed")
        self.assertEqual(two.environments, [])
        self.assertEqual(files.get(id=one.id).version_id, one.version_id)
        self.assertEqual(files.get(id=one.id, version_id=two.version_id).version_id, two.version_id)

        environments = {e.name: e for e in files.list_environments(id=one.id)}
        self.assertEqual(environments["production"].file.version_id, one.version_id)
        self.assertIsNone(environments["staging"].file)
        staging = environments["staging"].id
        deployed = files.set_deployment(id=one.id, environment_id=staging, version_id=two.version_id)
        self.assertEqual([e.name for e in deployed.environments], ["staging"])
        self.assertEqual(files.get(id=one.id, environment="staging").version_id, two.version_id)
        self.fails(409, "in_use", getattr(CLIENT, name).__getattribute__(delete), id=one.id, version_id=two.version_id)
        files.remove_deployment(id=one.id, environment_id=staging)

        renamed = getattr(files, update)(id=one.id, version_id=two.version_id, name="second", description="Renamed.")
        self.assertEqual((renamed.version_name, renamed.version_description), ("second", "Renamed."))
        self.assertEqual([v.version_name for v in files.list_versions(id=one.id).records], ["second", "one"])
        getattr(files, delete)(id=one.id, version_id=two.version_id)
        self.assertEqual([v.version_id for v in files.list_versions(id=one.id).records], [one.version_id])

        moved = files.move(id=one.id, path=path + "/moved")
        self.assertEqual((moved.path, moved.name), (path + "/moved", "moved"))
        moved = files.move(id=one.id, name=path.split("/")[-1])
        self.assertEqual(moved.path, f"{path}/{path.split('/')[-1]}")
        self.assertEqual([f.id for f in files.list(name=moved.name.upper(), size=1, sort_by="updated_at", order="asc")], [one.id])

        if monitored:
            judge = CLIENT.evaluators.upsert(path=new_path("judge"), spec=EXTERNAL)
            watched = files.update_monitoring(id=one.id, activate=[{"evaluator_version_id": judge.version_id}])
            (monitor,) = watched.evaluators
            self.assertEqual((monitor.state, monitor.version_reference.type), ("active", "version"))
            self.assertEqual(monitor.version_reference.version.version_id, judge.version_id)
            watched = files.update_monitoring(id=one.id, deactivate=[{"evaluator_version_id": judge.version_id}])
            self.assertEqual([m.state for m in watched.evaluators], ["inactive"])
            with_aggregates = files.list_versions(id=one.id, evaluator_aggregates=True).records
            self.assertEqual([v.version_id for v in with_aggregates], [one.version_id])
        return files, moved

    def test_prompts(self):
        template = [{"role": "system", "content": "Be brief."}, user("Hello {{name}}!")]
        prompts, prompt = self.live(
            "prompts", {**ECHO, "template": template}, {**ECHO, "template": template, "temperature": 0.5}, ("patch_prompt_version", "delete_prompt_version")
        )
        called = prompts.call(id=prompt.id, inputs={"name": "Ada"})
        self.assertEqual(called.logs[0].output, "Hello Ada!")
        self.assertEqual("".join(c.output for c in prompts.call_stream(id=prompt.id, inputs={"name": "Ada"})), "Hello Ada!")
        populated = prompts.populate(id=prompt.id, request={"name": "Ada"})
        self.assertEqual(field(populated.populated_template[1], "content"), "Hello Ada!")
        logged = prompts.log(path=prompt.path, output="Hi.", inputs={"name": "Ada"}, start_time=START, end_time=END)
        self.assertEqual((logged.prompt_id, logged.version_id), (prompt.id, prompt.version_id))
        updated = prompts.update_log(id=prompt.id, log_id=logged.id, output="Hi, Ada.", metadata={"n": 1})
        self.assertEqual((field(updated, "output"), field(updated, "metadata")), ("Hi, Ada.", {"n": 1}))
        text = prompts.serialize(id=prompt.id)
        self.assertIn("Hello {{name}}!", text)
        kernel = prompts.deserialize(prompt=text)
        self.assertEqual((kernel.model, kernel.provider), ("echo", "mock"))
        again = prompts.upsert(path=prompt.path, **{k: v for k, v in kernel.dict(exclude_none=True).items()})
        self.assertEqual(again.version_id, prompt.version_id, "a text brings back its version")
        prompts.delete(id=prompt.id)
        self.assertEqual(prompts.left_out("populate_template"), set())

    def test_tools(self):
        tools, tool = self.live(
            "tools", {"function": WEATHER}, {"function": WEATHER, "setup_values": {"unit": "celsius"}}, ("update_tool_version", "delete_tool_version")
        )
        logged = tools.log(id=tool.id, inputs={"city": "Rome"}, output="sunny", start_time=START, end_time=END)
        self.assertEqual((logged.tool_id, logged.version_id), (tool.id, tool.version_id))
        updated = tools.update(id=tool.id, log_id=logged.id, output="rain", metadata={"station": "north"})
        self.assertEqual((field(updated, "output"), field(field(updated, "tool"), "id")), ("rain", tool.id))
        variables = tools.add_environment_variable(id=tool.id, request=[{"name": "TOKEN", "value": "secret"}, {"name": "HOST", "value": "h"}])
        self.assertEqual([v.name for v in variables], ["HOST", "TOKEN"])
        self.assertEqual([v.name for v in tools.get_environment_variables(id=tool.id)], ["HOST", "TOKEN"])
        self.assertEqual([v.name for v in tools.delete_environment_variable(id=tool.id, name="TOKEN")], ["HOST"])
        tools.delete(id=tool.id)
        self.assertEqual(tools.left_out(*TOOLS_RUN), set())

    def test_datasets(self):
        rome = {"inputs": {"city": "Rome"}, "messages": [user("Where is Rome?")], "target": {"output": "Italy", "population": 2.8}}
        oslo = {"inputs": {"city": "Oslo"}, "target": {"output": "Norway"}}
        paris = {"inputs": {"city": "Paris"}, "target": {"output": "France"}}
        datasets, dataset = self.live(
            "datasets", {"datapoints": [rome, oslo]}, {"datapoints": [rome]}, ("update_dataset_version", "delete_dataset_version"), monitored=False
        )
        self.assertEqual((dataset.datapoints_count, dataset.datapoints), (2, None))
        added = datasets.upsert(id=dataset.id, action="add", datapoints=[oslo, paris], include_datapoints=True)
        self.assertEqual([d.inputs["city"] for d in added.datapoints], ["Rome", "Oslo", "Paris"])
        self.assertEqual(added.datapoints[0].target, {"output": "Italy", "population": 2.8})
        same = datasets.upsert(path=dataset.path, action="add", datapoints=[])
        self.assertEqual(same.version_id, added.version_id)
        removed = datasets.upsert(id=dataset.id, action="remove", datapoints=[rome])
        listed = datasets.list_datapoints(id=dataset.id, version_id=removed.version_id, size=1)
        self.assertEqual([d.inputs["city"] for d in listed], ["Oslo", "Paris"])
        file = ("rows.csv", io.BytesIO("city,target\nBérgen,Norway\n\"Bari, old\",Italy\n".encode()), "text/csv")
        uploaded = datasets.upload_csv(id=dataset.id, file=file, version_id=removed.version_id, version_name="csv")
        self.assertEqual((uploaded.datapoints_count, uploaded.version_name), (4, "csv"))
        got = datasets.get(id=dataset.id, version_id=uploaded.version_id, include_datapoints=True)
        self.assertEqual([d.inputs["city"] for d in got.datapoints], ["Oslo", "Paris", "Bérgen", "Bari, old"])
        versions = datasets.list_versions(id=dataset.id, include_datapoints="latest_saved").records
        self.assertEqual([len(v.datapoints or []) for v in versions], [4, 0, 0, 0])
        datasets.delete(id=dataset.id)
        self.assertEqual(datasets.left_out(), set())

    def test_evaluators(self):
        select = {**EXTERNAL, "evaluator_type": "human", "return_type": "select", "options": [{"name": "good", "valence": "positive"}, {"name": "bad"}]}
        evaluators, evaluator = self.live(
            "evaluators", {"spec": EXTERNAL}, {"spec": select}, ("update_evaluator_version", "delete_evaluator_version")
        )
        code = {**EXTERNAL, "evaluator_type": "python", "code": "def f(log):\n    return True\n"}
        judge = {**EXTERNAL, "evaluator_type": "llm", "prompt": {**ECHO, "template": "Is {{log.output}} good?"}}
        for spec in (code, judge):
            self.assertEqual(evaluators.upsert(path=new_path(spec["evaluator_type"]), spec=spec).spec.evaluator_type, spec["evaluator_type"])
        judged = CLIENT.prompts.log(path=new_path("judged"), prompt=ECHO, output="Hi.")
        judgment = evaluators.log(parent_id=judged.id, id=evaluator.id, judgment=True, start_time=START, end_time=END)
        self.assertEqual(judgment.parent_id, judged.id)
        (log,) = field(CLIENT.logs.get(judged.id), "evaluator_logs")
        self.assertEqual((field(log, "id"), field(log, "judgment")), (judgment.id, True))
        evaluators.delete(id=evaluator.id)
        self.assertEqual(evaluators.left_out(), set())

    def test_flows_and_logs(self):
        flows, flow = self.live("flows", {"attributes": {}}, {"attributes": {"model": {"size": 7}}}, ("update_flow_version", "delete_flow_version"))
        logs = Exercise("logs")
        trace = flows.log(id=flow.id, inputs={"question": "?"}, log_status="incomplete", start_time=START, end_time=END)
        self.assertEqual((trace.flow_id, trace.version_id, trace.log_status), (flow.id, flow.version_id, "incomplete"))
        child = CLIENT.tools.log(path=new_path("child"), tool={"function": WEATHER}, output="sunny", trace_parent_id=trace.id)
        updated = flows.update_log(log_id=trace.id, output="done", log_status="complete")
        self.assertEqual((updated.output, updated.log_status), ("done", "complete"))
        got = logs.get(id=trace.id)
        self.assertEqual([field(c, "id") for c in field(got, "trace_children")], [child.id])
        other = flows.log(id=flow.id, inputs={"question": "later"}, output="done too", log_status="complete", created_at=END, metadata={"n": "one"})
        listed = logs.list(file_id=flow.id, size=1, include_trace_children=True)
        self.assertEqual([log.id for log in listed], [trace.id, other.id])
        for filters, want in [
            ({"search": "done too"}, [other.id]), ({"metadata_search": "one"}, [other.id]), ({"id": other.id}, [other.id]),
            ({"id": [trace.id, other.id]}, [trace.id, other.id]), ({"end_date": END}, [other.id]), ({"start_date": START}, [trace.id, other.id]),
            ({"version_id": flow.version_id, "in_trace_filter": [True, False]}, [trace.id, other.id]), ({"sample": 1}, 1),
        ]:
            with self.subTest(filters):
                found = [log.id for log in logs.list(file_id=flow.id, **filters)]
                self.assertEqual(len(found) if want == 1 else found, want)
        logs.delete(id=[trace.id, other.id])
        self.assertEqual(logs.list(file_id=flow.id), [])
        flows.delete(id=flow.id)
        self.assertEqual(flows.left_out(), set())
        self.assertEqual(logs.left_out(), set())

    def test_agents(self):
        inline = {"type": "inline", "json_schema": WEATHER, "on_agent_call": "stop"}
        agents, agent = self.live(
            "agents", {**ECHO, "template": [user("{{question}}")], "tools": [inline], "max_iterations": 3}, {**ECHO, "max_iterations": 5},
            ("patch_agent_version", "delete_agent_version"),
        )
        logged = agents.log(id=agent.id, inputs={"question": "?"}, output="Hi.", start_time=START, end_time=END)
        self.assertEqual((logged.agent_id, logged.version_id), (agent.id, agent.version_id))
        updated = agents.update_log(id=agent.id, log_id=logged.id, output="Hi, Ada.", log_status="complete")
        self.assertEqual(updated.output, "Hi, Ada.")
        text = agents.serialize(id=agent.id)
        self.assertIn("{{question}}", text)
        kernel = agents.deserialize(agent=text)
        self.assertEqual((kernel.model, kernel.max_iterations), ("echo", 3))
        agents.delete(id=agent.id)
        self.assertEqual(agents.left_out(*AGENTS_RUN), set())

    def test_directories_and_files(self):
        directories, files = Exercise("directories"), Exercise("files")
        path = new_path("directory")
        outer = directories.create(path=path)
        inner = directories.create(name="inner", parent_id=outer.id)
        self.assertEqual((outer.path, outer.name, inner.path, inner.parent_id), (path, path.split("/")[-1], f"{path}/inner", outer.id))
        self.assertIn(inner.id, [d.id for d in directories.list()])
        made = {
            "prompt": CLIENT.prompts.upsert(path=f"{inner.path}/prompt", **ECHO),
            "tool": CLIENT.tools.upsert(path=f"{inner.path}/tool", function=WEATHER),
            "dataset": CLIENT.datasets.upsert(path=f"{inner.path}/dataset", datapoints=[]),
            "evaluator": CLIENT.evaluators.upsert(path=f"{inner.path}/evaluator", spec=EXTERNAL),
            "flow": CLIENT.flows.upsert(path=f"{inner.path}/flow", attributes={}),
            "agent": CLIENT.agents.upsert(path=f"{inner.path}/agent", **ECHO),
        }
        got = directories.get(id=inner.id)
        self.assertEqual({f.type: f.id for f in got.files}, {kind: file.id for kind, file in made.items()})
        self.assertEqual([d.id for d in got.parents][-1], outer.id)
        self.assertEqual([d.id for d in directories.get(id=outer.id).subdirectories], [inner.id])
        self.fails(409, "in_use", CLIENT.directories.delete, id=outer.id)
        self.fails(409, "already_exists", CLIENT.directories.create, path=path)

        page = files.list_files(path=path, size=100)
        self.assertEqual({f.type: type(f) for f in page.records}, {kind: type(file) for kind, file in made.items()})
        page = files.list_files(path=path, type=["agent", "prompt"], include_raw_file_content=True, sort_by="name", order="asc", page=1, size=1)
        self.assertEqual([(f.type, bool(f.raw_file_content)) for f in page.records], [("agent", True)])
        self.assertEqual((page.total, page.size, page.page), (2, 1, 1))
        self.assertEqual(files.list_files(path=path, page=7, size=100).records, [])
        for kind, file in made.items():
            found = files.retrieve_by_path(path=f"{inner.path}/{kind}", include_raw_file_content=True)
            self.assertEqual((found.id, type(found)), (file.id, type(file)))

        moved = directories.update(id=inner.id, name="renamed")
        self.assertEqual(moved.path, f"{path}/renamed")
        self.assertEqual(files.retrieve_by_path(path=f"{path}/renamed/flow").id, made["flow"].id)
        for kind, file in made.items():
            getattr(CLIENT, kind + "s").delete(id=file.id)
        directories.delete(id=inner.id)
        directories.delete(id=outer.id)
        self.fails(404, "directory_not_found", CLIENT.directories.get, id=outer.id)
        self.assertEqual(directories.left_out(), set())
        self.assertEqual(files.left_out(), set())


if __name__ == "__main__":
    unittest.main()
