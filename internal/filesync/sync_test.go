package filesync_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/filesync"
)

func TestPull(t *testing.T) {
	w := newWorld(t)
	w.save("a", "m1")
	w.save("deep/er/b c", "m2")
	w.api("POST", "/agents", map[string]any{"path": "deep/c", "model": "m3", "max_iterations": 4})
	w.api("POST", "/datasets", map[string]any{"path": "data", "datapoints": []any{}})
	w.expect(filesync.Pull, options{}, "+ a.prompt", "+ deep/c.agent", "+ deep/er/b c.prompt")
	agent := "---\nmodel: m3\nprovider: openai\nendpoint: chat\nmax_iterations: 4\n---\n"
	text := func(model string) string { return "---\nmodel: " + model + "\nprovider: openai\nendpoint: chat\n---\n" }
	w.expectFiles(files{"a.prompt": text("m1"), "deep/er/b c.prompt": text("m2"), "deep/c.agent": agent})
	w.expect(filesync.Pull, options{})

	w.change("a", "m4")
	w.expect(filesync.Pull, options{DryRun: true}, "~ a.prompt")
	w.expect(filesync.Pull, options{}, "~ a.prompt")
	w.expectFiles(files{"a.prompt": text("m4"), "deep/er/b c.prompt": text("m2"), "deep/c.agent": agent})
	w.expect(filesync.Push, options{Delete: true, Force: true})
}

// Every kind goes to the server and comes back as it was written, also when the server has it already.
func TestAllKinds(t *testing.T) {
	w := newWorld(t)
	all := files{
		"prompt.prompt": prompt("m"),
		"agent.agent":   "---\nmodel: m\ntools:\n  - type: inline\n    json_schema: {name: f, description: d}\n---\n",
		"python.tool":   "---\nfunction: {name: weather, description: Tells the weather., parameters: {type: object, properties: {city: {}}}}\n---\n\ndef weather(city):\n    return 'sun'\n",
		"snippet.tool":  "---\ntool_type: snippet\nsetup_values: {a: b}\nattributes: {team: x}\n---\n",
		"schema.tool":   "---\nfunction: {name: weather, description: d, strict: true}\n---\n",
		"code.evaluator": "---\nevaluator_type: python\narguments_type: target_free\nreturn_type: number\nnumber_limits: {min: 0, max: 1}\n" +
			"number_valence: positive\n---\n\ndef f(log):\n    return 1\n",
		"model.evaluator":    "---\nevaluator_type: llm\narguments_type: target_required\nreturn_type: boolean\nprompt: {model: m}\n---\n\n<user>\n  {{log}}\n</user>\n",
		"person.evaluator":   "---\nevaluator_type: human\narguments_type: target_free\nreturn_type: select\noptions: [{name: good, valence: positive}, {name: bad}]\n---\n\nBe fair.\n",
		"external.evaluator": "---\nevaluator_type: external\narguments_type: target_free\nreturn_type: text\nattributes: {a: 1}\n---\n",
		"some.flow":          "---\nattributes: {a: [1, 2.50, null]}\n---\n",
		"none.flow":          "---\n---\n",
	}
	var made []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w.write(name, all[name])
		made = append(made, "+ "+name)
	}
	w.expect(filesync.Push, options{}, made...)
	w.expect(filesync.Push, options{})
	w.expect(filesync.Pull, options{})
	w.expectFiles(all)

	other := w.another()
	other.expect(filesync.Pull, options{}, made...)
	other.expect(filesync.Push, options{})
	w.expect(filesync.Pull, options{Force: true})
	for name, text := range other.files() {
		w.write(name, text)
	}
	w.expect(filesync.Push, options{})

	other.write("python.tool", strings.Replace(all["python.tool"], "sun", "rain", 1))
	other.remove("some.flow")
	other.expect(filesync.Push, options{Kinds: []file.Kind{file.ToolKind}, Delete: true}, "~ python.tool")
	other.expect(filesync.Push, options{Deploy: "production", Delete: true}, "^ python.tool deployed to production", "- some.flow")
	w.expect(filesync.Pull, options{Delete: true}, "~ python.tool", "- some.flow")
	if text := w.files()["python.tool"]; !strings.Contains(text, "\n\ndef weather(city):\n    return 'rain'\n") {
		t.Errorf("the tool is\n%s", text)
	}
}

