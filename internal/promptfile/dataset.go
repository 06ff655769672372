package promptfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// Dataset is the content of a `.dataset` file: a version of a Dataset with its datapoints.
type Dataset struct {
	Attributes json.Value       `json:"attributes,omitzero"` // an object
	Datapoints []file.Datapoint `json:"-"`                   // below the header, one line of JSON each
}

// Kind implements [file.Content].
func (d *Dataset) Kind() file.Kind { return file.DatasetKind }

// Normalize implements [file.Content].
func (d *Dataset) Normalize() {
	known := file.Dataset{Attributes: d.Attributes}
	known.Normalize()
	d.Attributes = known.Attributes
}

// Version identifies a version of a Dataset. Equal datapoints count once, and their order does not count. It fails if an object in d has a
// duplicate member.
func (d *Dataset) Version() (*file.Dataset, error) {
	seen := make(map[file.Digest]bool, len(d.Datapoints))
	for i := range d.Datapoints {
		sealed, err := d.Datapoints[i].Seal()
		if err != nil {
			return nil, unwritable(file.DatasetKind, "it has values that are not valid JSON")
		}
		seen[sealed.Digest] = true
	}
	return &file.Dataset{Attributes: d.Attributes, Count: len(seen), Fingerprint: file.Fingerprint(slices.Collect(maps.Keys(seen)))}, nil
}

// datapoints reads the lines from offset body on.
func (s *source) datapoints(body int) ([]file.Datapoint, error) {
	var list []file.Datapoint
	for body < len(s.text) {
		line, _, _ := strings.Cut(s.text[body:], "\n")
		if !blank(trimRight(line)) {
			d, err := s.datapoint(body, line)
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
		body += len(line) + 1
	}
	return list, nil
}

// datapoint reads the line at an offset.
func (s *source) datapoint(at int, line string) (file.Datapoint, error) {
	var (
		d       file.Datapoint
		members map[string]json.Value
		raw     = []byte(line)
	)
	err := json.Unmarshal(raw, &members)
	if err == nil {
		err = json.Unmarshal(raw, &d)
	}
	where := json.Describe(raw, err)
	switch {
	case err != nil && where.Syntax:
		return d, s.fault(errs.ValidationFailed, min(at+where.Column-1, len(s.text)), "the line is not one JSON object")
	case json.Kind(raw) != '{':
		return d, s.fault(errs.ValidationFailed, at, `each line must be a datapoint, as {"inputs": {"name": "Ann"}}`)
	case err != nil:
		return d, s.fault(errs.ValidationFailed, at, "%s has the wrong type", name(where.Pointer))
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != "inputs" && name != "messages" && name != "target" {
			return d, s.fault(errs.ValidationFailed, at, "a datapoint has no %s; the names are inputs, messages, target", quote(name))
		}
	}
	if target := json.Kind(d.Target); target != '{' && target != 'n' && d.Target != nil {
		return d, s.fault(errs.ValidationFailed, at, "target must be an object")
	}
	if _, err := d.Seal(); err != nil {
		return d, s.fault(errs.ValidationFailed, at, "a name is there twice")
	}
	return d, nil
}

// formatDatapoints writes one line for each datapoint.
func formatDatapoints(list []file.Datapoint) (string, bool) {
	if len(list) == 0 {
		return "", true
	}
	var b strings.Builder
	b.WriteByte('\n')
	for i := range list {
		raw, err := json.Marshal(&list[i])
		if err != nil {
			return "", false
		}
		b.Write(raw)
		b.WriteByte('\n')
	}
	return b.String(), true
}
