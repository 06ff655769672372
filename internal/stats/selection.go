package stats

import (
	"slices"

	"github.com/openloop-server/openloop/internal/file"
)

// Selection says which series count. Of each list, nil means all, and otherwise a series must have one of its values.
type Selection struct {
	Files, Versions                                                     []int64
	Kinds                                                               []file.Kind
	Sources, Environments, Providers, Models, APIKeys, Origins, Reasons []string
	Failed                                                              bool // only failures
}

// Has reports whether s counts.
func (sel *Selection) Has(s *Series) bool {
	return among(sel.Files, s.File) && among(sel.Versions, s.Version) && among(sel.Kinds, s.Kind) && among(sel.Sources, s.Source) &&
		among(sel.Environments, s.Environment) && among(sel.Providers, s.Provider) && among(sel.Models, s.Model) &&
		among(sel.APIKeys, s.APIKey) && among(sel.Origins, s.Origin) && among(sel.Reasons, s.Reason) && (s.Failed || !sel.Failed)
}

func among[T comparable](list []T, value T) bool { return list == nil || slices.Contains(list, value) }
