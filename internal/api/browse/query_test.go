package browse

import (
	"strings"
	"testing"
)

func TestMatches(t *testing.T) {
	const id, path = "pr_0VcPdITNx", "Support/Mail-Reply/größe"
	for q, want := range map[string]match{
		id: atID, "support/mail-reply/größe": atPath, "/SUPPORT/mail-reply/größe/": atPath, "sup": atStart, "Support/mail": atStart, "pr_0Vc": atStart,
		"mail": atWords, "reply support": atWords, "REPLY": atWords, "größ": atWords, "about": atWords, "mail about": atWords,
		"ail": inside, "mail ply": inside, "öße": inside, "bout": inside,
		"nope": noMatch, "mail nope": noMatch, "pr_": noMatch, "pr_0": noMatch, "PR_0VCPDITNX": noMatch, " ": noMatch, "/": noMatch,
	} {
		query := queryOf(q)
		if got := query.matches(id, strings.ToLower(path), "all about it"); got != want {
			t.Errorf("%q matches by %q, want %q", q, got, want)
		}
	}
}

func TestAWordIsFoundBehindAnInsideMatch(t *testing.T) {
	if got := placeIn("email/mail", "mail"); got != atWords {
		t.Errorf("it is found by %q", got)
	}
}
