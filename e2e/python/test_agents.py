"""Agents that the server runs: whole and streamed, with tools of the server and of the client. Every answer and event must have the declared types."""

import contextlib
import io
import unittest

from humanloop.types.agent_log_stream_response import AgentLogStreamResponse
from humanloop.types.prompt_call_stream_response import PromptCallStreamResponse
from humanloop.types.tool_call import ToolCall

from exercise import CLIENT, Exercise
from harness import ECHO, SDK, new_path, user

LOOKUP = {"name": "weather", "description": "The weather.", "parameters": {"type": "object", "properties": {"input": {"type": "string"}}}}
ASK = {"name": "ask", "description": "Asks the user.", "parameters": {"type": "object", "properties": {"input": {"type": "string"}}}}


def force(name):
    """Has the model of the mock provider call a function, at its first answer."""
    return {"type": "function", "function": {"name": name}}


def told(events):
    """The types of events, without repetitions in a row, and what the model said."""
    types, text = [], ""
    for event in events:
        assert event.log_id and event.message and event.created_at, event
        if not types or types[-1] != event.type:
            types.append(event.type)
        payload = event.payload
        assert payload is None or isinstance(payload, (AgentLogStreamResponse, PromptCallStreamResponse, ToolCall)), payload
        text += getattr(payload, "output", None) or ""
    return types, text


class Agents(SDK):
    @classmethod
    def setUpClass(cls):
        cls.tool = CLIENT.tools.upsert(path=new_path("weather"), tool_type="mock", function=LOOKUP, setup_values={"output": "sunny"})
        cls.path = new_path("agent")
        tools = [{"type": "file", "link": {"file_id": cls.tool.id}}, {"type": "inline", "json_schema": ASK}]
        CLIENT.agents.upsert(path=cls.path, **ECHO, tools=tools)

    def test_runs_tools_of_the_server(self):
        agents = Exercise("agents")
        answer = agents.call(path=self.path, messages=[user("Paris")], tool_choice=force("weather"), include_trace_children=True)
        self.assertEqual((answer.output, answer.log_status, answer.agent.path), ("Paris", "complete", self.path))
        self.assertEqual([(child.tool.path, child.output) for child in answer.trace_children], [(self.tool.path, "sunny")])
        self.assertIsNone(answer.previous_agent_message)

    def test_waits_for_tools_of_the_client(self):
        agents = Exercise("agents")
        answer = agents.call(path=self.path, messages=[user("Paris")], tool_choice=force("ask"))
        self.assertEqual((answer.output, answer.log_status), (None, "incomplete"))
        (call,) = answer.previous_agent_message.tool_calls
        result = {"role": "tool", "tool_call_id": call.id, "content": "Rome"}
        done = agents.continue_call(log_id=answer.log_id, messages=[result])
        self.assertEqual((done.log_id, done.log_status, done.output), (answer.log_id, "complete", "Paris"))
        with self.assertRaises(Exception) as refused:
            CLIENT.agents.continue_call(log_id=answer.log_id, messages=[result])
        self.assertEqual(refused.exception.status_code, 409)

    def test_streams(self):
        types, text = told(CLIENT.agents.call_stream(path=self.path, messages=[user("one two three")], tool_choice=force("weather")))
        self.assertEqual(text, "one two three")
        self.assertEqual(types, ["agent_turn_start", "agent_start", "agent_update", "agent_end", "tool_start", "tool_end", "agent_start", "agent_update",
                                 "agent_end", "agent_turn_end"])

    def test_streams_and_waits(self):
        events = list(CLIENT.agents.call_stream(path=self.path, messages=[user("one two")], tool_choice=force("ask")))
        self.assertEqual((events[0].type, events[-1].type), ("agent_turn_start", "agent_turn_suspend"))
        (call,) = [c for e in events if e.type == "agent_end" for c in e.payload.output_message.tool_calls]
        result = {"role": "tool", "tool_call_id": call.id, "content": "x"}
        types, text = told(CLIENT.agents.continue_call_stream(log_id=events[0].log_id, messages=[result]))
        self.assertEqual((types, text), (["agent_turn_continue", "agent_start", "agent_update", "agent_end", "agent_turn_end"], "one two"))

    def test_tells_of_a_failure_after_the_head(self):
        events = list(CLIENT.agents.call_stream(path=new_path("failing"), agent={"provider": "mock", "model": "error/overloaded"}, messages=[user("x")]))
        self.assertEqual([e.type for e in events], ["agent_turn_start", "agent_start", "agent_turn_error"])

    def test_is_evaluated_by_the_server(self):
        path, judge = new_path("evaluated"), new_path("judge")
        template = [{"role": "system", "content": "Answer {{question}} helpfully."}]
        CLIENT.evaluators.upsert(path=judge, spec={
            "evaluator_type": "python", "arguments_type": "target_required", "return_type": "boolean",
            "code": 'def output_not_null(log: dict) -> bool:\n    return log["output"] is not None\n',
        })
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            CLIENT.evaluations.run(
                name="agent", file={"path": path, "type": "agent", "version": {**ECHO, "template": template, "max_iterations": 5}},
                dataset={"path": new_path("dataset"), "datapoints": [{"inputs": {"question": q}} for q in ("a", "b", "c")]}, evaluators=[{"path": judge}],
            )
        (agent,) = [f for f in CLIENT.files.list_files(page=1, size=100).records if f.path == path]
        self.assertEqual(agent.type, "agent")
        (evaluation,) = CLIENT.evaluations.list(file_id=agent.id)
        (run,) = CLIENT.evaluations.list_runs_for_evaluation(id=evaluation.id).runs
        (stats,) = CLIENT.evaluations.get_stats(id=evaluation.id).run_stats
        self.assertEqual((run.status, stats.num_logs, stats.evaluator_stats[0].num_true), ("completed", 3, 3))


if __name__ == "__main__":
    unittest.main()
