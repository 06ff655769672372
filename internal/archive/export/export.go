// Package export writes what a database has in the layout of package archive, as Humanloop's export tool would write it of this server.
package export

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/archive"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// Written says what an export wrote.
type Written struct{ Files, Versions, Datapoints, Logs, Evaluations int }

// Options says what to export, and where to.
type Options struct {
	Dir    string // is made; it must be missing or empty
	NoLogs bool   // leave out Logs, also those of Runs
	Base   string // public URL of the server, which answers of the API hold

	Progress func(string) // told now and then how far it has come, in a line; nil for nobody
}

// Write writes what db has as Humanloop's export tool would, file by file and byte by byte, but for its log. Beside it, the folder `openloop` has what
// that layout lacks. All of it is as it was at one moment, whatever is written meanwhile. A File whose folder has no `.done` is incomplete.
func Write(ctx context.Context, db *store.DB, o Options) (_ *Written, err error) {
	if left, err := os.ReadDir(o.Dir); err == nil && len(left) > 0 {
		return nil, errs.New(errs.AlreadyExists, "The folder %s is not empty.", o.Dir)
	}
	if db, err = db.Frozen(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if closing := db.Close(context.WithoutCancel(ctx)); err == nil {
			err = closing
		}
	}()
	files := catalog.New(db, time.Now)
	x := &exporter{
		db: db, o: o, shows: show.New(db, files, o.Base),
		stats: evaluations.New(evaluations.Options{DB: db, Catalog: files, Now: time.Now}),
	}
	if err := x.files(ctx); err != nil {
		return &x.written, err
	}
	return &x.written, x.beside(ctx)
}

// exporter is one export.
type exporter struct {
	db      *store.DB
	o       Options
	shows   *show.Shows
	stats   *evaluations.Service
	written Written
}

const (
	// pageSize is how many records are read at once, and linesPerFile how many the tool writes into a file. Into the first one it writes one more.
	pageSize     = 100
	linesPerFile = 1000
)

func (x *exporter) progress(format string, args ...any) {
	if x.o.Progress != nil {
		x.o.Progress(fmt.Sprintf(format, args...))
	}
}

// write writes a value into a file of the export.
func (x *exporter) write(value any, place ...string) error {
	raw, err := pythonJSON(value)
	if err != nil {
		return errs.Wrap("export.Write", err)
	}
	return writeFile(filepath.Join(append([]string{x.o.Dir}, place...)...), raw)
}

func writeFile(name string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fileFault(name, err)
	}
	return fileFault(name, os.WriteFile(name, raw, 0o600))
}

// fileFault is the fault of a file that cannot be written.
func fileFault(name string, err error) error {
	if err == nil {
		return nil
	}
	return &archive.Fault{File: name, Reason: "It cannot be written: " + archive.SystemReason(err) + "."}
}

// files exports all Files.
func (x *exporter) files(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Join(x.o.Dir, "files"), 0o700); err != nil {
		return fileFault(x.o.Dir, err)
	}
	for page := 1; ; page++ {
		snaps, total, err := x.db.Files(ctx, store.FileFilter{Sort: store.ByCreated, Desc: true, Page: trace.Page{Number: page, Size: pageSize}})
		if err != nil {
			return err
		}
		shown, err := x.shows.Files(ctx, snaps, show.With{})
		if err != nil {
			return err
		}
		for i := range snaps {
			x.written.Files++
			x.progress("exporting Files: %d of %d", x.written.Files, total)
			if err := x.file(ctx, &snaps[i].File, shown[i]); err != nil {
				return err
			}
		}
		if len(snaps) < pageSize {
			return nil
		}
	}
}

// file exports a File with all that belongs to it.
func (x *exporter) file(ctx context.Context, f *file.File, shown v5.File) error {
	if !archive.IsID(f.ID) {
		return &archive.Fault{File: f.ID, Reason: "The id of this File cannot be the name of a folder."}
	}
	if err := x.write(shown, "files", f.ID, "file.json"); err != nil {
		return err
	}
	snaps, err := x.db.Versions(ctx, f.Kind, f.ID)
	if err != nil {
		return err
	}
	if err := x.versions(ctx, f, snaps); err != nil {
		return err
	}
	if f.Kind != file.DatasetKind {
		if err := x.evaluations(ctx, f); err != nil {
			return err
		}
		if err := x.logs(ctx, f); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(x.o.Dir, "files", f.ID, ".done"), []byte("Export completed successfully.\n"))
}

// deployed is a row of deployments.json, with its members in the order of the tool.
type deployed struct {
	VersionID     string `json:"version_id"`
	EnvironmentID string `json:"environment_id"`
	Name          string `json:"environment_name"`
	Tag           string `json:"environment_tag"`
}

func (x *exporter) versions(ctx context.Context, f *file.File, snaps []file.Snapshot) error {
	shown, err := x.shows.Files(ctx, snaps, show.With{})
	if err != nil {
		return err
	}
	deployments := []deployed{}
	for i := range snaps {
		v := &snaps[i].Version
		x.written.Versions++
		if err := x.write(shown[i], "files", f.ID, "versions", v.ID); err != nil {
			return err
		}
		for _, e := range v.Environments {
			deployments = append(deployments, deployed{v.ID, e.ID, e.Name, e.Tag})
		}
		if f.Kind != file.DatasetKind {
			continue
		}
		if err := x.datapoints(ctx, f.ID, v.ID); err != nil {
			return err
		}
	}
	return x.write(deployments, "files", f.ID, "deployments.json")
}

