package cli

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/filesync"
	"github.com/openloop-server/openloop/internal/json"
)

const datasetUsage = `usage: openloop dataset add DATASET -from-logs FILE [flags]

Adds Logs of a Prompt, Tool, Flow or Agent to a Dataset as datapoints. Logs that say the same are one datapoint, so the same command again adds
nothing. DATASET and FILE are paths, for example:

  openloop dataset add support/cases -from-logs support/reply -where 'rating=bad' -last 7d

`

// datasetAdd is what `openloop dataset add` is told.
type datasetAdd struct {
	*flag.FlagSet
	connection
	dataset, from string
	last          string
	where         []string
	body          additionRequest
	limit         int
	search        string
	noMessages    bool
}

// additionRequest is the body of the request that adds Logs.
type additionRequest struct {
	Filter      additionFilter `json:"filter"`
	Target      string         `json:"target"`
	Messages    bool           `json:"messages"`
	VersionName string         `json:"version_name,omitempty"`
}

type additionFilter struct {
	FileID    string     `json:"file_id"`
	Search    string     `json:"search,omitempty"`
	StartDate *time.Time `json:"start_date,omitzero"`
	Judgments []judged   `json:"judgments,omitempty"`
	Limit     int        `json:"limit"`
}

// judged is a condition on the judgment of an Evaluator.
type judged struct {
	Path     string     `json:"path"`
	Operator string     `json:"operator"`
	Judgment json.Value `json:"judgment"`
}

func newDatasetAdd(e *Env) *datasetAdd {
	d := &datasetAdd{FlagSet: newFlags(e, "dataset add")}
	d.Usage = func() {
		_, _ = fmt.Fprint(e.Stderr, datasetUsage)
		d.PrintDefaults()
	}
	d.flags(d.FlagSet, e)
	d.StringVar(&d.from, "from-logs", "", "`path` of the File whose Logs are added")
	d.Func("where", "`condition` on the latest judgment of an Evaluator: 'rating=bad', 'support/tone<0.5'; may be repeated, and all must hold", func(text string) error {
		d.where = append(d.where, text)
		return nil
	})
	d.StringVar(&d.last, "last", "", "only Logs of this `time` up to now, for example 7d or 12h")
	d.StringVar(&d.search, "search", "", "only Logs with this `text` in inputs or output")
	d.IntVar(&d.limit, "limit", 10_000, "the `number` of Logs at most, the newest")
	d.StringVar(&d.body.Target, "target", "output", "what the target is made of: output, correction or none")
	d.BoolVar(&d.noMessages, "no-messages", false, "leave out the messages of the chat")
	d.StringVar(&d.body.VersionName, "version-name", "", "`name` of the new version of the Dataset")
	return d
}

// dataset changes Datasets over the API.
func dataset(ctx context.Context, e *Env, args []string) error {
	d := newDatasetAdd(e)
	if len(args) == 0 || args[0] != "add" || asksForHelp(args) {
		d.Usage()
		return usageOf(args)
	}
	if err := d.parse(args[1:]); err != nil {
		return err
	}
	e.warn()
	if problem := d.check(e, time.Now()); problem != "" {
		_, _ = fmt.Fprintf(e.Stderr, "openloop: %s\n", problem)
		return errUsage
	}
	client, err := d.client()
	if err != nil {
		return err
	}
	return d.add(ctx, e, client)
}

// parse takes the path of the Dataset before the flags, after them or among them.
func (d *datasetAdd) parse(args []string) error {
	for len(args) > 0 {
		if err := d.Parse(args); err != nil {
			return usageError(err)
		}
		if args = d.Args(); len(args) == 0 {
			break
		}
		if d.dataset != "" {
			_, _ = fmt.Fprintf(d.Output(), "openloop: dataset add takes one Dataset, and not %q too\n", args[0])
			return errUsage
		}
		d.dataset, args = args[0], args[1:]
	}
	return nil
}

func (d *datasetAdd) check(e *Env, now time.Time) (problem string) {
	switch {
	case d.dataset == "":
		return "name the Dataset; see openloop dataset add -h"
	case d.from == "":
		return "name the File whose Logs are added by -from-logs"
	}
	if problem := d.complete(e); problem != "" {
		return problem
	}
	for _, text := range d.where {
		condition, ok := readCondition(text)
		if !ok {
			return fmt.Sprintf("%q is no condition, as rating=bad or support/tone<0.5", text)
		}
		d.body.Filter.Judgments = append(d.body.Filter.Judgments, condition)
	}
	if d.last != "" {
		var span config.Age
		if err := span.UnmarshalText([]byte(d.last)); err != nil || span <= 0 {
			return fmt.Sprintf("%q is no time, as 7d or 12h", d.last)
		}
		d.body.Filter.StartDate = new(now.Add(-time.Duration(span)).UTC())
	}
	d.body.Messages, d.body.Filter.Search, d.body.Filter.Limit = !d.noMessages, d.search, d.limit
	return ""
}

// readCondition reads a condition as "rating=bad". What is neither a boolean nor a number is a text.
func readCondition(text string) (judged, bool) {
	at := strings.IndexAny(text, "=<>!")
	if at <= 0 {
		return judged{}, false
	}
	j := judged{Path: strings.TrimSpace(text[:at])}
	for _, operator := range []string{"!=", "<=", ">=", "=", "<", ">"} {
		value, ok := strings.CutPrefix(text[at:], operator)
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		j.Operator, j.Judgment = operator, json.Value(value)
		var number float64
		if value != "true" && value != "false" && json.Unmarshal([]byte(value), &number) != nil {
			j.Judgment = json.AppendString(nil, value)
		}
		return j, j.Path != "" && value != ""
	}
	return judged{}, false
}

func (d *datasetAdd) add(ctx context.Context, e *Env, client *filesync.Client) error {
	kind, id, err := client.FileAt(ctx, d.dataset)
	if err == nil && kind != file.DatasetKind {
		err = fmt.Errorf("%s is no Dataset but a %s", d.dataset, kind.Spec().Title)
	}
	if err != nil {
		return err
	}
	if _, d.body.Filter.FileID, err = client.FileAt(ctx, d.from); err != nil {
		return err
	}
	var done struct {
		VersionID       string `json:"version_id"`
		DatapointsCount int    `json:"datapoints_count"`
		Record          struct {
			Logs    int            `json:"logs"`
			Added   int            `json:"added"`
			Known   int            `json:"known"`
			Skipped map[string]int `json:"skipped"`
		} `json:"record"`
	}
	if err := client.Do(ctx, http.MethodPost, "/datasets/"+url.PathEscape(id)+"/datapoints/logs", nil, &d.body, &done); err != nil {
		return err
	}
	r := &done.Record
	text := fmt.Sprintf("%d of %d Logs are new datapoints of %s; %d were known.", r.Added, r.Logs, d.dataset, r.Known)
	for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
		text += fmt.Sprintf(" %d were skipped: %s.", r.Skipped[reason], strings.ReplaceAll(reason, "_", " "))
	}
	_, err = fmt.Fprintf(e.Stdout, "%s\nVersion %s has %d datapoints.\n", text, done.VersionID, done.DatapointsCount)
	return err
}
