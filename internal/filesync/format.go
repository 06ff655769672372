package filesync

import (
	"strings"

	"openloop/internal/file"
	"openloop/internal/promptfile"
)

// format is how Files of a kind look in a folder.
type format struct {
	kind   file.Kind
	suffix string // of the names, after the path
	parse  func(text string) (file.Content, error)
	write  func(c file.Content) (string, error)
}

// formats lists the kinds that can be kept in a folder.
func formats() []format {
	return []format{
		{
			file.PromptKind, ".prompt",
			func(text string) (file.Content, error) { return promptfile.Parse(text) },
			func(c file.Content) (string, error) { return promptfile.Format(c.(*file.Prompt)) },
		},
		{
			file.AgentKind, ".agent",
			func(text string) (file.Content, error) { return promptfile.ParseAgent(text) },
			func(c file.Content) (string, error) { return promptfile.FormatAgent(c.(*file.Agent)) },
		},
	}
}

// formatOf is the format of a kind.
func formatOf(k file.Kind) (format, bool) {
	for _, f := range formats() {
		if f.kind == k {
			return f, true
		}
	}
	return format{}, false
}

// splitName is the path of the File that a name in the folder stands for. It is false for names of other things.
func splitName(name string) (path string, f format, ok bool) {
	for _, f := range formats() {
		if path, ok := strings.CutSuffix(name, f.suffix); ok && path != "" && !strings.HasSuffix(path, "/") {
			return path, f, true
		}
	}
	return "", format{}, false
}
