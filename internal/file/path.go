package file

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxPath is the longest path in bytes.
const MaxPath = 1024

// CleanPath checks a path that a caller sent and returns the stored form: no leading or trailing slash. problem is empty, or says in
// one sentence what is wrong with it.
func CleanPath(p string) (clean, problem string) {
	clean = strings.Trim(p, "/")
	switch {
	case clean == "":
		return "", "The path must not be empty."
	case len(clean) > MaxPath:
		return "", "The path is longer than 1024 bytes."
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl):
		return "", "The path holds characters that cannot be printed."
	}
	for segment := range strings.SplitSeq(clean, "/") {
		if strings.TrimSpace(segment) == "" || segment == "." || segment == ".." {
			return "", "Each part of the path between slashes must be a name; it cannot be blank, \".\" or \"..\"."
		}
	}
	return clean, ""
}

// BaseName is the last segment of a path.
func BaseName(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// ParentPath is the path of the directory that p lies in, "" for the root.
func ParentPath(p string) string { return p[:max(strings.LastIndexByte(p, '/'), 0)] }
