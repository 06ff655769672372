package filesync

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/openloop-server/openloop/internal/file"
)

// checkName says why a name is invalid for a file in a folder, or "".
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

const maxSegment = 255 // bytes, the limit of file systems

// checkSegment says why a name is invalid for a file or folder on some system, or "". Folders move between systems, by git or as an archive, so
// all systems refuse a name that one of them takes for a path, a device or another name. See "Naming Files, Paths, and Namespaces" in
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

// devices are names that Windows takes for devices, with any extension.
var devices = func() map[string]bool {
	all := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}
	for _, digit := range "0123456789¹²³" {
		all["COM"+string(digit)], all["LPT"+string(digit)] = true, true
	}
	return all
}()

// isReserved reports whether the folder of that name holds no Files: that of git, and that of the state.
func isReserved(segment string) bool {
	return strings.EqualFold(segment, ".git") || strings.EqualFold(segment, stateFolder)
}

// spellings finds names that differ only in case. Many systems take them for one file or folder.
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
