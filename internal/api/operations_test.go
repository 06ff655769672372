package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// world is a server with one of everything, and the ids of it by the names that requests below use.
type world struct {
	*server
	contract *contract
	ids      map[string]string
}

// seeds make the world, in order. The members of an answer are kept as "name.member"; <name.member> stands for one.
var seeds = []struct{ name, method, path, body string }{
	{"prompt", "POST", "/prompts", `{"path": "d/p", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "Hello {{name}}"}]}`},
	{"prompt2", "POST", "/prompts", `{"path": "d/p", "model": "echo", "provider": "mock", "temperature": 1}`},
	{"tool", "POST", "/tools", `{"path": "d/t", "function": {"name": "f", "description": "does"}}`},
	{"tool2", "POST", "/tools", `{"path": "d/t", "source_code": "def f(): pass"}`},
	{"mock", "POST", "/tools", `{"path": "d/m", "tool_type": "mock"}`},
	{"", "POST", "/tools/<tool.id>/environment-variables", `[{"name": "A", "value": "b"}]`},
	{"evaluator", "POST", "/evaluators", `{"path": "d/e", "spec": {"evaluator_type": "external", "arguments_type": "target_free", "return_type": "boolean"}}`},
	{"evaluator2", "POST", "/evaluators", `{"path": "d/e", "spec": {"evaluator_type": "external", "arguments_type": "target_free", "return_type": "text"}}`},
	{"flow", "POST", "/flows", `{"path": "d/f", "attributes": {}}`},
	{"flow2", "POST", "/flows", `{"path": "d/f", "attributes": {"a": 1}}`},
	{"agent", "POST", "/agents", `{"path": "d/a", "model": "echo", "provider": "mock"}`},
	{"agent2", "POST", "/agents", `{"path": "d/a", "model": "echo", "provider": "mock", "max_iterations": 3}`},
	{"dataset", "POST", "/datasets", `{"path": "d/d", "datapoints": [{"inputs": {"q": "a"}, "target": {"output": "b"}}]}`},
	{"dataset2", "POST", "/datasets", `{"path": "d/d", "datapoints": [{"inputs": {"q": "b"}}]}`},
	{"directory", "POST", "/directories", `{"path": "empty"}`},
	{"call", "POST", "/prompts/call", `{"path": "d/p", "inputs": {"name": "you"}}`},
	{"flowlog", "POST", "/flows/log", `{"path": "d/f", "inputs": {"a": "b"}}`},
	{"toollog", "POST", "/tools/log", `{"path": "d/t", "inputs": {"a": "b"}, "output": "c"}`},
	{"agentlog", "POST", "/agents/log", `{"path": "d/a", "inputs": {"a": "b"}, "output": "c"}`},
	{"open", "POST", "/agents/log", `{"path": "d/a", "messages": [{"role": "user", "content": "x"}]}`},
	{"open2", "POST", "/agents/log", `{"path": "d/a", "messages": [{"role": "user", "content": "x"}]}`},
	{"evaluation", "POST", "/evaluations", `{"file": {"id": "<prompt.id>"}, "name": "e", "evaluators": [{"id": "<evaluator.id>"}]}`},
	{"run", "POST", "/evaluations/<evaluation.id>/runs", `{"dataset": {"version_id": "<dataset.version_id>"}, "version": {"version_id": "<prompt.version_id>"}, "orchestrated": false}`},
}

