package mcp

import (
	"regexp"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
)

const (
	between = "__" // the segments of a path
	maxName = 64   // characters, which all models take
	lenID   = 24   // of a File: a prefix of two characters, an underscore, and 21
)

var (
	illegal = regexp.MustCompile(`[^A-Za-z0-9_-]`)
	plain   = regexp.MustCompile(`^[A-Za-z0-9-]+(_[A-Za-z0-9-]+)*$`)
)

// nameOf returns the name of the tool that a File is: legal for all models, unique, and the same in every list. The segments of its path are
// joined by two underscores. If the path could not be read from that again, as one with blanks, the name ends in the File's id.
func nameOf(f *file.File) string {
	if name := strings.ReplaceAll(f.Path, "/", between); len(name) <= maxName && isPlain(f.Path) {
		return name
	}
	name := illegal.ReplaceAllString(strings.ReplaceAll(f.Path, "/", between), "_")
	return name[:min(len(name), maxName-len(between)-lenID)] + between + f.ID
}

// isPlain reports whether a path can be read from its segments, joined.
func isPlain(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if !plain.MatchString(segment) {
			return false
		}
	}
	return !isID(file.BaseName(path))
}

// refOf returns the File that a name means. Whether there is one is not known yet.
func refOf(name string) file.Ref {
	if at := strings.LastIndex(name, between); at >= 0 && isID(name[at+len(between):]) {
		return file.Ref{ID: name[at+len(between):]}
	}
	return file.Ref{Path: strings.ReplaceAll(name, between, "/")}
}

func isID(text string) bool {
	_, known := file.KindOfID(text)
	return known && len(text) == lenID
}