// A Dataset's datapoints are read only when its version is another one.
func TestDatasets(t *testing.T) {
	w := newWorld(t)
	only := options{Kinds: []file.Kind{file.DatasetKind}}
	w.write("d.dataset", "---\nattributes: {a: 1}\n---\n{\"inputs\": {\"x\": \"1\"}}\n{\"target\": {\"y\": 2}}\n")
	w.expect(filesync.Push, options{})
	w.expect(filesync.Push, only, "+ d.dataset")
	w.expect(filesync.Push, only)
	other := w.another()
	other.expect(filesync.Pull, only, "+ d.dataset")
	text := "---\nattributes: {\n  \"a\": 1\n}\n---\n\n{\"inputs\":{\"x\":\"1\"}}\n{\"target\":{\"y\":2}}\n"
	other.expectFiles(files{"d.dataset": text})
	other.expect(filesync.Push, only)

	// The same in another order is the same.
	w.write("d.dataset", "---\nattributes: {a: 1}\n---\n{\"target\": {\"y\": 2}}\n{\"inputs\": {\"x\": \"1\"}}\n{\"target\": {\"y\": 2}}\n")
	w.expect(filesync.Push, only)

	// Nothing of the version before is left.
	w.write("d.dataset", "---\n---\n{\"inputs\": {\"x\": \"3\"}}\n")
	w.expect(filesync.Push, options{Kinds: only.Kinds, Deploy: "production"}, "~ d.dataset", "^ d.dataset deployed to production")
	other.write("d.dataset", strings.ReplaceAll(text, "1", "4"))
	other.expect(filesync.Pull, only, "! d.dataset changed on the server and changed here")
	other.expect(filesync.Pull, options{Kinds: only.Kinds, Force: true}, "~ d.dataset")
	other.expectFiles(files{"d.dataset": "---\n---\n\n{\"inputs\":{\"x\":\"3\"}}\n"})

	// What is known is asked for again when it is needed.
	other.remove("d.dataset")
	other.expect(filesync.Pull, options{Kinds: only.Kinds, Force: true}, "+ d.dataset")
	other.expectFiles(files{"d.dataset": "---\n---\n\n{\"inputs\":{\"x\":\"3\"}}\n"})
	other.write("d.dataset", "---\n---\n")
	other.expect(filesync.Push, only, "~ d.dataset")
	other.write("d.dataset", "---\n---\n{\"inputs\": 1}")
	other.expect(filesync.Push, only, "! d.dataset The dataset file is wrong at line 3, column 1: inputs has the wrong type.")
}

// A dry run changes nothing, and makes not even the folder.
func TestDryRun(t *testing.T) {
	w := newWorld(t)
	w.save("a", "m1")
	w.expect(filesync.Pull, options{DryRun: true}, "+ a.prompt")
	if _, err := os.Stat(w.dir); !os.IsNotExist(err) {
		t.Errorf("there is a folder: %v", err)
	}
	w.write("b.prompt", prompt("m2"))
	w.expect(filesync.Push, options{DryRun: true, Deploy: "staging"}, "+ b.prompt", "^ b.prompt deployed to staging")
	w.expectModels(files{"a": "m1"})
	w.expectFiles(files{"b.prompt": prompt("m2")})
	if _, err := os.Stat(filepath.Join(w.dir, ".openloop")); !os.IsNotExist(err) {
		t.Errorf("there is a state: %v", err)
	}
}