// bodies are requests that would be taken, by operation: bad ones are made of them.
var bodies = map[string]string{
	"prompts.call":       `{"path": "d/p", "inputs": {"name": "you"}, "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "b", "detail": "low"}}]}]}`,
	"prompts.log":        `{"path": "d/p", "output": "a", "messages": [{"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}]}`,
	"prompts.update_log": `{"output": "b"}`,
	"prompts.upsert": `{"path": "d/p", "model": "echo", "provider": "mock", "seed": 1, "template": [{"role": "user", "content": "x"}], "tools": [{"name": "f", "description": "d", "parameters": {}}],
		"response_format": {"type": "json_object"}}`,
	"prompts.move": `{"name": "other-prompts"}`, "tools.move": `{"name": "other-tools"}`, "datasets.move": `{"name": "other-datasets"}`, "evaluators.move": `{"name": "other-evaluators"}`,
	"flows.move": `{"name": "other-flows"}`, "agents.move": `{"name": "other-agents"}`,
	"prompts.patch_prompt_version": `{"name": "n"}`, "tools.update_tool_version": `{"name": "n"}`, "datasets.update_dataset_version": `{"name": "n"}`,
	"evaluators.update_evaluator_version": `{"name": "n"}`, "flows.update_flow_version": `{"name": "n"}`, "agents.patch_agent_version": `{"name": "n"}`,
	"prompts.deserialize": `{"prompt": "---\nmodel: a\n---"}`, "agents.deserialize": `{"agent": "---\nmodel: a\n---"}`,
	"prompts.update_monitoring":      monitoring,
	"tools.update_monitoring":        monitoring,
	"evaluators.update_monitoring":   monitoring,
	"flows.update_monitoring":        monitoring,
	"agents.update_monitoring":       monitoring,
	"tools.upsert":                   `{"path": "d/t", "function": {"name": "g", "description": "does", "strict": true, "parameters": {}}, "setup_values": {"a": 1}}`,
	"tools.call":                     `{"path": "d/m", "inputs": {"a": 1}}`,
	"tools.log":                      `{"path": "d/t", "tool": {"function": {"name": "g", "description": "does"}}, "output": "x"}`,
	"tools.update":                   `{"output": "x"}`,
	"tools.add_environment_variable": `[{"name": "B", "value": "c"}]`,
	"evaluators.upsert": `{"path": "d/e", "spec": {"evaluator_type": "python", "arguments_type": "target_free", "return_type": "select", "code": "def f(log): return 1",
		"options": [{"name": "a", "valence": "positive"}], "number_limits": {"min": 1, "max": 2, "step": 1}, "number_valence": "neutral"}}`,
	"evaluators.log":       `{"path": "d/e", "parent_id": "<call.id>", "judgment": true}`,
	"flows.upsert":         `{"path": "d/f", "attributes": {"b": 2}}`,
	"flows.log":            `{"path": "d/f", "flow": {"attributes": {"x": 1}}, "inputs": {}}`,
	"flows.update_log":     `{"output": "x"}`,
	"agents.upsert":        `{"path": "d/a", "model": "echo", "provider": "mock", "tools": [{"type": "inline", "json_schema": {"name": "g", "description": "d"}, "on_agent_call": "stop"}, {"type": "file", "link": {"file_id": "<tool.id>"}}]}`,
	"agents.call":          `{"path": "d/a", "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]}`,
	"agents.continue_call": `{"log_id": "<open.id>", "messages": [{"role": "user", "content": "y"}]}`,
	"agents.log":           `{"path": "d/a", "output": "x"}`,
	"agents.update_log":    `{"output": "x"}`,
	"datasets.upsert":      `{"path": "d/d", "action": "add", "datapoints": [{"inputs": {"q": "c"}, "messages": [{"role": "user", "content": "x"}], "target": {"a": [1]}}]}`,

	"datasets.upload_csv": "--xyz\nContent-Disposition: form-data; name=\"file\"\n\nq,target\none,two\n--xyz--",

	"directories.create": `{"path": "more"}`, "directories.update": `{"name": "fuller"}`, "files.retrieve_by_path": `{"path": "d/p"}`,
	"evaluations.create":                `{"file": {"id": "<prompt.id>"}, "name": "other", "evaluators": [{"version_id": "<evaluator.version_id>"}]}`,
	"evaluations.add_evaluators":        `{"evaluators": [{"version_id": "<evaluator2.version_id>"}]}`,
	"evaluations.create_run":            `{"dataset": {"version_id": "<dataset.version_id>"}, "version": {"version_id": "<prompt.version_id>"}, "orchestrated": false}`,
	"evaluations.update_evaluation_run": `{"status": "cancelled"}`,
	"evaluations.retry_run":             `{"only": "errors"}`,
	"evaluations.add_logs_to_run":       `{"log_ids": ["<call.id>"]}`,
}

