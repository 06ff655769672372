package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// treePaths reads the whole tree page by page.
func (s *server) treePaths(t *testing.T, query string) (paths []string, pages int) {
	t.Helper()
	for cursor := ""; pages == 0 || cursor != ""; pages++ {
		a := s.call(t, http.MethodGet, "/v5/files/tree?"+query+"&cursor="+url.QueryEscape(cursor), "")
		var page struct {
			Files []struct {
				Path string `json:"path"`
			} `json:"files"`
			Total int    `json:"total"`
			Next  string `json:"next"`
		}
		if err := json.UnmarshalForeign([]byte(a.body), &page); err != nil || a.status != http.StatusOK {
			t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		for _, f := range page.Files {
			paths = append(paths, f.Path)
		}
		cursor = page.Next
	}
	return paths, pages
}

func TestTheTreeIsReadInPages(t *testing.T) {
	s := start(t, nil)
	for _, path := range []string{"b/Same", "a/same", "c", "a/b/x y", "same"} {
		s.call(t, http.MethodPost, "/v5/flows", fmt.Sprintf(`{"path": %q, "attributes": {}}`, path))
	}
	for query, want := range map[string]string{
		"sort=path": "a/b/x y, a/same, b/Same, c, same", "sort=path&order=desc": "same, c, b/Same, a/same, a/b/x y",
		"sort=created_at": "b/Same, a/same, c, a/b/x y, same", "sort=updated_at&order=desc": "same, a/b/x y, c, a/same, b/Same",
		"sort=last_used_at&directory=a/b": "a/b/x y", "q=same%20A": "a/same, b/Same, same",
	} {
		got, pages := s.treePaths(t, query+"&size=2")
		if joined := strings.Join(got, ", "); joined != want || pages != (len(got)+1)/2 {
			t.Errorf("%s: %s in %d pages, want %s", query, joined, pages, want)
		}
	}
	byName, _ := s.treePaths(t, "sort=name&size=1")
	if len(byName) != 5 || byName[0] != "c" || byName[4] != "a/b/x y" {
		t.Errorf("by name: %v", byName)
	}
}

func TestTheTreeHasOneFileByItsID(t *testing.T) {
	s := start(t, nil)
	s.call(t, http.MethodPost, "/v5/flows", `{"path": "a/other", "attributes": {}}`)
	var flow struct {
		ID string `json:"id"`
	}
	made := s.call(t, http.MethodPost, "/v5/flows", `{"path": "a/this", "attributes": {}}`)
	if err := json.UnmarshalForeign([]byte(made.body), &flow); err != nil {
		t.Fatal(err)
	}
	if paths, _ := s.treePaths(t, "id="+flow.ID); !cmp.Equal(paths, []string{"a/this"}) {
		t.Errorf("by id: %v", paths)
	}
	if a := s.call(t, http.MethodGet, "/v5/files/tree?id=fl_0000000000000000000000", ""); a.status != http.StatusNotFound || !strings.Contains(a.body, string(errs.FileNotFound)) {
		t.Errorf("unknown id: %d %s", a.status, a.body)
	}
}

func TestReasonsAreThoseOfTheContract(t *testing.T) {
	var out struct {
		Reasons []struct {
			Reason, Type, Origin string
			Status               int
			Retryable            bool
			ToDo                 []string `json:"to_do"`
		} `json:"reasons"`
	}
	a := start(t, nil).call(t, http.MethodGet, "/v5/reasons", "")
	body := strings.NewReplacer(`"reason"`, `"Reason"`, `"type"`, `"Type"`, `"origin"`, `"Origin"`, `"status"`, `"Status"`, `"retryable"`, `"Retryable"`).Replace(a.body)
	if err := json.UnmarshalForeign([]byte(body), &out); err != nil {
		t.Fatal(err)
	}
	var got []errs.Reason
	origins := map[string]string{}
	for _, r := range out.Reasons {
		reason := errs.Reason(r.Reason)
		got = append(got, reason)
		origins[r.Reason] = r.Origin
		if r.Status != reason.Code() || r.Type != reason.Type() || r.Retryable != reason.Retryable() || len(r.ToDo) == 0 || !strings.HasSuffix(r.ToDo[0], ".") {
			t.Errorf("%+v", r)
		}
	}
	if diff := cmp.Diff(errs.Reasons(), got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	for reason, want := range map[errs.Reason]string{
		errs.ValidationFailed: "caller", errs.RateLimited: "provider", errs.Overloaded: "provider", errs.Internal: "server", errs.GatewayOverloaded: "server",
		errs.BudgetExceeded: "caller", errs.DeploymentChanged: "caller",
	} {
		if origins[string(reason)] != want {
			t.Errorf("%s is the failure of the %s, want %s", reason, origins[string(reason)], want)
		}
	}
}

func TestOnlyAdminsFindKeys(t *testing.T) {
	s := start(t, nil)
	for key, want := range map[string]bool{adminKey: true, developerKey: false, memberKey: false} {
		r := s.request(t, http.MethodGet, "/v5/search?q=the+developer", "")
		r.Header.Set("X-API-KEY", key)
		a := s.send(t, r)
		if got := strings.Contains(a.body, `"api_key"`); a.status != http.StatusOK || got != want {
			t.Errorf("%s: %d %s", key, a.status, a.body)
		}
	}
}

// TestSearchesSeeEveryChange searches after each change of what names are remembered by.
func TestSearchesSeeEveryChange(t *testing.T) {
	s := start(t, nil)
	titles := func() string {
		var out []string
		a := s.call(t, http.MethodGet, "/v5/search?q=needle&type=file&type=directory&type=version", "")
		for part := range strings.SplitSeq(a.body, `"title":"`) {
			title, _, _ := strings.Cut(part, `"`)
			out = append(out, title)
		}
		return strings.Join(out[1:], ", ")
	}
	id := func(body string) string {
		_, rest, _ := strings.Cut(body, `"id":"`)
		one, _, _ := strings.Cut(rest, `"`)
		return one
	}
	f := id(s.call(t, http.MethodPost, "/v5/flows", `{"path": "a/needle", "attributes": {}}`).body)
	if got := titles(); got != "a/needle" {
		t.Errorf("a new File: %s", got)
	}
	s.call(t, http.MethodPatch, "/v5/flows/"+f, `{"path": "a/hay"}`)
	if got := titles(); got != "" {
		t.Errorf("a File that moved: %s", got)
	}
	s.call(t, http.MethodPost, "/v5/flows", `{"path": "a/hay", "version_name": "needle", "attributes": {}}`)
	if got := titles(); got != "needle" {
		t.Errorf("a version with a name: %s", got)
	}
	d := id(s.call(t, http.MethodPost, "/v5/directories", `{"path": "needle"}`).body)
	if got := titles(); got != "needle, needle" {
		t.Errorf("a new directory: %s", got)
	}
	s.call(t, http.MethodDelete, "/v5/directories/"+d, "")
	s.call(t, http.MethodDelete, "/v5/flows/"+f, "")
	if got := titles(); got != "" {
		t.Errorf("what was deleted: %s", got)
	}
}

func TestChangesAreThoseOfTheRange(t *testing.T) {
	s := start(t, nil)
	s.call(t, http.MethodPost, "/v5/flows", `{"path": "a", "attributes": {}, "version_name": "one"}`)
	var got struct {
		Changes []struct {
			Action      string `json:"action"`
			Environment string `json:"environment"`
			File        struct {
				Path string `json:"path"`
			} `json:"file"`
			By struct {
				Name string `json:"name"`
			} `json:"by"`
		} `json:"changes"`
		More bool `json:"more"`
	}
	read := func(query string) string {
		a := s.call(t, http.MethodGet, "/v5/changes"+query, "")
		if err := json.UnmarshalForeign([]byte(a.body), &got); err != nil || a.status != http.StatusOK {
			t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		var out []string
		for _, c := range got.Changes {
			out = append(out, strings.Join([]string{c.Action, c.File.Path, c.Environment, c.By.Name}, " "))
		}
		return fmt.Sprint(strings.Join(out, ", "), " ", got.More)
	}
	for query, want := range map[string]string{
		"":                         "deploy a production the admin, save a  the admin false",
		"?size=1":                  "deploy a production the admin true",
		"?to=2020-01-01T00:00:00Z": " false",
	} {
		if got := read(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	a := s.call(t, http.MethodGet, "/v5/changes?from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z", "")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `"from"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