func TestPush(t *testing.T) {
	w := newWorld(t)
	w.write("a.prompt", prompt("m1"))
	w.write("deep/b.agent", "---\nmodel: m2\nmax_iterations: 3\n---\n<user>\n  Hi\n</user>\n")
	w.write("notes.md", "no File")
	w.expect(filesync.Push, options{}, "+ a.prompt", "+ deep/b.agent")
	w.expectModels(files{"a": "m1", "deep/b": "m2"})
	w.expect(filesync.Push, options{})
	w.expect(filesync.Pull, options{})
	w.expectFiles(files{"a.prompt": prompt("m1"), "deep/b.agent": "---\nmodel: m2\nmax_iterations: 3\n---\n<user>\n  Hi\n</user>\n", "notes.md": "no File"})
}

// What says the same in other words makes no version, and is not overwritten.
func TestSameContentIsInStep(t *testing.T) {
	w := newWorld(t)
	id, _ := w.save("a", "m1")
	mine := "---\n# our own words\nprovider: openai\nmodel:   m1\nmax_tokens: -1\n---\n"
	w.write("a.prompt", mine)
	w.expect(filesync.Push, options{})
	w.expect(filesync.Pull, options{})
	w.expectFiles(files{"a.prompt": mine})
	if versions := w.api("GET", "/prompts/"+id+"/versions", nil)["records"].([]any); len(versions) != 1 {
		t.Errorf("there are %d versions", len(versions))
	}
}

// A push changes nothing of what runs: the version waits to be deployed, and both sides know it.
func TestPushedVersionsWaitForDeployment(t *testing.T) {
	w := newWorld(t)
	id, _ := w.save("a", "m1")
	w.run(filesync.Pull, options{})
	w.write("a.prompt", prompt("m2"))
	w.expect(filesync.Push, options{}, "~ a.prompt")
	w.expectModels(files{"a": "m1"})
	w.expect(filesync.Push, options{})
	w.expect(filesync.Pull, options{})
	w.expectFiles(files{"a.prompt": prompt("m2")})

	w.expect(filesync.Push, options{Deploy: "production", DryRun: true}, "^ a.prompt deployed to production")
	w.expect(filesync.Push, options{Deploy: "production"}, "^ a.prompt deployed to production")
	w.expect(filesync.Push, options{Deploy: "production"})
	w.expectModels(files{"a": "m2"})
	w.expect(filesync.Pull, options{})
	if versions := w.api("GET", "/prompts/"+id+"/versions", nil)["records"].([]any); len(versions) != 2 {
		t.Errorf("there are %d versions", len(versions))
	}
}

func TestChangesOnBothSidesAreConflicts(t *testing.T) {
	w := newWorld(t)
	w.save("a", "m1")
	w.run(filesync.Pull, options{})
	w.write("a.prompt", prompt("mine"))
	w.expect(filesync.Pull, options{}, "= a.prompt changed here")

	w.change("a", "theirs")
	w.expect(filesync.Push, options{}, "! a.prompt changed here and changed on the server")
	w.expect(filesync.Pull, options{}, "! a.prompt changed on the server and changed here")
	w.expectFiles(files{"a.prompt": prompt("mine")})
	w.expectModels(files{"a": "theirs"})

	theirs := w.another()
	theirs.run(filesync.Pull, options{})
	theirs.write("a.prompt", prompt("mine"))
	theirs.change("a", "others")
	theirs.expect(filesync.Pull, options{Force: true}, "~ a.prompt")
	theirs.expectFiles(files{"a.prompt": "---\nmodel: others\nprovider: openai\nendpoint: chat\n---\n"})

	w.expect(filesync.Push, options{Force: true, Deploy: "production"}, "~ a.prompt", "^ a.prompt deployed to production")
	w.expectModels(files{"a": "mine"})
	w.expect(filesync.Pull, options{})
}

