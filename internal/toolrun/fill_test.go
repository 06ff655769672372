package toolrun

import (
	"net/url"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// FuzzInputsStayInTheirPlace fills URLs with any inputs. The host, the number of steps of the path and the parameters of the query stay as they are
// in the template, and what is filled in comes out as it went in.
func FuzzInputsStayInTheirPlace(f *testing.F) {
	for _, seed := range []string{"a", "", "a/b", "..", ".", "?x=1", "#", "&k=v", "%2e%2e", "@evil.example/", "//evil.example", "{{key}}", "\r\nHost: x", "é", "\x00", `\`, "a b+c"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, id, q string) {
		g := &given{inputs: map[string]string{"id": id, "q": q}, variables: map[string]string{"key": "k"}}
		u, err := g.url("https://api.example.com/users/{{ id }}/x?q={{q}}&key={{key}}", map[string]json.Value{"more": json.Value(`"{{q}}"`)})
		if err != nil {
			if id != "." && id != ".." {
				t.Fatalf("%q, %q: %v", id, q, err)
			}
			return
		}
		steps := strings.Split(u.EscapedPath(), "/")
		if u.Host != "api.example.com" || u.User != nil || u.Fragment != "" || len(steps) != 4 {
			t.Fatalf("%q leads to %s", id, u)
		}
		step, err := url.PathUnescape(steps[2])
		if err != nil || step != id {
			t.Errorf("%q is %q in the path", id, step)
		}
		if got := u.Query(); len(got) != 3 || got.Get("q") != q || got.Get("more") != q || got.Get("key") != "k" {
			t.Errorf("%q is %v in the query", q, got)
		}
	})
}
