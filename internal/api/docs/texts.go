package docs

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/openapi"
)

func info(version string) openapi.Info {
	return openapi.Info{
		Title: "Openloop", Version: version,
		Description: "One call runs a versioned Prompt on any model provider, logs it durably, and answers every failure with a predictable error.",
		Tags:        tags(), Wildcards: wildcards(), Examples: examples(),
	}
}

func tags() map[string]string {
	return map[string]string{
		"Prompts":       "Versioned prompts, and calls of them.",
		"Tools":         "Functions that models may call, and that this server can run.",
		"Agents":        "Models that call Tools, Prompts and other Agents in turns.",
		"Flows":         "What a program of yours does, as the root of a trace.",
		"Evaluators":    "What judges Logs: code, models, people, or programs of yours.",
		"Datasets":      "Versioned lists of cases, to evaluate with.",
		"Evaluations":   "Comparisons of versions: their Runs over Datasets, judgments and statistics.",
		"Files":         "Prompts, Tools, Agents, Flows, Evaluators and Datasets, found together.",
		"Directories":   "Where Files are.",
		"Logs":          "What was called, and what came of it.",
		"Models":        "What models cost and what they can take.",
		"OpenTelemetry": "Spans of other programs, recorded as Logs.",
		"Provider keys": "The workspace's keys of model providers: encrypted, never shown again, used by calls that bring none.",
		"Aliases":       "Names that calls use in place of models' own.",
		"Statistics":    "How calls, failures, costs, tokens and latency went over time.",
		"API keys":      "Who may use the API, and in which role.",
		"Environments":  "Where versions are deployed to.",
		"Sign-in":       "Browsers that are signed in, and who makes a request.",
		"Operations":    "For load balancers, monitoring and audits.",
		"Documentation": "This server's own.",
	}
}

// wildcards says what a part of a path stands for, by the part before it.
func wildcards() map[string]string {
	return map[string]string{
		"agents": "The id of the Agent.", "aliases": "The name of the alias, such as fast.", "api-keys": "The id of the API key.", "credentials": "The name of the key.", "datapoints": "The id of the datapoint.", "datasets": "The id of the Dataset.", "directories": "The id of the directory.",
		"environments": "The id of the environment.", "environment-variables": "The name of the variable.", "errors": "The reason.",
		"evaluations": "The id of the Evaluation.", "evaluators": "The id of the Evaluator, or of its version in an Evaluation.", "files": "The id of the File.",
		"flows": "The id of the Flow.", "log": "The id of the Log.", "logs": "The id of the Log.", "prompts": "The id of the Prompt.",
		"provider-keys": "The provider, such as openai.", "runs": "The id of the Run.", "sessions": "The id of the session.", "reasons": "The reason.", "tools": "The id of the Tool.", "versions": "The id of the version.",
	}
}

// examples are bodies of the requests that are sent most, by operation.
func examples() map[string]json.Value {
	out := map[string]json.Value{}
	for id, body := range map[string]string{
		"prompts.call": `{"path": "support/answer", "prompt": {"model": "gpt-4o-mini", "template": [{"role": "system", "content": "Answer in {{language}}."}]},
			"inputs": {"language": "French"}, "messages": [{"role": "user", "content": "Where is my parcel?"}]}`,
		"prompts.upsert": `{"path": "support/answer", "model": "gpt-4o-mini", "temperature": 0.2,
			"template": [{"role": "system", "content": "Answer in {{language}}."}], "version_name": "v2"}`,
		"prompts.log": `{"path": "support/answer", "prompt": {"model": "gpt-4o-mini"}, "messages": [{"role": "user", "content": "Hello!"}],
			"output": "Hello! How can I help?", "provider_latency": 0.8}`,
		"tools.call":             `{"path": "support/parcel", "inputs": {"number": "JD0002"}}`,
		"agents.call":            `{"path": "support/agent", "messages": [{"role": "user", "content": "Where is my parcel?"}]}`,
		"flows.log":              `{"path": "support/chat", "flow": {"attributes": {}}, "inputs": {"question": "Where is my parcel?"}}`,
		"evaluators.log":         `{"path": "support/helpful", "parent_id": "log_…", "judgment": true}`,
		"datasets.upsert":        `{"path": "support/questions", "action": "add", "datapoints": [{"inputs": {"question": "Where is my parcel?"}, "target": {"output": "On its way."}}]}`,
		"evaluations.create":     `{"file": {"path": "support/answer"}, "name": "Model choice", "evaluators": [{"path": "support/helpful"}]}`,
		"evaluations.create_run": `{"dataset": {"path": "support/questions"}, "version": {"path": "support/answer"}}`,
	} {
		out[id] = json.Value(body)
	}
	return out
}