// Of two that push to one environment, the second has to look first.
func TestTheSecondPusherMustPull(t *testing.T) {
	ann := newWorld(t)
	ann.write("a.prompt", prompt("m1"))
	ann.run(filesync.Push, options{})
	bob := ann.another()
	bob.run(filesync.Pull, options{})

	ann.write("a.prompt", prompt("ann"))
	ann.expect(filesync.Push, options{Deploy: "production"}, "~ a.prompt", "^ a.prompt deployed to production")
	bob.expect(filesync.Push, options{}, "= a.prompt changed on the server")
	bob.write("a.prompt", prompt("bob"))
	bob.expect(filesync.Push, options{Deploy: "production"}, "! a.prompt changed here and changed on the server")
	bob.expectModels(files{"a": "ann"})
}

// Files that were never in step and differ are nobody's to overwrite.
func TestUnknownDifferencesAreConflicts(t *testing.T) {
	w := newWorld(t)
	w.save("a", "m1")
	w.write("a.prompt", prompt("mine"))
	w.expect(filesync.Pull, options{}, "! a.prompt differs from the one here, and the two were never in step")
	w.expect(filesync.Push, options{}, "! a.prompt differs from the one on the server, and the two were never in step")
}

func TestDeletionsOnTheServer(t *testing.T) {
	w := newWorld(t)
	id, _ := w.save("x/a", "m1")
	w.save("b", "m1")
	w.run(filesync.Pull, options{})
	w.write("mine.prompt", prompt("m"))
	w.api("DELETE", "/prompts/"+id, nil)
	w.expect(filesync.Pull, options{}, "= x/a.prompt deleted on the server; --delete deletes it here")
	w.expect(filesync.Pull, options{Delete: true, DryRun: true}, "- x/a.prompt")

	w.write("x/a.prompt", prompt("changed"))
	w.expect(filesync.Pull, options{Delete: true}, "! x/a.prompt deleted on the server and changed here")
	w.expect(filesync.Push, options{}, "+ mine.prompt", "! x/a.prompt changed here and deleted on the server")
	w.expect(filesync.Pull, options{Delete: true, Force: true}, "- x/a.prompt")
	if _, err := os.Stat(filepath.Join(w.dir, "x")); !os.IsNotExist(err) {
		t.Errorf("the empty folder is left: %v", err)
	}
	w.expect(filesync.Pull, options{Delete: true})
	w.expectModels(files{"b": "m1", "mine": "m"})
}

func TestDeletionsHere(t *testing.T) {
	w := newWorld(t)
	w.save("a", "m1")
	w.save("b", "m1")
	w.run(filesync.Pull, options{})
	w.save("never/pulled", "m1")
	w.remove("a.prompt")
	w.remove("b.prompt")
	w.expect(filesync.Pull, options{Path: "a.prompt"}, "= a.prompt deleted here")
	w.expect(filesync.Push, options{},
		"= a.prompt deleted here; --delete deletes it on the server", "= b.prompt deleted here; --delete deletes it on the server")
	w.change("b", "m2")
	w.expect(filesync.Push, options{Delete: true}, "- a.prompt", "! b.prompt deleted here and changed on the server")
	w.expectModels(files{"b": "m2", "never/pulled": "m1"})
	w.expect(filesync.Pull, options{}, "! b.prompt changed on the server and deleted here", "+ never/pulled.prompt")
	w.expect(filesync.Pull, options{Force: true}, "+ b.prompt")
}

func TestOneEnvironment(t *testing.T) {
	w := newWorld(t)
	id, _ := w.save("a", "m1")
	w.save("b", "m1")
	_, staged := w.save("a", "m2")
	w.use(id, staged, "staging")
	w.expect(filesync.Pull, options{Environment: "staging"}, "+ a.prompt")
	text := "---\nmodel: m2\nprovider: openai\nendpoint: chat\n---\n"
	w.expectFiles(files{"a.prompt": text})

	w.write("a.prompt", prompt("m3"))
	w.expect(filesync.Push, options{Environment: "staging", Deploy: "staging"}, "~ a.prompt", "^ a.prompt deployed to staging")
	w.expect(filesync.Pull, options{Environment: "staging"})
	w.expectModels(files{"a": "m1", "b": "m1"})

	// What is new on the server is deployed to the default environment alone: here it waits.
	w.write("c.prompt", prompt("m4"))
	w.expect(filesync.Push, options{Environment: "staging"}, "+ c.prompt")
	w.expect(filesync.Push, options{Environment: "staging"})
	w.expect(filesync.Pull, options{Environment: "staging"})
}

