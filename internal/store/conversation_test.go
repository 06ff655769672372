package store_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// coder is a client that sends the whole conversation with each call, as coding clients do.
type coder struct {
	version  *file.Snapshot
	random   *rand.Rand
	messages []llm.Message
	tools    string
	turns    int
}

func newCoder(version *file.Snapshot, seed uint64) *coder {
	c := &coder{version: version, random: rand.New(rand.NewPCG(seed, 0))}
	c.messages = []llm.Message{{Role: llm.System, Content: llm.Text(c.text(18_000))}, {Role: llm.User, Content: llm.Text("Fix \"it\".\n" + c.text(400))}}
	var tools []map[string]string
	for i := range 20 {
		tools = append(tools, map[string]string{"name": fmt.Sprint("tool", i), "description": c.text(2000)})
	}
	c.tools = string(json.AppendValue(nil, tools))
	return c
}

// text is about so many bytes of lines of code that do not repeat.
func (c *coder) text(size int) string {
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "\tif x%x != \"%x\" { // é <%x>\n", c.random.Uint32(), c.random.Uint64(), c.random.Uint64())
	}
	return b.String()
}

// call is the Log of the next call. What it was asked and answered is what the next one begins with.
func (c *coder) call() *trace.Log {
	now := time.Now().UTC().Truncate(time.Microsecond)
	l := &trace.Log{
		ID: ids.New(ids.Log, now), Kind: file.PromptKind, FileID: c.version.File.ID, VersionID: c.version.Version.ID, CreatedAt: now,
		Ingress: "anthropic.messages", Conversation: "session", CreatedBy: "key_1",
	}
	id := fmt.Sprint("call_", c.turns)
	answer := llm.Message{Role: llm.Assistant, Content: llm.Text(c.text(150)), ToolCalls: []llm.ToolCall{llm.CallOf(id, "tool3", `{"path":"/a/`+fmt.Sprint(c.random.Uint64())+`"}`)}}
	said := answer.Content.Text
	l.Payload = trace.Payload{
		Messages: append([]llm.Message{}, c.messages...), Output: &said, OutputMessage: &answer,
		ProviderRequest:  json.Value(`{"model":"m","tools":` + c.tools + `,"messages":` + string(llm.AppendMessages(nil, c.messages)) + fmt.Sprintf(`,"turn":%d,"stream":true}`, c.turns)),
		ProviderResponse: json.Value(`{"id":"` + id + `","choices":[` + string(answer.AppendJSON(nil)) + `],"usage":{"in":1}}`),
	}
	c.messages = append(c.messages, answer, llm.Message{Role: llm.ToolRole, ToolCallID: id, Content: llm.Text(c.text(700))})
	c.turns++
	return l
}