func (x *exporter) datapoints(ctx context.Context, fileID, versionID string) error {
	out := x.lines("files", fileID, "datapoints", versionID)
	return out.all(func(page trace.Page) (int, error) {
		list, _, err := x.db.Datapoints(ctx, versionID, page)
		for _, d := range v5.DatapointResponses(list) {
			if err == nil {
				x.written.Datapoints++
				err = out.write(d)
			}
		}
		return len(list), err
	})
}

func (x *exporter) logs(ctx context.Context, f *file.File) error {
	if x.o.NoLogs {
		return nil
	}
	out := x.lines("files", f.ID, "logs")
	return out.all(func(page trace.Page) (int, error) {
		logs, _, err := x.db.Logs(ctx, trace.Filter{FileID: f.ID, Newest: true, Page: page})
		if err != nil {
			return 0, err
		}
		shown, err := x.shows.Logs(ctx, logs, show.LogParts{Children: true})
		for _, l := range shown {
			if err == nil {
				x.written.Logs++
				err = out.write(l)
			}
		}
		x.progress("exporting Files: %d, Logs: %d", x.written.Files, x.written.Logs)
		return len(logs), err
	})
}

func (x *exporter) evaluations(ctx context.Context, f *file.File) error {
	for number := 1; ; number++ {
		list, _, err := x.db.Evaluations(ctx, f.ID, trace.Page{Number: number, Size: pageSize})
		if err != nil {
			return err
		}
		shown, err := x.shows.Evaluations(ctx, list)
		if err != nil {
			return err
		}
		for i := range list {
			x.written.Evaluations++
			if err := x.evaluation(ctx, f.ID, &list[i], shown[i]); err != nil {
				return err
			}
		}
		if len(list) < pageSize {
			return nil
		}
	}
}

func (x *exporter) evaluation(ctx context.Context, fileID string, e *judgment.Evaluation, shown *v5.EvaluationResponse) error {
	dir := []string{"files", fileID, "evaluations", e.ID}
	in := func(place ...string) []string { return append(append([]string{}, dir...), place...) }
	if err := x.write(shown, in("evaluation.json")...); err != nil {
		return err
	}
	stats, err := x.stats.Stats(ctx, e.ID)
	if err != nil {
		return err
	}
	if err := x.write(v5.StatsOf(stats.Runs, stats.Report, stats.Status), in("stats.json")...); err != nil {
		return err
	}
	runs, err := x.db.Runs(ctx, e.ID)
	if err != nil {
		return err
	}
	shownRuns, err := x.shows.Runs(ctx, runs)
	for i := range shownRuns {
		if err == nil {
			err = x.write(&shownRuns[i], in("runs", shownRuns[i].ID)...)
		}
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(append([]string{x.o.Dir}, in("runs")...)...), 0o700)
	}
	if err != nil || x.o.NoLogs {
		return err
	}
	out := x.lines(in("logs")...)
	return out.all(func(page trace.Page) (int, error) {
		list, _, err := x.db.RunLogs(ctx, e.ID, nil, page)
		if err != nil {
			return 0, err
		}
		records, err := x.shows.RunLogs(ctx, e, list)
		for i := range records {
			if err == nil {
				err = out.write(&records[i])
			}
		}
		return len(list), err
	})
}

// pageWriter writes records into the files 1.jsonl, 2.jsonl, … of a folder, as the tool does.
type pageWriter struct {
	dir     string
	written int
	number  int
	file    *os.File
	to      *bufio.Writer
}

func (x *exporter) lines(place ...string) *pageWriter {
	return &pageWriter{dir: filepath.Join(append([]string{x.o.Dir}, place...)...), number: 1}
}

// all writes all pages. next writes one, and returns how many records it had.
func (w *pageWriter) all(next func(trace.Page) (int, error)) error {
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return fileFault(w.dir, err)
	}
	for page := 1; ; page++ {
		n, err := next(trace.Page{Number: page, Size: pageSize})
		if err != nil {
			_ = w.close()
			return err
		}
		if n < pageSize {
			return w.close()
		}
	}
}

func (w *pageWriter) write(record any) error {
	raw, err := pythonJSON(record)
	if err != nil {
		return errs.Wrap("export.Write", err)
	}
	if w.file == nil {
		name := filepath.Join(w.dir, fmt.Sprintf("%d.jsonl", w.number))
		if w.file, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
			return fileFault(name, err)
		}
		w.to = bufio.NewWriterSize(w.file, 64<<10)
	}
	_, _ = w.to.Write(raw)
	if err := w.to.WriteByte('\n'); err != nil {
		return fileFault(w.file.Name(), err)
	}
	if w.written > 0 && w.written%linesPerFile == 0 {
		if err := w.close(); err != nil {
			return err
		}
		w.number++
	}
	w.written++
	return nil
}

func (w *pageWriter) close() error {
	if w.file == nil {
		return nil
	}
	err := w.to.Flush()
	if closing := w.file.Close(); err == nil {
		err = closing
	}
	name := w.file.Name()
	w.file = nil
	return fileFault(name, err)
}
