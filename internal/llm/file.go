package llm

import (
	"encoding/base64"
	"strings"
)

// File is a document in a message: its text, its data, or where it is.
type File struct {
	Name string `json:"filename,omitempty"`
	Data string `json:"file_data,omitempty"` // a `data:<media type>;base64,…` URI
	URL  string `json:"file_url,omitempty"`  // http or https
	Text string `json:"text,omitempty"`      // of a document that is a text
}

// Audio is sound in a message.
type Audio struct {
	Data   string `json:"data"`   // in base64
	Format string `json:"format"` // "wav" or "mp3"
}

// Cache is a mark in a request: what stands before it is the same in the next one, so the provider is to keep it in its cache.
type Cache struct {
	TTL  string // how long, as "1h"; "" for the provider's usual time
	Type string // "" for ephemeral, the only one known
}

// Inline splits the data of f. ok is false if it is no data URI in base64.
func (f *File) Inline() (mediaType, data string, ok bool) { return ImageURL{URL: f.Data}.Inline() }

// isText reports whether f is a text, which every model can read.
func (f *File) isText() bool { return f.Data == "" && f.URL == "" }

// isBinary reports whether f is no text.
func (f *File) isBinary() bool { return !f.Plain().isText() }

// Plain returns f with its text in place of its data, if that is a text in UTF-8 by its media type.
func (f *File) Plain() *File {
	mediaType, data, ok := f.Inline()
	if !ok || !strings.HasPrefix(mediaType, "text/") && mediaType != "application/json" {
		return f
	}
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return f
	}
	return &File{Name: f.Name, Text: string(text)}
}

// told returns f, which is a text, as a part that is one.
func (f *File) told() Part {
	if f.Name == "" {
		return Part{Type: TextPart, Text: f.Text}
	}
	return Part{Type: TextPart, Text: f.Name + paragraph + f.Text}
}

// has reports whether a message of r has a part for which is returns true.
func (r *Request) has(is func(*Part) bool) bool {
	for i := range r.Messages {
		for j := range r.Messages[i].Content.Parts {
			if is(&r.Messages[i].Content.Parts[j]) {
				return true
			}
		}
	}
	return false
}

// maxMarks is how many marks of caches a request may have.
const maxMarks = 4

// marks returns the places of the marks of r, in the order of what they stand behind. r and what it points to can be written through them.
func (r *Request) marks() (out []**Cache) {
	add := func(c **Cache) {
		if *c != nil {
			out = append(out, c)
		}
	}
	for i := range r.Tools {
		add(&r.Tools[i].Cache)
	}
	for i := range r.Messages {
		m := &r.Messages[i]
		for j := range m.Content.Parts {
			add(&m.Content.Parts[j].Cache)
		}
		add(&m.Cache)
	}
	add(&r.Cache)
	return out
}

// keepMarks removes all marks but the last n.
func (r *Request) keepMarks(n int) {
	all := r.marks()
	for _, c := range all[:max(0, len(all)-n)] {
		*c = nil
	}
}

// caches reports whether r has a mark.
func (r *Request) caches() bool { return len(r.marks()) > 0 }
