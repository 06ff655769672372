package copying

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

func backedUpTo(t *testing.T, from Place) (file string, m *Manifest) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "backup.db")
	m, err := Backup(t.Context(), from, file, "1.2.3", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return file, m
}

func restoredTo(t *testing.T, file string, to Place) {
	t.Helper()
	if _, err := Restore(t.Context(), file, to, RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
}

// TestBackupHoldsTheSame of both databases, and restored to both.
func TestBackupHoldsTheSame(t *testing.T) {
	first, served, again := filledSQLite(t, 8), onServer(t), onServer(t)
	want := copied(t, first, served, Options{})
	ofSQLite, m := backedUpTo(t, first)
	equalSums(t, want, m.Tables)
	ofPostgres, m := backedUpTo(t, served)
	equalSums(t, want, m.Tables)
	for _, file := range []string{ofSQLite, ofPostgres} {
		if m, err := VerifyBackup(t.Context(), file, Options{}); err != nil || !m.Sealed || m.Version != "1.2.3" {
			t.Errorf("%+v, %v", m, err)
		}
		to := inFolder(t)
		restoredTo(t, file, to)
		if diff := cmp.Diff(map[string]int64{"openloop.db": 0}, lying(t, filepath.Dir(to.Path)), cmp.Comparer(func(int64, int64) bool { return true })); diff != "" {
			t.Errorf("the folder (-want +got):\n%s", diff)
		}
		equalSums(t, want, held(t, to))
	}
	restoredTo(t, ofSQLite, again)
	equalSums(t, want, held(t, again))
}

// TestBackupUnderLoadHoldsWhatWasAcknowledged makes backups while others write without a pause: all that was committed before one began is in it.
func TestBackupUnderLoadHoldsWhatWasAcknowledged(t *testing.T) {
	from := filledSQLite(t, 8)
	pool, err := sqldb.OpenSQLiteFile(from.Path, url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(OFF)"}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var mu sync.Mutex
	written := 0
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for n := 1; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := pool.ExecContext(t.Context(), `INSERT INTO log_changed (log, times) VALUES ($1, 7)`, 1000+n); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			written = n
			mu.Unlock()
		}
	})
	for range 3 {
		mu.Lock()
		least := int64(written)
		mu.Unlock()
		file, m := backedUpTo(t, from)
		s, err := openSQLite(t.Context(), file, asItLies)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := sqldb.List(t.Context(), s.conn, `SELECT COUNT(*), MAX(log) - 1000 FROM log_changed WHERE times = 7 AND log > 1000`, nil, func(rows *sql.Rows) (n [2]int64, err error) {
			var highest sql.NullInt64
			err = rows.Scan(&n[0], &highest)
			n[1] = highest.Int64
			return n, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := rows[0]; n[0] < least || n[0] > 0 && n[0] != n[1] {
			t.Errorf("%d rows were there before, and the backup has %d up to %d", least, n[0], n[1])
		}
		if m.SHA256 == "" {
			t.Error("there is no manifest")
		}
		if err := s.close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	writer.Wait()
}

// TestBadBackupIsRefused, and nothing is changed.
func TestBadBackupIsRefused(t *testing.T) {
	from := filledSQLite(t, 8)
	good, _ := backedUpTo(t, from)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile(good + ManifestEnd)
	if err != nil {
		t.Fatal(err)
	}
	altered := append([]byte{}, whole...)
	altered[len(altered)/2] ^= 1
	future := filledSQLite(t, 8)
	executes(t, future, `INSERT INTO migration (number, name, checksum, applied_us) VALUES (9000, '9000_future', '', 0)`)
	newer, _ := backedUpTo(t, future)
	for _, c := range []struct {
		what           string
		file, manifest []byte
		words          string
	}{
		{"cut off", whole[:len(whole)-4096], manifest, "It is cut off: it has"},
		{"altered", altered, manifest, "It was altered: it is not the file of its manifest (SHA-256)."},
		{"without a manifest", whole, nil, "It has no manifest: the file bad.db.json is missing beside it."},
		{"with another manifest", whole, []byte("{}"), "Its manifest is damaged."},
		{"of a newer program", nil, nil, "It holds migration 9000_future, which this program does not know"},
		{"with another key", nil, nil, "It holds values that were sealed with another encryption key"},
	} {
		file := filepath.Join(t.TempDir(), "bad.db")
		o := RestoreOptions{}
		switch c.what {
		case "of a newer program":
			file = newer
		case "with another key":
			file, o.Fits = good, func([]access.Mark) error { return ErrKeyOfOthers }
		default:
			if err := os.WriteFile(file, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.manifest != nil {
				if err := os.WriteFile(file+ManifestEnd, c.manifest, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := VerifyBackup(t.Context(), file, Options{})
			refuses(t, "verify: "+c.what, err, c.words)
		}
		to := inFolder(t)
		_, err := Restore(t.Context(), file, to, o)
		refuses(t, c.what, err, c.words)
		if there := lying(t, filepath.Dir(to.Path)); len(there) > 0 {
			t.Errorf("%s: there is %v", c.what, there)
		}
	}
}

func TestNothingIsReplaced(t *testing.T) {
	from := filledSQLite(t, 8)
	file, _ := backedUpTo(t, from)
	before := lying(t, filepath.Dir(file))
	_, err := Backup(t.Context(), from, file, "", Options{})
	refuses(t, "a backup", err, "It exists already. Nothing was changed.")
	if diff := cmp.Diff(before, lying(t, filepath.Dir(file))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	_, err = Restore(t.Context(), file, from, RestoreOptions{})
	refuses(t, "a database", err, "openloop.db exists already. Nothing was changed.")
	_, err = Backup(t.Context(), Place{Path: filepath.Join(t.TempDir(), "none.db")}, file+"2", "", Options{})
	refuses(t, "no database", err, "There is no database there.")
	_, err = Backup(t.Context(), from, filepath.Join(t.TempDir(), "no/such/folder/x.db"), "", Options{})
	refuses(t, "no folder", err, "The system refuses it: no such file or directory.")
}

// FuzzManifest reads what is no manifest.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"sha256":"00","tables":[{"table":"log","rows":1,"last":"1","sha256":"00"}]}`))
	f.Add([]byte(`{"format":2,"sha256":"00","tables":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if (m == nil) == (err == nil) {
			t.Errorf("%v, %v", m, err)
		}
	})
}
