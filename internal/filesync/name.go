package filesync

import (
	"fmt"
	"path/filepath"
	"strings"

	"openloop/internal/file"
)

// checkName says why a name cannot be that of a file in a folder, or "".
func checkName(name string) string {
	if clean, problem := file.CleanPath(name); problem != "" || clean != name {
		return "the name is no path of a File"
	}
	if _, err := filepath.Localize(name); err != nil {
		return "this system has no files of that name"
	}
	for segment := range strings.SplitSeq(name, "/") {
		if isReserved(segment) {
			return fmt.Sprintf("a folder cannot keep what lies in %q", segment)
		}
	}
	return ""
}

// isReserved reports whether a folder of that name is not ours to read or write: git's, and the one of the state.
func isReserved(segment string) bool {
	return strings.EqualFold(segment, ".git") || strings.EqualFold(segment, stateFolder)
}

// spellings finds names that differ in upper and lower case alone, which many systems take for one file or folder.
type spellings map[string]string

// add returns "", or the other spelling of the name or of a folder in it that was added before.
func (s spellings) add(name string) (other string) {
	for end := range len(name) + 1 {
		if end < len(name) && name[end] != '/' {
			continue
		}
		part := name[:end]
		lower := strings.ToLower(part)
		if known, ok := s[lower]; ok && known != part {
			return known
		}
		s[lower] = part
	}
	return ""
}
