package filesync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/promptfile"
)

// format says how Files of a kind are written in a folder and on the wire.
type format struct {
	kind   file.Kind
	suffix string // of the names, after the path
	parse  func(text string) (file.Content, error)
	show   func(record json.Value) (file.Content, error)       // what the server answers; nil if it answers with the text
	ask    func(c file.Content) (map[string]json.Value, error) // for a version of that content
	hash   func(c file.Content) (string, error)
	apart  bool // lists do not show the content
}

// formats lists the kinds that can be in a folder.
func formats() []format {
	return []format{
		formatOf[file.Prompt](nil, members),
		formatOf[file.Agent](nil, members),
		formatOf[file.Tool](decode[file.Tool], members),
		formatOf[file.Evaluator](showEvaluator, askEvaluator),
		formatOf[file.Flow](decode[file.Flow], askFlow),
		datasetFormat(),
	}
}

func formatOf[C any, P promptfile.Content[C]](
	show func(json.Value) (file.Content, error), ask func(file.Content) (map[string]json.Value, error),
) format {
	kind := P(new(C)).Kind()
	return format{
		kind: kind, suffix: "." + string(kind), show: show, ask: ask, hash: seal,
		parse: func(text string) (file.Content, error) { return promptfile.Parse[C, P](text) },
	}
}

// decode reads a content whose members are among those of the answer.
func decode[C any, P promptfile.Content[C]](record json.Value) (file.Content, error) {
	c := P(new(C))
	err := json.Unmarshal(record, c)
	return c, err
}

func showEvaluator(record json.Value) (file.Content, error) {
	var shown struct {
		Spec file.Evaluator `json:"spec"`
	}
	err := json.Unmarshal(record, &shown)
	return &shown.Spec, err
}

// members are those of a content.
func members(c file.Content) (map[string]json.Value, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var out map[string]json.Value
	err = json.Unmarshal(raw, &out)
	return out, err
}

func askEvaluator(c file.Content) (map[string]json.Value, error) {
	raw, err := json.Marshal(c)
	return map[string]json.Value{"spec": raw}, err
}

// askFlow sends the attributes even if there are none, so that the version has none.
func askFlow(c file.Content) (map[string]json.Value, error) {
	out, err := members(c)
	if _, ok := out["attributes"]; !ok && err == nil {
		out["attributes"] = json.Value("{}")
	}
	return out, err
}

func seal(c file.Content) (string, error) {
	_, hash, err := file.Seal(c)
	return hash, err
}

func datasetFormat() format {
	f := formatOf[promptfile.Dataset](showDataset, askDataset)
	f.apart = true
	f.hash = func(c file.Content) (string, error) {
		version, err := c.(*promptfile.Dataset).Version()
		if err != nil {
			return "", err
		}
		return seal(version)
	}
	return f
}

func showDataset(record json.Value) (file.Content, error) {
	var shown struct {
		Attributes json.Value       `json:"attributes"`
		Datapoints []file.Datapoint `json:"datapoints"`
	}
	err := json.Unmarshal(record, &shown)
	return &promptfile.Dataset{Attributes: shown.Attributes, Datapoints: shown.Datapoints}, err
}

// askDataset sends everything, so that nothing is taken from the version before.
func askDataset(c file.Content) (map[string]json.Value, error) {
	out, err := askFlow(c)
	if err != nil {
		return nil, err
	}
	datapoints := c.(*promptfile.Dataset).Datapoints
	out["action"] = json.AppendString(nil, string(file.SetDatapoints))
	out["datapoints"], err = json.Marshal(datapoints)
	return out, err
}

// text is a File as text.
type text struct {
	raw     string
	content file.Content
	hash    string
	err     error // the text says nothing that can be understood
}

// read reads what is in the folder.
func (f format) read(raw string) text {
	t := text{raw: raw}
	if t.content, t.err = f.parse(raw); t.err == nil {
		t.hash, t.err = f.hash(t.content)
	}
	return t
}

// received reads what the server answered with.
func (f format) received(r *remote) text {
	if f.show == nil {
		return f.read(r.Raw)
	}
	c, err := f.show(r.record)
	if err != nil {
		return text{err: fmt.Errorf("it is not the JSON of %s", f.kind.Spec().Title)}
	}
	t := text{content: c}
	if t.hash, t.err = f.hash(c); t.err == nil {
		t.raw, t.err = promptfile.Format(c)
	}
	return t
}

// splitName returns the path of the File with the given name in the folder. It is false for other names.
func splitName(name string) (path string, f format, ok bool) {
	for _, f := range formats() {
		if path, ok := strings.CutSuffix(name, f.suffix); ok && path != "" && !strings.HasSuffix(path, "/") {
			return path, f, true
		}
	}
	return "", format{}, false
}

// Kinds are the kinds of Files that can be in a folder.
func Kinds() []file.Kind {
	var kinds []file.Kind
	for _, f := range formats() {
		kinds = append(kinds, f.kind)
	}
	return kinds
}

// KindNames are [Kinds] in a message, as in "prompt, agent, tool".
func KindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// DefaultKinds are the kinds that are synchronized if none are named: all but Datasets, which may be large or unfit for git.
func DefaultKinds() []file.Kind {
	return slices.DeleteFunc(Kinds(), func(k file.Kind) bool { return k == file.DatasetKind })
}
