package failure

import (
	"html"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// isMarkup reports whether text starts like an HTML or XML document. A tag within a sentence does not count.
func isMarkup(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != '<' {
		return false
	}
	head := wording.Lower(text[:min(len(text), 256)])
	for _, start := range []string{"<!doctype", "<!--", "<?xml"} {
		if strings.HasPrefix(head, start) {
			return true
		}
	}
	name := rootName(head)
	switch name {
	case "html", "head", "body", "title", "h1", "h2", "center", "div", "p", "pre", "script", "meta", "style", "error", "errorresponse", "response":
		return true
	}
	return strings.HasSuffix(name, "exception")
}

// rootName returns the name of the tag that text begins with, or "".
func rootName(text string) string {
	if !strings.HasPrefix(text, "<") {
		return ""
	}
	end := strings.IndexAny(text, " \t\r\n>")
	if end < 0 {
		return ""
	}
	return strings.TrimSuffix(text[1:end], "/")
}

// findMarkup returns where an HTML document begins inside a sentence, or -1.
func findMarkup(text string) int {
	text = wording.Lower(text)
	at := -1
	for _, start := range []string{"<!doctype html", "<html"} {
		if i := strings.Index(text, start); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
}

// describePage returns a short noun phrase for a marked-up document: "an HTML page: 502 Bad Gateway".
func describePage(source string) string {
	noun := "an HTML page"
	if head := wording.Lower(source[:min(len(source), 512)]); !strings.Contains(head, "<html") && !strings.HasPrefix(head, "<!doctype html") &&
		(strings.HasPrefix(head, "<?xml") || strings.HasSuffix(rootName(head), "exception") || strings.HasPrefix(rootName(head), "error")) {
		noun = "an XML document"
	}
	if title := pageTitle(source); title != "" {
		return noun + ": " + title
	}
	return noun
}

// pageTitle returns the title of a page, its first heading, or the message of an XML error.
func pageTitle(source string) string {
	folded := wording.Lower(source)
	for _, tag := range []string{"title", "h1", "message"} {
		if title := elementText(source, folded, tag); title != "" {
			return title
		}
	}
	return ""
}

// elementText returns the text of the first element with the tag, with entities decoded and white space collapsed. folded is source in
// lower case, byte for byte.
func elementText(source, folded, tag string) string {
	start := -1
	for from := 0; start < 0; {
		i := strings.Index(folded[from:], "<"+tag)
		if i < 0 {
			return ""
		}
		from += i + 1 + len(tag)
		if from < len(folded) && strings.IndexByte(" \t\r\n>", folded[from]) >= 0 {
			start = from
		}
	}
	open := strings.IndexByte(folded[start:], '>')
	if open < 0 {
		return ""
	}
	start += open + 1
	end := strings.Index(folded[start:], "</"+tag)
	if end < 0 {
		end = len(source) - start
	}
	text := stripTags(source[start : start+min(end, 4096)])
	text = strings.NewReplacer("<", " ", ">", " ").Replace(html.UnescapeString(text))
	return errs.Clean(strings.Join(strings.Fields(text), " "), 300)
}

func stripTags(source string) string {
	var out strings.Builder
	for source != "" {
		before, after, found := strings.Cut(source, "<")
		out.WriteString(before)
		if !found {
			break
		}
		out.WriteByte(' ')
		_, source, _ = strings.Cut(after, ">")
	}
	return out.String()
}
