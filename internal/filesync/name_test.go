package filesync

import (
	"strings"
	"testing"
)

func TestSplitName(t *testing.T) {
	for name, want := range map[string]string{
		"a.prompt": "a", "a/b c.agent": "a/b c", "v1.2.prompt": "v1.2", "a.prompt.prompt": "a.prompt",
		"a": "", "a.md": "", ".prompt": "", "a/.prompt": "", "a.PROMPT": "",
	} {
		if path, _, ok := splitName(name); path != want || ok != (want != "") {
			t.Errorf("%s is the file of %q, %v", name, path, ok)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, fine := range map[string]bool{
		"a.prompt": true, "a/b/c d.prompt": true, ".hidden/a.prompt": true, "ü/😀.prompt": true, "...prompt": true,
		"../a.prompt": false, "a/../../b.prompt": false, "/a.prompt": false, "a//b.prompt": false, "./a.prompt": false, "a/ /b.prompt": false,
		"a\x00.prompt": false, "a\n.prompt": false, "\xff.prompt": false,
		// Fault E8: what one system takes for a path, a device or another name.
		`..\..\x.prompt`: false, `a\b.prompt`: false, `C:\x.prompt`: false, "c:x.prompt": false, "c:/x.prompt": false, "ab:c.prompt": true,
		"con.prompt": false, "a/NUL/b.prompt": false, "Com1.x.prompt": false, "lpt9.prompt": false, "COM².prompt": false, "aux .prompt": false, "conin$.prompt": false,
		"console.prompt": true, "com.prompt": true, "com10.prompt": true, "a./b.prompt": false, "a /b.prompt": false, "a..prompt": true,
		"a\u202egpj.prompt": false, "a\u2066b/c.prompt": false, "a\u200e.prompt": false, "a\u0085.prompt": false, "a\u2028b.prompt": false, "👩\u200d💻.prompt": true,
		strings.Repeat("a", 248) + ".prompt": true, strings.Repeat("a", 249) + ".prompt": false, strings.Repeat("é", 128) + "/b.prompt": false,
		".git/a.prompt": false, "a/.GIT/b.prompt": false, ".openloop/a.prompt": false, ".Openloop/a.prompt": false,
	} {
		if problem := checkName(name); (problem == "") != fine {
			t.Errorf("checkName(%q) is %q", name, problem)
		}
	}
}

func TestSpellings(t *testing.T) {
	s := spellings{}
	for _, c := range []struct{ name, other string }{
		{"support/greet.prompt", ""},
		{"support/greet.prompt", ""},
		{"support/Greet.prompt", "support/greet.prompt"},
		{"Support/bye.prompt", "support"},
		{"support/greet.agent", ""},
		{"ÄÖ.prompt", ""},
		{"äö.prompt", "ÄÖ.prompt"},
	} {
		if other := s.add(c.name); other != c.other {
			t.Errorf("%s is taken for %q, want %q", c.name, other, c.other)
		}
	}
}
