package vendor

import (
	"slices"
	"strings"
)

// Use says what a setting is for.
type Use int

// The uses of settings.
const (
	Further Use = iota // is read by the vendor's wire
	Key
	BaseURL
	Name // what the vendor is called in messages
)

// Setting is an environment variable of a vendor, or several with one meaning.
type Setting struct {
	Use     Use
	Names   []string
	Meaning string // in Markdown

	Valid func(value string) bool // nil takes every value
	Must  string                  // what Valid demands, to follow the name: "must be a number"
}

// Access is the settings of an operator for a vendor.
type Access struct {
	Key     string            // of several names the first that is set
	BaseURL string            // "" means the vendor's own
	Name    string            // "" means the vendor's own
	Further map[string]string // by variable
}

// Variables returns the settings of v.
func (v *Vendor) Variables() []Setting {
	if v.Settings != nil {
		return v.Settings
	}
	prefix, ofKey, ofURL := strings.ToUpper(v.Slug), "the key", "another base URL; the paths below are appended to it"
	if v.NoKey {
		ofKey = "the key, if your server requires one"
	}
	if v.BaseURL == "" {
		ofURL = "the base URL, required; the paths below are appended to it"
	}
	return []Setting{key(ofKey, prefix+"_API_KEY"), baseURL(prefix+"_BASE_URL", ofURL)}
}

// Variable returns the variable of a use, "" if there is none.
func (v *Vendor) Variable(u Use) string {
	all := v.Variables()
	i := slices.IndexFunc(all, func(s Setting) bool { return s.Use == u })
	if i < 0 {
		return ""
	}
	return all[i].Names[0]
}

func key(meaning string, names ...string) Setting {
	return Setting{Use: Key, Names: names, Meaning: meaning}
}

func baseURL(name, meaning string) Setting {
	return Setting{Use: BaseURL, Names: []string{name}, Meaning: meaning}
}

func further(meaning string, names ...string) Setting {
	return Setting{Names: names, Meaning: meaning}
}

// isLocation reports whether s can be part of the name of a host of Google's.
func isLocation(s string) bool {
	foreign := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	return !strings.ContainsFunc(s, foreign)
}
