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
	id      = regexp.MustCompile(`^[a-z]{2}_[0-9A-Za-z]{21}$`)
	withID  = regexp.MustCompile(`^.*__([a-z]{2}_[0-9A-Za-z]{21})(?:__(.+))?$`)
)

// nameOf returns the name of the tool that a File is: legal for all models, unique, and the same in every list. The segments of its path are
// joined by two underscores. If the path could not be read from that again, as one with blanks, the name ends in the File's id.
func nameOf(f *file.File) string {
	if name := strings.ReplaceAll(f.Path, "/", between); len(name) <= maxName && isPlain(f.Path) {
		return name
	}
	return nameWithID(f)
}

// nameOfPart returns the name of a function of a File that has several. It can be longer than names of Files.
func nameOfPart(f *file.File, function string) string { return nameWithID(f) + between + function }

func nameWithID(f *file.File) string {
	name := illegal.ReplaceAllString(strings.ReplaceAll(f.Path, "/", between), "_")
	return name[:min(len(name), maxName-len(between)-lenID)] + between + f.ID
}

// isPlain reports whether a path can be read from its segments, joined.
func isPlain(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if !plain.MatchString(segment) || id.MatchString(segment) {
			return false
		}
	}
	return true
}

// refOf returns the File that a name means, and the function of it. Whether they are there is not known yet.
func refOf(name string) (ref file.Ref, function string) {
	if found := withID.FindStringSubmatch(name); found != nil {
		return file.Ref{ID: found[1]}, found[2]
	}
	return file.Ref{Path: strings.ReplaceAll(name, between, "/")}, ""
}
