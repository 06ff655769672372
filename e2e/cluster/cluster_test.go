package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

const (
	call   = `{"path":"load/call","prompt":{"provider":"mock","model":"echo"},"messages":[{"role":"user","content":"hello"}]}`
	stream = `{"path":"load/stream","prompt":{"provider":"mock","model":"lorem/%d/100ms"},"messages":[{"role":"user","content":"hello"}],"stream":true}`
)

// load calls a server from many sides.
type load struct {
	mu       sync.Mutex
	logs     map[string]bool // acknowledged
	files    map[string]bool // that they are of
	failures []string

	work sync.WaitGroup
	ctx  context.Context // ends when no more calls are to begin
	stop context.CancelFunc
}

// volume is how much there is of a load.
type volume struct {
	callers, streams int           // of each kind at once
	between          time.Duration // that a caller of whole calls pauses, so that the machine has something left
	chunks           int           // of a stream, ten in a second
}

// usual is what all tests have.
var usual = volumeOf(os.Getenv("E2E_CLUSTER_LOAD"))

// volumeOf is little, or for "full" 300 calls a second and streams of 30 s, which take a machine that does nothing else.
func volumeOf(name string) volume {
	if name == "full" {
		return volume{callers: 30, streams: 30, between: 85 * time.Millisecond, chunks: 300}
	}
	return volume{callers: 4, streams: 4, between: 50 * time.Millisecond, chunks: 20}
}

func begin(t *testing.T, base string) *load {
	t.Helper()
	l := &load{logs: map[string]bool{}, files: map[string]bool{}}
	l.ctx, l.stop = context.WithCancel(context.Background())
	for i := range usual.callers + usual.streams {
		body, read, pause := call, ofCall, usual.between
		if i < usual.streams {
			body, read, pause = fmt.Sprintf(stream, usual.chunks), ofStream, 0
		}
		l.work.Go(func() {
			for l.ctx.Err() == nil {
				l.one(base, body, read)
				select {
				case <-time.After(pause):
				case <-l.ctx.Done():
				}
			}
		})
	}
	t.Cleanup(l.end)
	return l
}

func (l *load) one(base, body string, read func(string) acknowledged) {
	got, err := send(context.Background(), base, adminKey, http.MethodPost, "/v5/prompts/call", body)
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := read(got.body); err == nil && got.status == http.StatusOK && a.ID != "" {
		l.logs[a.ID], l.files[a.PromptID] = true, true
		return
	}
	l.failures = append(l.failures, fmt.Sprintf("%d %.300s, %v", got.status, got.body[max(0, len(got.body)-300):], err))
}

// report sends Logs with ids of their own, each again until it is stored.
func (l *load) report(base string) {
	for n := 0; l.ctx.Err() == nil; n++ {
		id, tried := fmt.Sprintf("reported-%d", n), false
		for !l.reported(base, id, tried) {
			tried = true
			<-time.After(usual.between)
		}
		<-time.After(usual.between)
	}
}

// reported sends a Log, and reports whether another attempt is of no use. One that was tried before may be there.
func (l *load) reported(base, id string, tried bool) bool {
	body := `{"path":"load/report","prompt":{"provider":"mock","model":"echo"},"output":"hello","log_id":"` + id + `"}`
	got, err := send(context.Background(), base, adminKey, http.MethodPost, "/v5/prompts/log", body)
	l.mu.Lock()
	defer l.mu.Unlock()
	var a acknowledged
	switch {
	case err == nil && got.status == http.StatusOK && json.Unmarshal([]byte(got.body), &a) == nil:
		l.logs[id], l.files[a.PromptID] = true, true
		return true
	case err == nil && got.status == http.StatusConflict && tried:
		l.logs[id] = true
		return true
	}
	l.failures = append(l.failures, fmt.Sprintf("%d %s, %v", got.status, got.body, err))
	return l.ctx.Err() != nil
}

// end waits for the calls in flight. A second end does nothing.
func (l *load) end() {
	l.stop()
	l.work.Wait()
}

// count is how many calls were answered well.
func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.logs)
}

// acknowledged is what an answer says of the Log of a call.
type acknowledged struct {
	ID       string `json:"id"`
	PromptID string `json:"prompt_id"`
}

