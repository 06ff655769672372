package filesync

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

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
		if problem := checkSegment(segment); problem != "" {
			return problem
		}
	}
	return ""
}

const maxSegment = 255 // bytes; what file systems take of a name

// checkSegment says why not all systems can have a file or folder of that name, or "". A folder goes from one to another, by git or as an
// archive, so what one of them takes for a path, a device or another name is refused on all. See "Naming Files, Paths, and Namespaces" in
// Microsoft's documentation of Windows.
func checkSegment(segment string) string {
	base, _, _ := strings.Cut(segment, ".")
	switch {
	case len(segment) > maxSegment:
		return fmt.Sprintf("a name in it is longer than %d bytes", maxSegment)
	case strings.Contains(segment, `\`):
		return "a backslash is no part of a file's name on all systems"
	case len(segment) > 1 && segment[1] == ':' && isLetter(segment[0]):
		return "it looks like a drive of Windows"
	case devices[strings.ToUpper(strings.TrimRight(base, " "))]:
		return fmt.Sprintf("%q is a device on Windows", base)
	case strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " "):
		return "a name in it ends with a point or a blank, which not all systems keep"
	case strings.ContainsFunc(segment, isUnprintable):
		return "it has characters that cannot be seen: controls, or ones that turn the direction of writing"
	default:
		return ""
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isUnprintable(c rune) bool {
	return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028' || c == '\u2029'
}

// devices are names that Windows takes for devices, with any ending.
var devices = func() map[string]bool {
	all := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}
	for _, digit := range "0123456789¹²³" {
		all["COM"+string(digit)], all["LPT"+string(digit)] = true, true
	}
	return all
}()

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