const monitoring = `{"activate": [{"evaluator_version_id": "<evaluator.version_id>"}], "deactivate": []}`

func makeWorld(t *testing.T) *world {
	t.Helper()
	w := &world{server: start(t, nil), contract: readContract(t), ids: map[string]string{}}
	for _, s := range seeds {
		a := w.call(t, s.method, "/v5"+w.real(s.path), w.real(s.body))
		if a.status >= http.StatusMultipleChoices {
			t.Fatalf("%s: %d %s", s.name, a.status, a.body)
		}
		var members map[string]any
		if json.Unmarshal([]byte(a.body), &members) != nil || s.name == "" {
			continue
		}
		for member, v := range members {
			if text, ok := v.(string); ok {
				w.ids["<"+s.name+"."+member+">"] = text
			}
		}
	}
	w.readEnvironments(t)
	return w
}

func (w *world) readEnvironments(t *testing.T) {
	t.Helper()
	var list []struct{ ID, Name string }
	a := w.call(t, http.MethodGet, "/v5/prompts/"+w.ids["<prompt.id>"]+"/environments", "")
	if err := json.Unmarshal([]byte(strings.ReplaceAll(strings.ReplaceAll(a.body, `"id"`, `"ID"`), `"name"`, `"Name"`)), &list); err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		w.ids["<"+e.Name+".id>"] = e.ID
	}
}

func (w *world) real(text string) string {
	for name, id := range w.ids {
		text = strings.ReplaceAll(text, name, id)
	}
	return text
}

// path fills the wildcards of an operation's path with what exists.
func (w *world) path(o *operation) string {
	group, _, _ := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/")
	kind := strings.TrimSuffix(group, "s")
	named := map[string]string{
		"{id}": "<" + kind + ".id>", "{version_id}": "<" + kind + "2.version_id>", "{environment_id}": "<staging.id>", "{name}": "A",
		"{log_id}": "<" + kind + "log.id>", "{run_id}": "<run.id>", "{evaluator_version_id}": "<evaluator.version_id>",
	}
	switch {
	case group == "logs", strings.HasPrefix(o.ID, "prompts.") && strings.Contains(o.Path, "{log_id}"):
		named["{log_id}"] = "<call.id>"
		if group == "logs" {
			named["{id}"] = "<call.id>"
		}
	case group == "directories":
		named["{id}"] = "<directory.id>"
	}
	return "/v5" + wildcard.ReplaceAllStringFunc(o.Path, func(name string) string { return w.real(named[name]) })
}

// state is everything that can be read of the world, but for the times of last use.
func (w *world) state(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, path := range []string{
		"/files?size=1000&include_raw_file_content=true", "/directories", "/tools/<tool.id>/environment-variables", "/evaluations?file_id=<prompt.id>&size=1000",
		"/evaluations/<evaluation.id>/runs", "/datasets/<dataset.id>/versions?include_datapoints=latest_saved",
	} {
		b.WriteString(w.call(t, http.MethodGet, "/v5"+w.real(path), "").body + "\n")
	}
	for _, kind := range []string{"prompt", "tool", "evaluator", "flow", "agent"} {
		for _, path := range []string{"/" + kind + "s/<" + kind + ".id>/versions", "/" + kind + "s/<" + kind + ".id>/environments", "/logs?size=1000&file_id=<" + kind + ".id>"} {
			b.WriteString(w.call(t, http.MethodGet, "/v5"+w.real(path), "").body + "\n")
		}
	}
	return b.String()
}