// ofCall reads an answer. It returns the zero value of one that is not whole.
func ofCall(body string) acknowledged {
	var doc struct {
		acknowledged
		Prompt acknowledged `json:"prompt"`
	}
	if json.Unmarshal([]byte(body), &doc) != nil {
		return acknowledged{}
	}
	return acknowledged{ID: doc.ID, PromptID: doc.Prompt.ID}
}

// ofStream reads the last event of a stream. It returns the zero value of a stream that was cut.
func ofStream(body string) acknowledged {
	events := strings.Split(strings.TrimSpace(body), "\n\n")
	last := strings.TrimPrefix(events[len(events)-1], "data: ")
	if !strings.Contains(last, `"finish_reason":"stop"`) {
		return acknowledged{}
	}
	var a acknowledged
	if json.Unmarshal([]byte(last), &a) != nil {
		return acknowledged{}
	}
	return a
}

// kept checks that each acknowledged Log can be read on each replica.
func (l *load) kept(t *testing.T, replicas ...*replica) {
	t.Helper()
	if len(l.logs) == 0 {
		t.Error("no call was answered")
	}
	for _, r := range replicas {
		read := map[string]bool{}
		for file := range l.files {
			for page := 1; readPage(t, r, file, page, read); page++ {
			}
		}
		for id := range l.logs {
			if !read[id] {
				t.Errorf("the Log %s was acknowledged, and %s does not list it", id, r.url)
			}
		}
	}
}

// readPage adds the ids of a page of a file's Logs to read, and reports whether there may be another page. No Log is on two.
func readPage(t *testing.T, r *replica, file string, page int, read map[string]bool) bool {
	t.Helper()
	const size = 500
	var list struct {
		Records []struct {
			ID string `json:"id"`
		} `json:"records"`
	}
	body := r.must(t, http.StatusOK, http.MethodGet, fmt.Sprintf("/v5/logs?file_id=%s&page=%d&size=%d", file, page, size), "")
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	for _, log := range list.Records {
		if read[log.ID] {
			t.Errorf("the Log %s is listed twice", log.ID)
		}
		read[log.ID] = true
	}
	return len(list.Records) == size
}

// trio starts three replicas on a database.
func trio(t *testing.T, url string) []*replica {
	t.Helper()
	return []*replica{newReplica(t, url), newReplica(t, url), newReplica(t, url)}
}

// TestRollingRestart restarts one replica after the other under load, by a balancer that repeats nothing: no call fails, and no stream is cut.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	replicas := trio(t, database(t))
	b := newBalancer(t)
	b.set(t, replicas...)
	soon(t, "all are ready", func() bool { return b.readyCount() == 3 })
	l := begin(t, b.URL)
	for i, r := range replicas {
		before := l.count()
		soon(t, "calls go on", func() bool { return l.count() > before+20 })
		r.stop(t)
		r.start(t)
		b.set(t, replicas...)
		soon(t, fmt.Sprintf("replica %d is back", i), func() bool { return b.readyCount() == 3 })
	}
	l.end()
	for _, f := range l.failures {
		t.Errorf("a call failed: %s", f)
	}
	l.kept(t, replicas...)
	t.Logf("%d calls were answered", len(l.logs))
}

