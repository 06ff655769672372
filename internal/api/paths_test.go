package api_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

// Fault F7: paths of operations are no ids, for any method, whether this server has the operation or not.
func TestNoIDIsAnOperation(t *testing.T) {
	c, s := readContract(t), start(t, nil)
	for _, o := range c.Operations {
		if strings.Contains(o.Path, "{") || strings.Count(o.Path, "/") < 2 {
			continue
		}
		for _, method := range []string{"GET", "PATCH", "DELETE", "POST", "PUT"} {
			a := s.call(t, method, "/v5"+o.Path, "")
			if a.header.Get("X-Error-Reason") != string(errs.MethodNotAllowed) {
				if a.status == 404 || method != o.Method {
					t.Errorf("%s %s: %d %s", method, o.Path, a.status, a.body)
				}
				continue
			}
			if allow := a.header.Get("Allow"); strings.Contains(allow, "DELETE") {
				t.Errorf("%s %s: Allow %q", method, o.Path, allow)
			}
		}
	}
}
