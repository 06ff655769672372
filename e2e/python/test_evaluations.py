"""Evaluations with the Python SDK, from 0.8.38 on: every operation, and `evaluations.run` of code of one's own, and of Prompts, and judged by both sides."""

import contextlib
import io
import time
import types
import unittest
from unittest import mock

import humanloop.evals.run

from exercise import CLIENT, Exercise
from harness import ECHO, EXACT, EXTERNAL, SDK, new_path, user

GPT = {"provider": "openai", "model": "gpt-4o"}
JUDGE = {
    "evaluator_type": "llm", "arguments_type": "target_free", "return_type": "boolean",
    "prompt": {**GPT, "template": [user("Judge whether this is polite: {{log.output}}")]},
}


class Evaluations(SDK):
    def test_every_operation(self):
        evaluations = Exercise("evaluations")
        prompt = CLIENT.prompts.upsert(path=new_path("evaluated"), **ECHO)
        good = CLIENT.evaluators.upsert(path=new_path("good"), spec=EXTERNAL)
        length = CLIENT.evaluators.upsert(path=new_path("length"), spec={**EXTERNAL, "return_type": "number"})
        dataset = CLIENT.datasets.upsert(path=new_path("data"), datapoints=[{"inputs": {"n": "1"}}, {"inputs": {"n": "2"}}], include_datapoints=True)
        evaluation = evaluations.create(name="Quality", file={"id": prompt.id}, evaluators=[{"path": good.path}])
        self.assertEqual(([e.version.id for e in evaluation.evaluators], evaluation.name, evaluation.file_id), ([good.id], "Quality", prompt.id))
        with_two = evaluations.add_evaluators(id=evaluation.id, evaluators=[{"version_id": length.version_id}])
        self.assertEqual({e.version.id for e in with_two.evaluators}, {good.id, length.id})
        self.fails(409, "already_exists", CLIENT.evaluations.create, name="Quality", file={"id": prompt.id}, evaluators=[{"path": good.path}])

        run = evaluations.create_run(id=evaluation.id, dataset={"version_id": dataset.version_id}, version={"version_id": prompt.version_id}, orchestrated=False)
        self.assertEqual((run.status, run.version.version_id, run.dataset.version_id), ("pending", prompt.version_id, dataset.version_id))
        logged = []
        for datapoint in dataset.datapoints:
            log = CLIENT.prompts.log(id=prompt.id, run_id=run.id, source_datapoint_id=datapoint.id, inputs=datapoint.inputs, output="fine")
            CLIENT.evaluators.log(parent_id=log.id, id=good.id, judgment=True)
            CLIENT.evaluators.log(parent_id=log.id, id=length.id, judgment=4)
            logged.append(log.id)
        stats = evaluations.get_stats(id=evaluation.id)
        self.assertEqual((stats.run_stats[0].run_id, stats.run_stats[0].status, stats.run_stats[0].num_logs), (run.id, "completed", 2))
        scores = {type(s).__name__: s for s in stats.run_stats[0].evaluator_stats}
        self.assertEqual((scores["BooleanEvaluatorStatsResponse"].num_true, scores["NumericEvaluatorStatsResponse"].mean), (2, 4))
        page = evaluations.get_logs(id=evaluation.id, size=100)
        self.assertEqual({r.log.id for r in page.records}, set(logged))
        self.assertEqual({len(r.evaluator_logs) for r in page.records}, {2})
        self.assertEqual({r.datapoint.id for r in page.records}, {d.id for d in dataset.datapoints})

        loose = evaluations.create_run(id=evaluation.id)
        other = CLIENT.prompts.log(id=prompt.id, output="by hand")
        evaluations.add_logs_to_run(id=evaluation.id, run_id=loose.id, log_ids=[other.id])
        controlled = evaluations.update_evaluation_run(id=evaluation.id, run_id=loose.id, control=True, status="cancelled")
        self.assertEqual((controlled.control, controlled.status), (True, "cancelled"))
        self.assertEqual([r.id for r in evaluations.list_runs_for_evaluation(id=evaluation.id).runs], [loose.id, run.id])
        second = evaluations.create(name="Second", file={"id": prompt.id}, evaluators=[{"id": good.id}])
        evaluations.add_existing_run(id=second.id, run_id=run.id)
        self.assertEqual([r.id for r in CLIENT.evaluations.list_runs_for_evaluation(id=second.id).runs], [run.id])
        evaluations.remove_run(id=second.id, run_id=run.id)
        self.assertEqual(CLIENT.evaluations.list_runs_for_evaluation(id=second.id).runs, [])
        with_one = evaluations.remove_evaluator(id=evaluation.id, evaluator_version_id=length.version_id)
        self.assertEqual([e.version.id for e in with_one.evaluators], [good.id])
        self.assertEqual(evaluations.get(id=evaluation.id).id, evaluation.id)
        self.assertEqual([e.id for e in evaluations.list(file_id=prompt.id, size=1)], [second.id, evaluation.id])
        evaluations.delete(id=second.id)
        self.fails(404, "evaluation_not_found", CLIENT.evaluations.get, id=second.id)
        self.assertEqual(evaluations.left_out("run"), set())

    def run_(self, **kwargs):
        """evaluations.run, which otherwise sleeps for seconds between its questions."""
        quick = types.SimpleNamespace(**{name: getattr(time, name) for name in dir(time) if not name.startswith("_")})
        quick.sleep = lambda _: time.sleep(0.02)
        self.printed = io.StringIO()
        with mock.patch.object(humanloop.evals.run, "time", quick), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(self.printed):
            return CLIENT.evaluations.run(**kwargs)

    def only_run(self, file_id):
        """The only Run of the only Evaluation of a File, and its statistics by the path of the Evaluator."""
        (evaluation,) = CLIENT.evaluations.list(file_id=file_id)
        (run,) = CLIENT.evaluations.list_runs_for_evaluation(id=evaluation.id).runs
        (stats,) = CLIENT.evaluations.get_stats(id=evaluation.id).run_stats
        paths = {e.version.version_id: e.version.path for e in evaluation.evaluators}
        return run, {paths[s.evaluator_version_id]: s for s in stats.evaluator_stats}

    def test_code_of_ones_own_judged_by_code_of_ones_own(self):
        flow, dataset, exact = new_path("flow"), new_path("dataset"), new_path("exact")
        datapoints = [{"inputs": {"question": q}, "target": {"output": q.upper()}} for q in ("a", "b", "c")]

        def match(log, datapoint):
            return log["output"] == datapoint["target"]["output"]

        config = {
            "name": "Quality",
            "file": {"path": flow, "type": "flow", "version": {"attributes": {"v": 1}}, "callable": lambda question: "A" if question == "a" else "?"},
            "dataset": {"path": dataset, "datapoints": datapoints},
            "evaluators": [{"path": exact, "callable": match, "args_type": "target_required", "return_type": "boolean", "threshold": 0.5}],
        }
        (check,) = self.run_(**config)
        self.assertEqual((check.path, check.threshold_check), (exact, False))  # the SDK tells no score of a first Run
        config["file"]["callable"] = lambda question: question.upper()
        config["file"]["version"] = {"attributes": {"v": 2}}
        config["dataset"] = {"path": dataset}
        (check,) = self.run_(**config)
        self.assertEqual((check.score, check.delta, check.threshold_check), (1, 0.67, True))
        file = CLIENT.files.retrieve_by_path(path=flow)
        (evaluation,) = CLIENT.evaluations.list(file_id=file.id)
        runs = CLIENT.evaluations.list_runs_for_evaluation(id=evaluation.id).runs
        self.assertEqual([run.status for run in runs], ["completed"] * 2)
        self.assertEqual(len(CLIENT.evaluations.get_logs(id=evaluation.id, size=100).records), 6)

    def test_a_decorated_flow(self):
        flow, dataset, good = new_path("flow"), new_path("dataset"), new_path("good")

        @CLIENT.flow(path=flow, attributes={"v": 1})
        def answer(question):
            return question * 2

        self.run_(
            name="Decorated",
            file={"path": flow, "type": "flow", "callable": answer},
            dataset={"path": dataset, "datapoints": [{"inputs": {"question": q}} for q in ("a", "b")]},
            evaluators=[{"path": good, "callable": lambda log: len(log["output"]), "args_type": "target_free", "return_type": "number"}],
        )
        (evaluation,) = CLIENT.evaluations.list(file_id=CLIENT.files.retrieve_by_path(path=flow).id)
        (stats,) = CLIENT.evaluations.get_stats(id=evaluation.id).run_stats
        self.assertEqual((stats.status, stats.num_logs, stats.evaluator_stats[0].mean), ("completed", 2, 2))

    def test_a_decorated_flow_judged_by_the_server(self):
        flow, dataset = new_path("flow"), new_path("dataset")
        exact = CLIENT.evaluators.upsert(path=new_path("exact"), spec=EXACT)

        @CLIENT.flow(path=flow, attributes={"v": 1})
        def answer(question):
            return "A" if question == "a" else "?"

        (check,) = self.run_(
            name="Judged there",
            file={"path": flow, "type": "flow", "callable": answer},
            dataset={"path": dataset, "datapoints": [{"inputs": {"question": q}, "target": {"output": q.upper()}} for q in ("a", "b")]},
            evaluators=[{"path": exact.path, "threshold": 0.5}],
        )
        self.assertEqual((check.path, check.threshold_check), (exact.path, True))
        run, scores = self.only_run(CLIENT.files.retrieve_by_path(path=flow).id)
        self.assertEqual((run.status, scores[exact.path].num_true, scores[exact.path].total_logs), ("completed", 1, 2))

    def test_a_prompt_that_the_server_runs_and_judges(self):
        prompt = CLIENT.prompts.upsert(path=new_path("prompt"), **GPT, template=[user("{{question}}")])
        exact = CLIENT.evaluators.upsert(path=new_path("exact"), spec=EXACT)
        judge = CLIENT.evaluators.upsert(path=new_path("judge"), spec=JUDGE)
        questions = [("What is the capital of France?", "Paris"), ("Say OK.", "OK."), ("What is six times seven?", "43")]
        checks = self.run_(
            name="Orchestrated",
            file={"path": prompt.path, "type": "prompt"},
            dataset={"path": new_path("dataset"), "datapoints": [{"inputs": {"question": q}, "target": {"output": a}} for q, a in questions]},
            evaluators=[{"path": exact.path, "threshold": 0.6}, {"path": judge.path, "threshold": 1}, {"path": "Latency"}, {"path": "Cost"}],
        )
        self.assertEqual({c.path: c.threshold_check for c in checks if c.threshold is not None}, {exact.path: True, judge.path: True})
        run, scores = self.only_run(prompt.id)
        self.assertEqual((run.status, run.version.version_id), ("completed", prompt.version_id))
        self.assertEqual((scores[exact.path].num_true, scores[judge.path].num_true, scores[judge.path].total_logs), (2, 3, 3))
        self.assertGreater(scores["Latency"].mean, 0)
        self.assertGreater(scores["Cost"].mean, 0)
        report = self.printed.getvalue()
        for line in (rf"{exact.path} +0\.67 ", rf"{judge.path} \(judge\) +1\.0+ ", "Latency +", "Cost +"):
            self.assertRegex(report, line)

    def versions(self):
        """A Prompt with two versions, of which the first is deployed to the default environment, and the arguments of a run of it."""
        path = new_path("prompt")
        first = CLIENT.prompts.upsert(path=path, **ECHO, template=[user("{{question}}")])
        second = CLIENT.prompts.upsert(path=path, **ECHO, template=[user("Again: {{question}}")])
        exact = CLIENT.evaluators.upsert(path=new_path("exact"), spec=EXACT)
        dataset = {"path": new_path("dataset"), "datapoints": [{"inputs": {"question": "a"}, "target": {"output": "Again: a"}}]}
        return first, second, {"name": "Versions", "dataset": dataset, "evaluators": [{"path": exact.path, "threshold": 1}]}

    def test_a_version_of_a_prompt(self):
        first, second, config = self.versions()
        (check,) = self.run_(file={"id": first.id, "version_id": second.version_id, "type": "prompt"}, **config)
        run, _ = self.only_run(first.id)
        self.assertEqual((check.threshold_check, run.version.version_id), (True, second.version_id))
        self.assertEqual(CLIENT.prompts.get(id=first.id).version_id, first.version_id)
        self.assertEqual(len(CLIENT.prompts.list_versions(id=first.id).records), 2)

    def test_the_version_of_an_environment(self):
        first, second, config = self.versions()
        (staging,) = (e for e in CLIENT.prompts.list_environments(id=first.id) if e.name == "staging")
        CLIENT.prompts.set_deployment(id=first.id, environment_id=staging.id, version_id=second.version_id)
        (check,) = self.run_(file={"id": first.id, "environment": "staging", "type": "prompt"}, **config)
        run, _ = self.only_run(first.id)
        self.assertEqual((check.threshold_check, run.version.version_id), (True, second.version_id))


if __name__ == "__main__":
    unittest.main()