// appendCalls stores the next calls of c, and returns their Logs.
func appendCalls(t testing.TB, db *store.DB, c *coder, n int) []*trace.Log {
	t.Helper()
	out := make([]*trace.Log, n)
	for i := range out {
		out[i] = c.call()
		if err := db.AppendLog(t.Context(), out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// sameLogs fails the test if one of these Logs is not stored as it is here.
func sameLogs(t testing.TB, db *store.DB, logs []*trace.Log) {
	t.Helper()
	for i, want := range logs {
		got, err := db.Log(t.Context(), want.ID)
		if err != nil {
			t.Fatalf("Log %d: %v", i, err)
		}
		if !reflect.DeepEqual(want, got) { // a comparison that tells where takes long
			t.Fatalf("Log %d (-want +got):\n%.2000s", i, cmp.Diff(want, got))
		}
	}
}

// count is the number that a query returns.
func count(t testing.TB, db *store.DB, text string) (n int) {
	t.Helper()
	lines, err := db.Lines(t.Context(), `SELECT CAST((`+text+`) AS TEXT)`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Sscan(lines[0], &n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// onDisk is how many bytes the tables of Logs take, with their indexes.
func onDisk(t *testing.T, db *store.DB, o store.Options) int {
	t.Helper()
	if o.URL != "" {
		return count(t, db, `SELECT SUM(pg_total_relation_size(relname::regclass)) FROM pg_stat_user_tables WHERE schemaname = current_schema() AND relname IN ('log', 'log_payload', 'log_part')`)
	}
	return count(t, db, `SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)`)
}

func TestAConversationIsStoredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		c := newCoder(savePrompt(t, db), 1)
		before := onDisk(t, db, o)
		logs := appendCalls(t, db, c, 40)
		sent := 0
		for _, l := range logs {
			sent += len(l.Payload.ProviderRequest)
		}
		took := onDisk(t, db, o) - before
		t.Logf("bodies of %d KB take %d KB", sent>>10, took>>10)
		if sent < 3_000_000 || took > 400_000 {
			t.Errorf("bodies of %d bytes take %d", sent, took)
		}
		sameLogs(t, db, logs)
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		db = open(t, o)
		sameLogs(t, db, logs)

		list, total, err := db.Logs(t.Context(), trace.Filter{FileID: c.version.File.ID, Page: trace.Page{Number: 1, Size: 100}})
		if err != nil || total != 40 {
			t.Fatalf("%d Logs: %v", total, err)
		}
		if !reflect.DeepEqual(logs, list) {
			t.Errorf("the list (-want +got):\n%.2000s", cmp.Diff(logs, list))
		}
		word := strings.Fields(*logs[20].Payload.Output)[1]
		list, _, err = db.Logs(t.Context(), trace.Filter{Search: word, Page: trace.Page{Number: 1, Size: 100}})
		if diff := cmp.Diff(logs[20:21], list); diff != "" || err != nil {
			t.Errorf("%v: found (-want +got):\n%.2000s", err, diff)
		}
		rows, err := db.LogRows(t.Context(), &trace.RowList{Size: 100, Order: trace.OldestFirst})
		if err != nil || len(rows.Rows) != 40 || !strings.HasPrefix(rows.Rows[39].Input, `Fix "it".`) {
			t.Errorf("%v: %d rows", err, len(rows.Rows))
		}
	})
}

// TestPartsOfOthersStay deletes the Logs of a conversation one after the other, in any order.
func TestPartsOfOthersStay(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		p := savePrompt(t, db)
		for seed := range uint64(4) {
			logs := appendCalls(t, db, newCoder(p, seed), 8)
			rand.New(rand.NewPCG(seed, 9)).Shuffle(len(logs), func(i, j int) { logs[i], logs[j] = logs[j], logs[i] })
			for i, l := range logs {
				if n, err := db.DeleteLogs(t.Context(), []string{l.ID}); n != 1 || err != nil {
					t.Fatalf("%d Logs are deleted: %v", n, err)
				}
				sameLogs(t, db, logs[i+1:])
			}
		}
		if n := count(t, db, `SELECT COUNT(*) FROM log_part`); n != 0 {
			t.Errorf("%d parts are left of Logs that were deleted", n)
		}
	})
}

// TestPartsOfOldLogsStay has the retention cut a conversation into two.
func TestPartsOfOldLogsStay(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		now := time.Now().UTC()
		o.Now = func() time.Time { return now }
		db := open(t, o)
		c := newCoder(savePrompt(t, db), 1)
		var logs []*trace.Log
		for i := range 40 {
			l := c.call()
			l.CreatedAt = now.Add(-time.Duration(40-i) * time.Hour).Truncate(time.Microsecond)
			if err := db.AppendLog(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			logs = append(logs, l)
		}
		for _, left := range []int{20, 1, 0} {
			if _, err := db.Sweep(t.Context(), time.Duration(left)*time.Hour+time.Minute); err != nil {
				t.Fatal(err)
			}
			sameLogs(t, db, logs[40-left:])
			if got := count(t, db, `SELECT COUNT(*) FROM log`); got != left {
				t.Errorf("%d Logs are left, want %d", got, left)
			}
		}
		if n := count(t, db, `SELECT COUNT(*) FROM log_part`); n != 0 {
			t.Errorf("%d parts are left", n)
		}
	})
}