// TestKilledLeader kills the replica that leads: only its own calls in flight fail, and another one leads.
func TestKilledLeader(t *testing.T) {
	t.Parallel()
	url := database(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	leads := func() (holder string) {
		_ = conn.QueryRow(t.Context(), "SELECT holder FROM lease WHERE name = 'upkeep'").Scan(&holder)
		return holder
	}
	first := newReplica(t, url)
	soon(t, "the first leads", func() bool { return leads() != "" })
	others := []*replica{newReplica(t, url), newReplica(t, url)}
	b := newBalancer(t)
	b.set(t, first, others[0], others[1])
	soon(t, "all are ready", func() bool { return b.readyCount() == 3 })
	l, was := begin(t, b.URL), leads()
	soon(t, "calls go on", func() bool { return l.count() > 20 })
	first.kill()
	soon(t, "another leads", func() bool { return leads() != was })
	before := l.count()
	soon(t, "calls go on", func() bool { return l.count() > before+20 })
	l.end()
	for _, f := range l.failures {
		if !strings.Contains(f, "balancer: ") && !strings.Contains(f, "EOF") {
			t.Errorf("a call failed: %s", f)
		}
	}
	if most := (usual.callers + usual.streams) * 3; len(l.failures) > most {
		t.Errorf("%d calls failed", len(l.failures))
	}
	l.kept(t, others...)
}

// TestChangesAreSeen changes things on one replica while another hears nothing: because its connections were cut, or because what it is told is swallowed.
func TestChangesAreSeen(t *testing.T) {
	t.Parallel()
	url := database(t)
	a, b := newReplica(t, url), newReplica(t, url)
	for name, disturb := range map[string]func(){"nothing is wrong": func() {}, "connections are cut": b.cut, "notifications are swallowed": func() { b.swallow(true) }} {
		t.Run(name, func(t *testing.T) {
			key := a.must(t, 0, http.MethodPost, "/v5/api-keys", `{"name":"to be revoked","role":"member"}`)
			secret := text(t, key, "secret")
			status := func() int {
				got, _ := send(t.Context(), b.url, secret, http.MethodGet, "/v5/prompts", "")
				return got.status
			}
			soon(t, "the key is taken", func() bool { return status() == http.StatusOK })
			deploy := func(content string) (version string) {
				saved := a.must(t, 0, http.MethodPost, "/v5/prompts", `{"path":"seen","provider":"mock","model":"echo","attributes":{"is":"`+name+content+`"}}`)
				version = text(t, saved, "version_id")
				a.must(t, 0, http.MethodPost, "/v5/prompts/"+text(t, saved, "id")+"/environments/"+production(t, a, text(t, saved, "id"))+"?version_id="+version, "")
				return version
			}
			uses := func(version string) bool {
				got, _ := send(t.Context(), b.url, adminKey, http.MethodPost, "/v5/prompts/call", `{"path":"seen","messages":[{"role":"user","content":"hello"}]}`)
				return strings.Contains(got.body, version)
			}
			before := deploy("old")
			soon(t, "the version is used", func() bool { return uses(before) })
			disturb()
			after := deploy("new")
			a.must(t, 0, http.MethodDelete, "/v5/api-keys/"+text(t, key, "id"), "")
			soon(t, "the revoked key is refused", func() bool { return status() == http.StatusUnauthorized })
			soon(t, "the new version is used", func() bool { return uses(after) })
			b.swallow(false)
		})
	}
}

// production is the id of the default environment.
func production(t *testing.T, r *replica, prompt string) string {
	t.Helper()
	var all []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal([]byte(r.must(t, 0, http.MethodGet, "/v5/prompts/"+prompt+"/environments", "")), &all); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name == "production" {
			return e.ID
		}
	}
	t.Fatal("there is no environment production")
	return ""
}

// TestDatabaseFailsOver takes the database away from all replicas, as one that fails over does for some seconds.
func TestDatabaseFailsOver(t *testing.T) {
	t.Parallel()
	url := database(t)
	withoutDatabase(t, url, func(replicas []*replica) (back func()) {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.Background()) }()
		const end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = current_schema()" // as at a shutdown
		if _, err := conn.Exec(t.Context(), end); err != nil {
			t.Fatal(err)
		}
		for _, r := range replicas {
			r.fail()
		}
		return func() {
			for _, r := range replicas {
				r.accept()
			}
		}
	})
}

// TestDatabaseRestarts ends the database itself, and starts it again.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	var alone pgtest.Server // the other tests have theirs
	t.Cleanup(alone.Stop)
	withoutDatabase(t, databaseOf(t, &alone), func([]*replica) (back func()) { return alone.Shutdown(t) })
}

// withoutDatabase lets away take the database from three replicas under load until none is ready, and back bring it again: calls fail so that they can be
// repeated, and then succeed again. No Log is there twice, and none is lost that was acknowledged.
func withoutDatabase(t *testing.T, url string, away func([]*replica) (back func())) {
	t.Helper()
	replicas := trio(t, url)
	b := newBalancer(t)
	b.set(t, replicas...)
	soon(t, "all are ready", func() bool { return b.readyCount() == 3 })
	l := begin(t, replicas[0].url)
	l.work.Go(func() { l.report(replicas[1].url) })
	soon(t, "calls go on", func() bool { return l.count() > 20 })
	back := away(replicas)
	soon(t, "all turn unready", func() bool { return b.readyCount() == 0 })
	back()
	before := l.count()
	soon(t, "calls go on", func() bool { return l.count() > before })
	soon(t, "all are ready", func() bool { return b.readyCount() == 3 })
	l.end()
	if len(l.failures) == 0 {
		t.Error("no call failed")
	}
	for _, f := range l.failures {
		if !strings.Contains(f, `"reason":"dependency_unavailable","retryable":true`) {
			t.Errorf("a call failed: %s", f)
		}
	}
	l.kept(t, replicas...)
}

