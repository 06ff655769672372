package markup_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/web/markup"
)

func TestWhatIsAddedIsEscaped(t *testing.T) {
	var p markup.Page
	p.Add(`<a href="/%s">%s %s</a>`, `"><script>`, 3, markup.HTML("<b>é</b>"))
	p.Add("%s", markup.Prose("a `<b>` & c"))
	const want = `<a href="/&#34;&gt;&lt;script&gt;">3 <b>é</b></a>a <code>&lt;b&gt;</code> &amp; c`
	if got := p.HTML(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
