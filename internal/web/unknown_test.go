package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/web"
)

// Fault F8: what nothing reads of a request is told, and refused in strict mode.
func TestWhatNothingReads(t *testing.T) {
	cases := []struct {
		name, target, body string
		told               string
		refused            []string
	}{
		{"nothing", "?version_id=v", `{"score":1}`, "", nil},
		{"a member", "", `{"input":{}}`, "input (did you mean inputs?)", []string{"body/input: is not known here (did you mean inputs?) (extra_forbidden)"}},
		{"nested", "", `{"prompt":{"model":"m","modell":"x","tools":[{"name":"n","Strict":true}]}}`,
			"prompt.modell (did you mean model?), prompt.tools.0.Strict (did you mean strict?)", []string{
				"body/prompt/modell: is not known here (did you mean model?) (extra_forbidden)",
				"body/prompt/tools/0/Strict: is not known here (did you mean strict?) (extra_forbidden)"}},
		{"in a union", "", `{"messages":[{"role":"user","content":[{"type":"text","text":"a","txt":1}]}]}`,
			"messages.0.content.0.txt (did you mean text?)", []string{"body/messages/0/content/0/txt: is not known here (did you mean text?) (extra_forbidden)"}},
		{"of another type of a union", "", `{"messages":[{"role":"user","content":[{"type":"text","text":"a","image_url":{"url":"u"},"x":1}]}]}`,
			"messages.0.content.0.image_url, messages.0.content.0.x", []string{
				"body/messages/0/content/0/image_url: is not known here (extra_forbidden)", "body/messages/0/content/0/x: is not known here (extra_forbidden)"}},
		{"free objects", "", `{"inputs":{"input":{"modell":1}},"prompt":{"model":"m","format":{"x":1},"extra":{"y":1}}}`, "", nil},
		{"a parameter", "?version=1&version_di=v", `{}`, "?version (did you mean ?version_id?), ?version_di (did you mean ?version_id?)", []string{
			"query/version: is not known here (did you mean version_id?) (extra_forbidden)", "query/version_di: is not known here (did you mean version_id?) (extra_forbidden)"}},
		{"of older clients", "?batch_id=1", `{"batch_id":"b","prompt":{"model":"m","batch_id":1}}`, "prompt.batch_id",
			[]string{"body/prompt/batch_id: is not known here (extra_forbidden)"}},
		{"no ASCII", "", `{"größe, \"x\"\r\nX-Evil: 1":1}`, "gr__e___x___X-Evil:_1", []string{
			"body/größe, \\\"x\\\"\\nX-Evil: 1: is not known here (extra_forbidden)"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t, func(o *web.Options) { o.Tolerated = []string{"batch_id"} })
			w := h.do("POST", testCall+c.target, c.body)
			if got := w.Header().Get("X-Openloop-Ignored"); w.Code != 200 || got != c.told {
				t.Errorf("%d, told %q, want %q: %s", w.Code, got, c.told, w.Body)
			}
			refuses(t, h.do("POST", testCall+c.target, c.body, "X-Openloop-Strict", "true").Body.String(), c.refused)
			always := newHarness(t, func(o *web.Options) { o.Tolerated, o.Strict = []string{"batch_id"}, true })
			refuses(t, always.do("POST", testCall+c.target, c.body).Body.String(), c.refused)
		})
	}
}

func refuses(t *testing.T, body string, want []string) {
	t.Helper()
	var got []string
	if want != nil {
		got = lines(detailOf(t, body).Errors)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("refused (-want +got):\n%s\n%s", d, body)
	}
}

// A request that is wrong is told, too, what nothing reads of it: that often is what was wrong.
func TestWhatNothingReadsOfABadRequest(t *testing.T) {
	w := newHarness(t).do("POST", testCall, `{"prompt":{"modell":"m"}}`)
	if got := w.Header().Get("X-Openloop-Ignored"); w.Code != 422 || got != "prompt.modell (did you mean model?)" {
		t.Errorf("%d, told %q", w.Code, got)
	}
}

func TestWhatNothingReadsIsBounded(t *testing.T) {
	body := `{"` + strings.Repeat("x", 5000) + `":1` + strings.Repeat(`,"yy":1`, 5000) + `}`
	w := newHarness(t).do("POST", testCall, body)
	want := strings.Repeat("x", 64) + strings.Repeat(", yy", 9) + ", and 4991 more"
	if got := w.Header().Get("X-Openloop-Ignored"); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	w = newHarness(t).do("POST", testCall, body, "X-Openloop-Strict", "1")
	if detail := detailOf(t, w.Body.String()); len(detail.Errors) != 20 || !strings.HasPrefix(detail.Message, "The request has 1000 problems or more: ") {
		t.Errorf("%d errors, %s", len(detail.Errors), detail.Message)
	}
}

func TestStrictModeIsATruthValue(t *testing.T) {
	for value, status := range map[string]int{"true": 422, "1": 422, "on": 422, "false": 200, "0": 200, "": 200, "very": 422} {
		w := newHarness(t).do("POST", testCall, `{"x":1}`, "X-Openloop-Strict", value)
		if w.Code != status {
			t.Errorf("%q: %d, want %d: %s", value, w.Code, status, w.Body)
		}
	}
}

func TestWhatNothingReadsOfAForm(t *testing.T) {
	form := "--b\r\nContent-Disposition: form-data; name=\"fiel\"\r\n\r\nx\r\n--b--\r\n"
	w := newUploads(t).post(t, "multipart/form-data; boundary=b", form)
	if got := w.Header().Get("X-Openloop-Ignored"); got != "fiel (did you mean file?)" || w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d, told %q", w.Code, got)
	}
}