// TestPartition holds up all that one replica and the database send each other: it is not ready, and takes no key that was revoked meanwhile.
func TestPartition(t *testing.T) {
	t.Parallel()
	url := database(t)
	a, b := newReplica(t, url), newReplica(t, url)
	key := a.must(t, 0, http.MethodPost, "/v5/api-keys", `{"name":"to be revoked","role":"member"}`)
	status := func() int {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		got, _ := send(ctx, b.url, text(t, key, "secret"), http.MethodPost, "/v5/prompts/call", "{}") // is refused without the database
		return got.status
	}
	soon(t, "the key is taken", func() bool { return status() == http.StatusUnprocessableEntity })
	b.stall()
	a.must(t, 0, http.MethodDelete, "/v5/api-keys/"+text(t, key, "id"), "")
	soon(t, "it turns unready", func() bool { return !isReady(t.Context(), b.url) })
	soon(t, "the key is not taken", func() bool { return status() != http.StatusUnprocessableEntity })
	b.flow()
	soon(t, "it is ready again", func() bool { return isReady(t.Context(), b.url) })
}

// TestOlderBesideNewer plays a newer program that migrates the database under an older one.
func TestOlderBesideNewer(t *testing.T) {
	t.Parallel()
	url := database(t)
	r := newReplica(t, url)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	migrate := func(number, since int, text string) {
		t.Helper()
		for _, statement := range append(strings.Split(text, ";"), fmt.Sprintf("INSERT INTO migration (number, name, checksum, applied_us, since) VALUES (%d, '%d_next', '', 0, %d)", number, number, since)) { // one by one, which cannot wait for a call that waits for it
			if _, err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	l := begin(t, r.url)
	soon(t, "calls go on", func() bool { return l.count() > 20 })
	migrate(9000, 1, `ALTER TABLE log ADD COLUMN more BIGINT NOT NULL DEFAULT 0; ALTER TABLE version ADD COLUMN more BIGINT NOT NULL DEFAULT 0; ALTER TABLE file ADD COLUMN more BIGINT NOT NULL DEFAULT 0;
		ALTER TABLE api_key ADD COLUMN more BIGINT NOT NULL DEFAULT 0; CREATE INDEX log_more ON log (more)`)
	before := l.count()
	soon(t, "calls go on", func() bool { return l.count() > before+20 })
	l.end()
	r.stop(t)
	r.start(t) // the older one starts on what the newer one has made
	l.kept(t, r)
	for _, f := range l.failures {
		t.Errorf("a call failed: %s", f)
	}
	migrate(9001, 9000, "SELECT 1")
	r.stop(t)
	if err := r.try(t); err == nil || !strings.Contains(err.Error(), "9001_next, and programs as old as this one must not run beside that") {
		t.Errorf("beside a contraction: %v", err)
	}
}

// TestConversationAlternates sends the turns of a conversation to two replicas by turns.
func TestConversationAlternates(t *testing.T) {
	t.Parallel()
	url := database(t)
	replicas := []*replica{newReplica(t, url), newReplica(t, url)}
	previous := ""
	for i := range 6 {
		body := `{"model":"mock/echo","input":"turn ` + fmt.Sprint(i) + `"`
		if previous != "" {
			body += `,"previous_response_id":"` + previous + `"`
		}
		previous = text(t, replicas[i%2].must(t, http.StatusOK, http.MethodPost, "/v1/responses", body+"}"), "id")
	}
	items := replicas[1].must(t, http.StatusOK, http.MethodGet, "/v1/responses/"+previous+"/input_items?limit=100", "")
	for i := range 6 {
		if !strings.Contains(items, fmt.Sprintf("turn %d", i)) {
			t.Errorf("turn %d is not in %s", i, items)
		}
	}
}
