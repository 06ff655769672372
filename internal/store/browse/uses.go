package browse

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// Uses is what would miss a File. Deleted Files and versions do not count.
type Uses struct {
	Links       []Link
	Monitored   []FileName // Files that it monitors
	Gated       []FileName // Files with a gate that asks for it
	Evaluations []EvaluationUse
}

// Link is a File with versions that link to another.
type Link struct {
	FileName
	Versions int  // that link to it
	Current  bool // a deployed version or the newest one is among them
}

// EvaluationUse is an Evaluation that uses a File.
type EvaluationUse struct {
	ID, Name string
	FileID   string // of the Evaluation; "" for none
	As       string // "subject", "dataset" or "evaluator"
}

// UsesOf returns what uses a File. It looks into the contents of all versions that may link to it. Errors: file_not_found.
func (db *Store) UsesOf(ctx context.Context, fileID string) (u Uses, err error) {
	defer db.Failed("store.UsesOf", &err)
	seq, err := versions.Seq(ctx, db.Read, fileID)
	if err != nil {
		return u, err
	}
	if u.Links, err = db.linksTo(ctx, fileID); err != nil {
		return u, err
	}
	const monitored = `SELECT DISTINCT f.id, f.kind, f.path FROM monitor m JOIN file f ON f.seq = m.file WHERE m.evaluator = $1 AND m.active = 1 AND f.deleted_us IS NULL ORDER BY f.path`
	if u.Monitored, err = sqldb.List(ctx, db.Read, monitored, []any{seq}, scanFileName); err != nil {
		return u, err
	}
	gated := `SELECT DISTINCT f.id, f.kind, f.path FROM gate g JOIN file f ON f.seq = g.file WHERE ` + db.Dialect.ByteAt + `(g.content, $1) > 0 AND f.deleted_us IS NULL ORDER BY f.path`
	if u.Gated, err = sqldb.List(ctx, db.Read, gated, []any{[]byte(fileID)}, scanFileName); err != nil {
		return u, err
	}
	u.Evaluations, err = db.evaluationsOf(ctx, seq)
	return u, err
}

func scanFileName(rows *sql.Rows) (f FileName, err error) {
	err = rows.Scan(&f.ID, &f.Kind, &f.Path)
	return f, err
}

// linksTo finds links by the id, which stands in a content for nothing else.
func (db *Store) linksTo(ctx context.Context, fileID string) ([]Link, error) {
	w := new(sqldb.Where)
	w.Add("f.deleted_us IS NULL AND v.deleted_us IS NULL AND v.draft = 0")
	sqldb.In(w, "f.kind", []string{string(file.PromptKind), string(file.AgentKind), string(file.EvaluatorKind)})
	w.Add(db.Dialect.ByteAt+"(v.content, ?) > 0", []byte(fileID))
	const text = `SELECT f.id, f.kind, f.path, COUNT(*), MAX(CASE WHEN v.seq = (SELECT MAX(n.seq) FROM version n WHERE n.file = f.seq AND n.deleted_us IS NULL AND n.draft = 0)
		OR EXISTS (SELECT 1 FROM deployment d WHERE d.version = v.seq) THEN 1 ELSE 0 END)
		FROM version v JOIN file f ON f.seq = v.file`
	return sqldb.List(ctx, db.Read, text+w.String()+` GROUP BY f.id, f.kind, f.path ORDER BY f.path`, w.Args, func(rows *sql.Rows) (l Link, err error) {
		var current int64
		err = rows.Scan(&l.ID, &l.Kind, &l.Path, &l.Versions, &current)
		l.Current = current == 1
		return l, err
	})
}

func (db *Store) evaluationsOf(ctx context.Context, seq int64) ([]EvaluationUse, error) {
	const text = `SELECT e.id, e.name, COALESCE(f.id, ''), u.role FROM (
			SELECT seq AS evaluation, 'subject' AS role FROM evaluation WHERE file = $1
			UNION SELECT x.evaluation, 'subject' FROM evaluation_run x JOIN run r ON r.seq = x.run JOIN version v ON v.seq = r.version WHERE v.file = $1
			UNION SELECT x.evaluation, 'dataset' FROM evaluation_run x JOIN run r ON r.seq = x.run JOIN version v ON v.seq = r.dataset WHERE v.file = $1
			UNION SELECT x.evaluation, 'evaluator' FROM evaluation_evaluator x JOIN version v ON v.seq = x.version WHERE v.file = $1
		) u JOIN evaluation e ON e.seq = u.evaluation LEFT JOIN file f ON f.seq = e.file ORDER BY e.seq DESC, u.role`
	return sqldb.List(ctx, db.Read, text, []any{seq}, func(rows *sql.Rows) (u EvaluationUse, err error) {
		err = rows.Scan(&u.ID, &u.Name, &u.FileID, &u.As)
		return u, err
	})
}
