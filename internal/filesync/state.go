package filesync

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// stateFolder is the folder of the state, in the synchronized folder.
const stateFolder = ".openloop"

// synced is what a file was when the folder and the server were last in step.
type synced struct {
	ID        string `json:"id"`             // of the File
	VersionID string `json:"version_id"`     // that the file in the folder holds
	Seen      string `json:"seen,omitempty"` // the version that the server used then; "" when none
	Hash      string `json:"hash"`           // of the content, as [file.Seal] makes it
}

// state remembers, for one server, the files by their names in the folder.
type state struct {
	Version int               `json:"version"` // of this format
	Files   map[string]synced `json:"files"`
}

const stateVersion = 1

// stateName is the name of a server's state in the folder.
func stateName(server string) string {
	_, host, _ := strings.Cut(server, "://")
	safe := func(r rune) rune {
		if r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return '_'
	}
	return stateFolder + "/" + strings.Map(safe, strings.ToLower(host)) + ".json"
}

// loadState reads the state of a server. It is empty if the folder was never synchronized with that server.
func loadState(f *folder, name string) (state, error) {
	raw, err := f.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return state{Version: stateVersion, Files: map[string]synced{}}, nil
	}
	if err != nil {
		return state{}, err
	}
	s, ok := parseState(raw)
	if !ok {
		return s, fmt.Errorf(
			"%s cannot be read. If git left marks of a merge in it, settle them; if you delete it, files that differ become conflicts", f.place(name))
	}
	return s, nil
}

func parseState(raw []byte) (state, bool) {
	var s state
	if err := json.Unmarshal(raw, &s); err != nil || s.Version != stateVersion {
		return s, false
	}
	if s.Files == nil {
		s.Files = map[string]synced{}
	}
	return s, true
}

// save writes the state if it changed. Each file has one line, so that git can merge the states of several people.
func (s *state) save(f *folder, name string) error {
	raw, err := s.text()
	if err != nil {
		return err
	}
	old, err := f.read(name)
	if none := errors.Is(err, fs.ErrNotExist); none && len(s.Files) == 0 || !none && bytes.Equal(old, raw) {
		return nil
	}
	return f.write(name, raw)
}

func (s *state) text() ([]byte, error) {
	lines := make([]string, 0, len(s.Files))
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		raw, err := json.Marshal(s.Files[name])
		if err != nil {
			return nil, err
		}
		lines = append(lines, "\n"+string(json.AppendString(nil, name))+": "+string(raw))
	}
	return fmt.Appendf(nil, "{\"version\": %d, \"files\": {%s\n}}\n", s.Version, strings.Join(lines, ",")), nil
}