// TestAChangedLogChangesNoOther redacts Logs of a conversation, and changes what Logs say of themselves.
func TestAChangedLogChangesNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		logs := appendCalls(t, db, newCoder(savePrompt(t, db), 1), 6)
		change := func(i int, f func(*trace.Log)) {
			t.Helper()
			l, err := db.UpdateLog(t.Context(), logs[i].ID, func(l *trace.Log) error { f(l); return nil })
			if err != nil {
				t.Fatal(err)
			}
			logs[i] = l
			sameLogs(t, db, logs)
		}
		change(3, func(l *trace.Log) { l.User, l.Payload.Output = "u", new("better") })
		if n := count(t, db, `SELECT COUNT(*) FROM log_part WHERE log IS NOT NULL`); n != 6 {
			t.Errorf("%d Logs have parts after a label was changed", n)
		}
		change(0, func(l *trace.Log) { l.PayloadDropped = true })
		change(2, func(l *trace.Log) { l.Payload.Messages = l.Payload.Messages[:1] })
		change(5, func(l *trace.Log) { l.PayloadDropped = true })
		if n := count(t, db, `SELECT COUNT(*) FROM log_part WHERE log IS NOT NULL`); n != 3 {
			t.Errorf("%d Logs have parts after what was asked was changed", n)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM log_part`); n != 5 {
			t.Errorf("%d parts are there, want those below the last that is needed", n)
		}
	})
}

// TestAConversationOfTwoProcesses lets the calls of conversations alternate between two processes, and be stored by both at once.
func TestAConversationOfTwoProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		processes := []*store.DB{open(t, o), open(t, o)}
		p := savePrompt(t, processes[0])
		c := newCoder(p, 1)
		var logs []*trace.Log
		for i := range 10 {
			logs = append(logs, appendCalls(t, processes[i%2], c, 1)...)
		}
		sameLogs(t, processes[0], logs)

		var running sync.WaitGroup
		kept := make([][]*trace.Log, 6)
		for i := range kept {
			running.Go(func() {
				own, other := processes[i%2], processes[1-i%2]
				c := newCoder(p, uint64(i/2)) // two of one conversation
				for turn := range 12 {
					l := c.call()
					if err := own.AppendLog(t.Context(), l); err != nil {
						t.Error(err)
						return
					}
					kept[i] = append(kept[i], l)
					if turn%4 != 3 {
						continue
					}
					at := turn % len(kept[i])
					if _, err := other.DeleteLogs(t.Context(), []string{kept[i][at].ID, kept[i][0].ID}); err != nil {
						t.Error(err)
					}
					kept[i] = append(kept[i][1:at:at], kept[i][at+1:]...)
					if _, err := other.LogsByID(t.Context(), []string{kept[i][0].ID}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		running.Wait()
		for _, logs := range kept {
			sameLogs(t, processes[1], logs)
		}
		if n := count(t, processes[0], `SELECT COUNT(*) FROM log_part p WHERE p.base IS NOT NULL AND NOT EXISTS (SELECT 1 FROM log_part b WHERE b.seq = p.base)`); n != 0 {
			t.Errorf("%d parts have lost their base", n)
		}
	})
}

// TestARelaxedConversation is about Logs that refer to others which are still queued.
func TestARelaxedConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		o.Relaxed = true
		db := open(t, o)
		p := savePrompt(t, db)
		c := newCoder(p, 1)
		first := c.call()
		taken := *first
		if err := db.AppendLog(t.Context(), &taken); err != nil {
			t.Fatal(err)
		}
		refused := c.call()
		refused.ID = first.ID // which only the commit finds out
		if err := db.AppendLog(t.Context(), refused); err != nil {
			t.Fatal(err)
		}
		logs := appendCalls(t, db, c, 20)
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		first.UpdatedAt = taken.UpdatedAt
		sameLogs(t, open(t, o), append(logs, first))
	})
}

// TestAnyConversation makes calls that go on, go back, and change what was said before, and deletes and changes their Logs.
func TestAnyConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		p := savePrompt(t, db)
		rapid.Check(t, func(r *rapid.T) {
			c, stored := newCoder(p, rapid.Uint64().Draw(r, "seed")), []*trace.Log{}
			for range rapid.IntRange(1, 40).Draw(r, "steps") {
				switch rapid.IntRange(0, 9).Draw(r, "step") {
				case 0:
					c.messages = c.messages[:rapid.IntRange(1, len(c.messages)).Draw(r, "back to")]
				case 1:
					c.messages = append([]llm.Message{}, c.messages...)
					c.messages[rapid.IntRange(0, len(c.messages)-1).Draw(r, "changed")].Content = llm.Text(rapid.String().Draw(r, "to"))
				case 2:
					if len(stored) > 0 {
						i := rapid.IntRange(0, len(stored)-1).Draw(r, "deleted")
						if _, err := db.DeleteLogs(t.Context(), []string{stored[i].ID}); err != nil {
							r.Fatal(err)
						}
						stored = append(stored[:i:i], stored[i+1:]...)
					}
				default:
					l := c.call()
					if err := db.AppendLog(t.Context(), l); err != nil && !errs.Is(err, errs.AlreadyExists) {
						r.Fatal(err)
					}
					stored = append(stored, l)
				}
			}
			for i, want := range stored {
				got, err := db.Log(t.Context(), want.ID)
				if err != nil || !reflect.DeepEqual(want, got) {
					r.Fatalf("Log %d: %v (-want +got):\n%.2000s", i, err, cmp.Diff(want, got))
				}
			}
		})
	})
}
