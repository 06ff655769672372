// Package cases makes datapoints of Logs: what was asked, and what should be answered, become cases of a Dataset.
package cases

import (
	"context"
	"fmt"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// Cases is safe for concurrent use.
type Cases struct {
	db      *store.DB
	catalog *catalog.Catalog
}

// New returns Cases of the Logs in db. Files are those of c.
func New(db *store.DB, c *catalog.Catalog) *Cases { return &Cases{db: db, catalog: c} }

// Target says what the target of a datapoint is made of.
type Target string

// The targets, as the API names them.
const (
	FromOutput     Target = "output"     // what the Log answered
	FromCorrection Target = "correction" // the latest judgment of the Evaluator "correction"
	NoTarget       Target = "none"
)

// MaxLogs is the largest number of Logs that become datapoints at once.
const MaxLogs = 10_000

// Draft says which Logs are added to which Dataset, and how. Either LogIDs or Filter is set.
type Draft struct {
	Dataset  file.Ref // by ID; VersionID or Environment name the base, by default the version that was saved last
	LogIDs   []string
	Filter   *trace.Filter // its Newest and Page are not read
	Limit    int           // of Filter: so many Logs at most, the newest; 0 means MaxLogs
	Target   Target
	Messages bool // keep the messages of the chat, without those that the template of the Prompt makes

	VersionName, VersionDescription string
}

// Reason says why a Log became no datapoint.
type Reason string

// The reasons, as the API names them.
const (
	PayloadDropped Reason = "payload_dropped" // the Log was stored without its inputs and outputs
	NothingAsked   Reason = "nothing_asked"   // it has neither inputs nor messages
	NoOutput       Reason = "no_output"       // the target was to be the output
	NoCorrection   Reason = "no_correction"   // the target was to be the correction
)

// Record counts what became of Logs. Logs is the sum of the others.
type Record struct {
	Logs    int            // that were selected
	Added   int            // that became new datapoints
	Known   int            // whose datapoints the Dataset had, or that another of the Logs made
	Skipped map[Reason]int // that became none; nil for none
}

// Add makes a version of a Dataset with the datapoints of its base and those of the Logs that d selects, the oldest first or in the order of the
// ids. Datapoints with equal content are one, so the same Logs again add nothing.
//
// Errors: those of [catalog.Catalog.AddDatapoints]; validation_failed for a selection that is empty or too large; log_not_found for an unknown
// id; file_not_found for an unknown File of the filter.
func (c *Cases) Add(ctx context.Context, d Draft) (file.Snapshot, Record, error) {
	if err := d.check(); err != nil {
		return file.Snapshot{}, Record{}, err
	}
	if _, err := c.catalog.Find(ctx, file.DatasetKind, d.Dataset); err != nil {
		return file.Snapshot{}, Record{}, err
	}
	m := maker{Cases: c, draft: &d, record: Record{Skipped: map[Reason]int{}}}
	if err := m.find(ctx); err != nil {
		return file.Snapshot{}, Record{}, err
	}
	snap, added, err := c.catalog.AddDatapoints(ctx, catalog.DatasetDraft{
		Draft:      catalog.Draft{Ref: file.Ref{ID: d.Dataset.ID}, VersionName: d.VersionName, VersionDescription: d.VersionDescription},
		Datapoints: m.made, BaseVersion: d.Dataset.VersionID, BaseEnvironment: d.Dataset.Environment,
	})
	m.record.Added, m.record.Known = added, len(m.made)-added
	return snap, m.record, err
}

func (d *Draft) check() error {
	switch {
	case d.LogIDs == nil && d.Filter == nil:
		return errs.Invalid("Name the Logs by log_ids, or select them by filter.")
	case d.LogIDs != nil && d.Filter != nil:
		return errs.Invalid("Give either log_ids or filter, not both.", "log_ids")
	case len(d.LogIDs) > MaxLogs:
		return errs.Invalid(fmt.Sprintf("There are %d Logs. A request adds at most %d.", len(d.LogIDs), MaxLogs), "log_ids")
	}
	return d.Dataset.CheckFile()
}