// TestAnswersOfAllOperations sends each operation of the contract that is served a good request, and holds its answer to the contract.
func TestAnswersOfAllOperations(t *testing.T) {
	w := makeWorld(t)
	served := w.contract.served(w.web.Routes())
	slices.SortStableFunc(served, func(a, b operation) int { // what deletes comes last, and the longest paths before the shorter
		if a.Method == http.MethodDelete && b.Method == http.MethodDelete {
			return len(b.Path) - len(a.Path)
		}
		return strings.Compare(deletes(a), deletes(b))
	})
	for i := range served {
		o := &served[i]
		path, body := w.path(o)+requiredQuery(w, o), bodies[o.ID]
		switch o.ID {
		case "prompts.call_stream":
			body = strings.Replace(bodies["prompts.call"], "{", `{"stream": true, `, 1)
		case "agents.call_stream":
			body = strings.Replace(bodies["agents.call"], "{", `{"stream": true, `, 1)
		case "agents.continue_call_stream":
			body = `{"log_id": "<open2.id>", "messages": [], "stream": true}`
		case "prompts.populate":
			body = `{"name": "you"}`
		case "logs.delete":
			path += "&id=" + w.ids["<call.id>"]
		}
		a := w.call(t, o.Method, path, w.real(body))
		if a.status >= http.StatusMultipleChoices {
			t.Errorf("%s: %s %s %s is answered %d %s", o.ID, o.Method, path, body, a.status, a.body)
			continue
		}
		w.contract.checkAnswer(t, w.server, o.Method, path, a)
	}
}

func deletes(o operation) string {
	if o.Method == http.MethodDelete {
		return "yes"
	}
	return "no"
}

// bad is a request that no operation takes.
type bad struct {
	name, path, body string
	status           int
	loc              string // of one of the violations; "" when there is none
}

// TestBadInputOfAllOperations sends each operation of the contract that is served a request without each required field, with each field
// of a wrong type, each enum with a value of none, and each id unknown. Each answer is the contract's error, and nothing changes.
func TestBadInputOfAllOperations(t *testing.T) {
	w := makeWorld(t)
	sent := 0
	served := w.contract.served(w.web.Routes())
	for i := range served {
		o := &served[i]
		if o.Stream {
			continue
		}
		before := w.state(t)
		for _, bad := range w.badRequests(t, o) {
			sent++
			t.Run(o.ID+"/"+bad.name, func(t *testing.T) {
				a := w.call(t, o.Method, bad.path, bad.body)
				d := checkFailure(t, a)
				if a.status != bad.status || bad.loc != "" && !slices.ContainsFunc(d.Errors, func(v errs.Violation) bool { return bad.at(place(v.Loc)) }) {
					t.Errorf("%s %s %s\nis answered %d %s, want %d at %s", o.Method, bad.path, bad.body, a.status, a.body, bad.status, bad.loc)
				}
			})
		}
		if after := w.state(t); after != before {
			t.Errorf("%s: bad requests changed something:\n%s\n%s", o.ID, before, after)
		}
	}
	if sent < 2000 {
		t.Errorf("only %d requests", sent)
	}
}

// at reports whether a violation is where the request is bad. What is missing from one of a union is wrong with the whole.
func (b *bad) at(place string) bool {
	return strings.HasPrefix(place, b.loc) || strings.HasSuffix(b.name, "missing") && place+b.field() == b.loc || strings.HasSuffix(b.name, "null") && place+b.field() == b.loc
}

// field is the last step of the place where the request is bad, with a point.
func (b *bad) field() string {
	steps := strings.Split(b.loc, ".")
	return steps[len(steps)-2] + "."
}

func place(loc []any) string {
	var b strings.Builder
	for _, step := range loc {
		fmt.Fprint(&b, step, ".")
	}
	return b.String()
}