func TestOnePath(t *testing.T) {
	w := newWorld(t)
	w.save("a", "m1")
	w.save("dir/a", "m1")
	w.save("dir/b", "m1")
	w.save("dirt", "m1")
	w.expect(filesync.Pull, options{Path: "dir/a.prompt"}, "+ dir/a.prompt")
	w.expect(filesync.Pull, options{Path: "/dir/"}, "+ dir/b.prompt")
	w.write("dir/b.prompt", prompt("m2"))
	w.write("new/a.prompt", prompt("m2"))
	w.write("dirt.prompt", prompt("m2"))
	w.expect(filesync.Push, options{Path: "dir"}, "~ dir/b.prompt")
	w.expect(filesync.Push, options{Path: "new"}, "+ new/a.prompt")
	if lines, err := w.try(filesync.Pull, options{Path: "nowhere"}); err == nil || !strings.Contains(err.Error(), "there is nothing at nowhere") {
		t.Errorf("a path of nothing gives %v, %v", lines, err)
	}
	if lines, err := w.try(filesync.Pull, options{Path: "../dir"}); err == nil || !strings.Contains(err.Error(), "cannot be blank") {
		t.Errorf("a path outside gives %v, %v", lines, err)
	}
}

// A file that cannot be read is named with its line, and the others go on.
func TestFilesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	w.write("a.prompt", "---\nmodel: m\ntemprature: 1\n---\n")
	w.write("b.prompt", prompt("m1"))
	w.write("c.prompt", "---\nmodel: m\nprovider: nobody\n---\n")
	lines := w.run(filesync.Push, options{})
	if len(lines) != 3 || !strings.HasPrefix(lines[0], `! a.prompt The prompt file is wrong at line 3, column 1: there is no "temprature" here`) ||
		lines[1] != "+ b.prompt" || !strings.HasPrefix(lines[2], "! c.prompt ") {
		t.Errorf("reported %q", lines)
	}
	w.save("a", "m1")
	w.expect(filesync.Pull, options{}, "! a.prompt differs from the one here, and the two were never in step")
	w.expect(filesync.Pull, options{Force: true}, "~ a.prompt")
}

func TestNamesThatNoFolderHolds(t *testing.T) {
	w := newWorld(t)
	w.save("Greet", "m1")
	w.save("greet", "m1")
	w.save(".git/hooks/a", "m1")
	w.save("fine", "m1")
	w.expect(filesync.Pull, options{},
		`! .git/hooks/a.prompt a folder cannot keep what lies in ".git"`, "+ Greet.prompt", "+ fine.prompt",
		"! greet.prompt the name differs from Greet.prompt in upper and lower case alone, which many systems take for the same")
	w.expectFiles(files{"Greet.prompt": "---\nmodel: m1\nprovider: openai\nendpoint: chat\n---\n", "fine.prompt": "---\nmodel: m1\nprovider: openai\nendpoint: chat\n---\n"})
}

// A File that moves is deleted at the old path, and new at the other.
func TestMoves(t *testing.T) {
	w := newWorld(t)
	id, _ := w.save("old", "m1")
	w.run(filesync.Pull, options{})
	w.api("PATCH", "/prompts/"+id, map[string]any{"path": "new/place"})
	w.expect(filesync.Pull, options{Delete: true}, "+ new/place.prompt", "- old.prompt")
	w.expect(filesync.Pull, options{Delete: true})
}

