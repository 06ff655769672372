package archive

import (
	"path"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// datapointRecord is a datapoint of the export.
type datapointRecord struct {
	ID       string                `json:"id"`
	Inputs   map[string]json.Value `json:"inputs"`
	Messages []llm.Message         `json:"messages"`
	Target   json.Value            `json:"target"`
	Source   string                `json:"source_log_id"`
}

// checkDatapoints reads the datapoints of a version, of a Dataset, to find a fault before anything is changed.
func (im *importer) checkDatapoints(f *plannedFile, versionID string) error {
	if f.kind != file.DatasetKind {
		return nil
	}
	pages, err := im.t.pages(path.Join(f.dir, "datapoints", versionID))
	if err != nil {
		return err
	}
	return im.t.eachLine(pages, func(_ int, l *line) error {
		_, err := datapointIn(l)
		return err
	})
}

// readDatapoints reads the datapoints of a version of a Dataset, and completes its content with them.
func (w *keeping) readDatapoints(versionID string, content *file.Dataset) ([]file.SealedDatapoint, error) {
	pages, err := w.t.pages(path.Join(w.f.dir, "datapoints", versionID))
	if err != nil {
		return nil, err
	}
	var list []file.SealedDatapoint
	var digests []file.Digest
	seen := map[file.Digest]bool{}
	err = w.t.eachLine(pages, func(_ int, l *line) error {
		d, err := datapointIn(l)
		if err != nil {
			return err
		}
		w.nameDatapoint(&d)
		if !seen[d.Digest] {
			seen[d.Digest] = true
			list, digests = append(list, d), append(digests, d.Digest)
		}
		return nil
	})
	content.Count, content.Fingerprint = len(list), file.Fingerprint(digests)
	return list, err
}

// nameDatapoint notes a datapoint that has the content of another one of its Dataset.
func (w *keeping) nameDatapoint(d *file.SealedDatapoint) {
	same, known := w.ids[d.Digest]
	if !known {
		w.ids[d.Digest] = d.ID
		count := w.report.count("datapoints")
		if count.Read++; w.f.here {
			count.Here++
		} else {
			count.New++
		}
		return
	}
	if same != d.ID && w.datapoints[d.ID] == "" {
		w.datapoints[d.ID] = same
		w.report.notef("datapoint", d.ID, w.f.path, Alias, "The content is that of datapoint `%s`, which takes its place.", same)
	}
}

func datapointIn(l *line) (sealed file.SealedDatapoint, err error) {
	var r datapointRecord
	if err := l.decode(&r); err != nil {
		return sealed, err
	}
	if !IsID(r.ID) {
		return sealed, l.fault("The datapoint has no id.")
	}
	d := file.Datapoint{ID: r.ID, Messages: r.Messages, Target: json.Object(r.Target), SourceLogID: r.Source}
	if len(r.Inputs) > 0 {
		d.Inputs = make(map[string]string, len(r.Inputs))
	}
	for name, value := range r.Inputs {
		var text string
		if json.UnmarshalForeign(value, &text) != nil {
			text = string(value) // a text is all that an input can be here
		}
		d.Inputs[name] = text
	}
	if sealed, err = d.Seal(); err != nil {
		return sealed, l.fault("The target has an object with two members of one name.")
	}
	return sealed, nil
}
