package web_test

import (
	"net/http"
	"testing"
)

// TestKeys states which key of a request counts: of several that differ the first that is known, unless one comes in the header that counts alone.
func TestKeys(t *testing.T) {
	const member, other = "hl_sk_member", "sk-of-somebody-else"
	for _, test := range []struct {
		headers []string
		want    int
	}{
		{[]string{"X-Api-Key", member}, http.StatusOK},
		{[]string{"Authorization", "Bearer " + member}, http.StatusOK},
		{[]string{"Api-Key", member}, http.StatusOK},
		{[]string{"X-Api-Key", other, "Authorization", "Bearer " + member}, http.StatusOK},
		{[]string{"X-Api-Key", member, "Authorization", "Bearer " + other}, http.StatusOK},
		{[]string{"X-Api-Key", other, "Authorization", "Bearer " + other, "Api-Key", member}, http.StatusOK},
		{[]string{"X-Api-Key", member, "Authorization", "Basic YTpi"}, http.StatusOK},
		{[]string{"X-Api-Key", "two words", "Api-Key", member}, http.StatusOK},
		{[]string{"X-Openloop-Key", member, "X-Api-Key", other}, http.StatusOK},
		{[]string{"X-Openloop-Key", other, "X-Api-Key", member}, http.StatusUnauthorized},
		{[]string{"X-Api-Key", other, "Authorization", "Bearer " + other + "2"}, http.StatusUnauthorized},
		{[]string{"Authorization", "Basic YTpi"}, http.StatusUnauthorized},
		{nil, http.StatusUnauthorized},
	} {
		w := newHarness(t).do("POST", testCall, `{}`, append([]string{"X-Api-Key", ""}, test.headers...)...)
		if w.Code != test.want {
			t.Errorf("%v: %d %s", test.headers, w.Code, w.Body)
		}
	}
}