// Each server has a state of its own.
func TestTwoServers(t *testing.T) {
	one, two := newWorld(t), newWorld(t)
	two.dir = one.dir
	one.write("a.prompt", prompt("m1"))
	one.expect(filesync.Push, options{}, "+ a.prompt")
	two.expect(filesync.Push, options{}, "+ a.prompt")
	two.change("a", "m2")
	one.expect(filesync.Push, options{})
	two.expect(filesync.Pull, options{}, "~ a.prompt")
	one.expect(filesync.Push, options{}, "~ a.prompt")
}

// More than a page of Files.
func TestManyFiles(t *testing.T) {
	w := newWorld(t)
	want := files{}
	for i := range 230 {
		name := string(rune('a'+i%26)) + "/" + string(rune('a'+i/26))
		want[name+".prompt"] = prompt("m")
		w.write(name+".prompt", prompt("m"))
	}
	if lines := w.run(filesync.Push, options{}); len(lines) != len(want) {
		t.Errorf("%d files were pushed", len(lines))
	}
	other := w.another()
	if lines := other.run(filesync.Pull, options{}); len(lines) != len(want) || len(other.files()) != len(want) {
		t.Errorf("%d files were pulled", len(lines))
	}
	other.expect(filesync.Push, options{})
	w.expect(filesync.Pull, options{})
}

// What was done before an interruption is remembered.
func TestInterruption(t *testing.T) {
	w := newWorld(t)
	w.write("a.prompt", prompt("m1"))
	w.write("b.prompt", prompt("m1"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := filesync.Push(ctx, options{Client: w.client, Dir: w.dir, Report: func(filesync.Change) { cancel() }})
	if err == nil {
		t.Fatal("an interrupted push ends well")
	}
	w.expectModels(files{"a": "m1"})
	w.change("a", "m2")
	w.expect(filesync.Push, options{}, "= a.prompt changed on the server", "+ b.prompt")
}

func TestServersThatAreNone(t *testing.T) {
	w := newWorld(t)
	w.write("a.prompt", prompt("m1"))
	redirect := httptest.NewServer(http.RedirectHandler(w.url, http.StatusTemporaryRedirect))
	defer redirect.Close()
	other := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "<html>") }))
	defer other.Close()
	for url, want := range map[string]string{
		"http://127.0.0.1:1": "cannot be reached", redirect.URL: "says 307", other.URL: "is no Openloop server", w.url + "/elsewhere": "",
	} {
		client, err := filesync.NewClient(url, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := filesync.Push(t.Context(), options{Client: client, Dir: w.dir}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", url, err)
		}
	}
	client, err := filesync.NewClient(w.url+"/v5/", "hl_sk_wrong")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filesync.Push(t.Context(), options{Client: client, Dir: w.dir}); err == nil || !strings.Contains(err.Error(), "API key") {
		t.Errorf("a wrong key gives %v", err)
	}
	for _, url := range []string{"", "localhost:8080", "ftp://a", "http://", "http://a/?b", "http://user:pw@a"} {
		if _, err := filesync.NewClient(url, key); err == nil {
			t.Errorf("%q is the URL of a server", url)
		}
	}
}

func TestUnknownEnvironments(t *testing.T) {
	w := newWorld(t)
	w.write("a.prompt", prompt("m1"))
	for _, o := range []options{{Environment: "nowhere"}, {Deploy: "nowhere"}} {
		if _, err := w.try(filesync.Push, o); err == nil || !strings.Contains(err.Error(), "nvironment `nowhere` does not exist") {
			t.Errorf("an unknown environment gives %v", err)
		}
	}
	w.expectModels(files{})
}

func TestPushNeedsAFolder(t *testing.T) {
	w := newWorld(t)
	if _, err := w.try(filesync.Push, options{}); err == nil || !strings.Contains(err.Error(), "cannot be opened: no such file or directory") {
		t.Errorf("no folder gives %v", err)
	}
}