// badRequests makes the bad requests of an operation.
func (w *world) badRequests(t *testing.T, o *operation) []bad {
	t.Helper()
	path, query := w.path(o), requiredQuery(w, o)
	body := w.real(bodies[o.ID])
	var out []bad
	if strings.Contains(o.Path, "{") && o.ID != "tools.get_environment_variables" {
		for _, name := range wildcard.FindAllString(o.Path, -1) {
			other := *o
			other.Path = strings.Replace(o.Path, name, "nope_unknown", 1)
			out = append(out, bad{"unknown " + name, w.path(&other) + query, body, http.StatusNotFound, ""})
		}
	}
	for _, q := range o.Query {
		for name, value := range wrongParameters(w.contract, q) {
			out = append(out, bad{"query " + q.Name + " " + name, path + replaceQuery(query, q.Name, value), body, http.StatusUnprocessableEntity, "query." + q.Name + "."})
		}
	}
	if o.Body == nil || len(o.Body.Fields) == 0 && !strings.HasPrefix(o.Body.Schema, "array<") {
		return out
	}
	if body == "" {
		t.Errorf("%s has no example of a body", o.ID)
		return out
	}
	if strings.HasPrefix(body, "--") { // a form
		return append(out, bad{"body.file missing", path + query, strings.Replace(body, `name="file"`, `name="other"`, 1), http.StatusUnprocessableEntity, "body.file."})
	}
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%s: %v", o.ID, err)
	}
	m := mutation{operation: o.ID, contract: w.contract, root: &v}
	if o.Body.Schema != "" {
		m.value(o.Body.Schema, &v, "body.")
	} else {
		m.fields(o.Body.Fields, v.(map[string]any), "body.")
	}
	for _, made := range m.made {
		out = append(out, bad{made.name, path + query, made.body, http.StatusUnprocessableEntity, made.loc})
	}
	return out
}

func requiredQuery(w *world, o *operation) string {
	query := ""
	for _, q := range o.Query {
		if q.Required {
			kind := strings.TrimSuffix(strings.Split(o.Path, "/")[1], "s")
			value := map[string]string{"version_id": "<" + kind + "2.version_id>", "file_id": "<prompt.id>"}[q.Name]
			query += "&" + q.Name + "=" + w.real(value)
		}
	}
	return "?" + strings.TrimPrefix(query, "&")
}

// replaceQuery sets a parameter, or with "" leaves it out.
func replaceQuery(query, name, value string) string {
	parts := slices.DeleteFunc(strings.Split(strings.TrimPrefix(query, "?"), "&"), func(part string) bool { return strings.HasPrefix(part, name+"=") || part == "" })
	if value != "" {
		parts = append(parts, name+"="+value)
	}
	return "?" + strings.Join(parts, "&")
}

// wrongParameters are values that a query parameter cannot have, by what is wrong with them.
func wrongParameters(c *contract, q field) map[string]string {
	typ, _, _ := strings.Cut(q.Type, "|")
	out := map[string]string{}
	if q.Required {
		out["missing"] = ""
	}
	switch typ {
	case "integer":
		out["text"], out["fraction"] = "x", "1.5"
		if q.Name == "page" {
			out["zero"] = "0"
		}
		out["negative"] = "-1"
	case "boolean":
		out["text"] = "maybe"
	case "datetime":
		out["text"] = "noon"
	default:
		if c.Enums[typ] != nil {
			out["enum"] = "nope"
		}
	}
	return out
}

// mutation makes bad bodies of a good one.
type mutation struct {
	operation string
	contract  *contract
	root      *any
	made      []struct{ name, body, loc string }
}

// add keeps the body as it is at the moment.
func (m *mutation) add(what, loc string) {
	raw, err := json.Marshal(*m.root)
	if err != nil {
		panic(err)
	}
	m.made = append(m.made, struct{ name, body, loc string }{loc + what, string(raw), loc})
}

// fields spoils each field of an object, one at a time.
func (m *mutation) fields(fields []field, object map[string]any, loc string) {
	for _, f := range fields {
		was, there := object[f.Name]
		at := loc + f.Name + "."
		if f.Required && there {
			delete(object, f.Name)
			m.add("missing", at)
			object[f.Name] = nil
			m.add("null", at)
		}
		for _, wrong := range m.wrong(f.Type) {
			if open(loc+f.Name, wrong) {
				continue
			}
			object[f.Name] = wrong
			m.add(fmt.Sprintf("wrong %v", wrong), at)
		}
		delete(object, f.Name)
		if there {
			object[f.Name] = was
			m.value(f.Type, &was, at)
		}
	}
}

// open reports whether a field takes more than the contract says: levels of reasoning that models may have some day.
func open(field string, wrong any) bool {
	_, isText := wrong.(string)
	return strings.HasSuffix(field, "reasoning_effort") && isText
}

// value spoils what is in a value of a type, as far as the example goes.
func (m *mutation) value(typ string, v *any, loc string) {
	if item, ok := inner(typ, "array<"); ok {
		for i := range (*v).([]any) {
			list := (*v).([]any)
			was := list[i]
			for _, wrong := range m.wrong(item) {
				list[i] = wrong
				m.add(fmt.Sprintf("wrong %v", wrong), fmt.Sprintf("%s%d.", loc, i))
			}
			list[i] = was
			m.value(item, &was, fmt.Sprintf("%s%d.", loc, i))
		}
		return
	}
	object, ok := (*v).(map[string]any)
	if !ok {
		if list, ok := (*v).([]any); ok { // one of a union that is a list
			for alternative := range slices.Values(splitUnion(m.resolve(typ))) {
				if strings.HasPrefix(alternative, "array<") && m.contract.check(alternative, any(list), "") == "" {
					m.value(alternative, v, loc)
					return
				}
			}
		}
		return
	}
	for _, alternative := range splitUnion(m.resolve(typ)) {
		if s := m.contract.Schemas[alternative]; len(s.Fields) > 0 && m.contract.check(alternative, *v, "") == "" {
			m.fields(withoutTag(s.Fields), object, loc)
			return
		}
	}
}

// withoutTag leaves out the fields that tell the members of a union apart: what is wrong with them is wrong with the whole.
func withoutTag(fields []field) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return len(f.Const) > 0 })
}

// resolve is a type, or what the union of that name consists of.
func (m *mutation) resolve(typ string) string {
	if s, ok := m.contract.Schemas[typ]; ok && s.Union != "" {
		return s.Union
	}
	return typ
}

// wrong are values that a type does not take.
func (m *mutation) wrong(typ string) []any {
	takes := map[string]bool{}
	m.kinds(typ, takes)
	if takes["any"] {
		return nil
	}
	samples := map[string]any{"number": 1234.5, "string": "nope", "boolean": true, "array": []any{[]any{}}, "object": map[string]any{"nope": map[string]any{}}}
	var out []any
	for _, kind := range slices.Sorted(maps.Keys(samples)) {
		if !takes[kind] {
			out = append(out, samples[kind])
		}
	}
	if takes["enum"] && !takes["string"] {
		out = append(out, "nope_nope")
	}
	return out
}

// kinds are the JSON kinds that a type takes, also with other values than the samples: a truth value is a number, a number a time.
func (m *mutation) kinds(typ string, into map[string]bool) {
	for _, t := range splitUnion(m.resolve(typ)) {
		switch {
		case t == "any":
			into["any"] = true
		case strings.HasPrefix(t, "array<"):
			into["array"] = true
		case strings.HasPrefix(t, "map<"):
			into["object"] = true
		case t == "string", t == "boolean":
			into[t] = true
		case t == "number", t == "integer":
			into["number"], into["boolean"] = true, true
		case t == "datetime":
			into["datetime"], into["number"] = true, true
		case strings.HasPrefix(t, `"`), m.contract.Enums[t] != nil:
			into["enum"] = true
		case m.contract.Schemas[t].Union != "":
			m.kinds(t, into)
		default:
			into["object"] = true
		}
	}
}
