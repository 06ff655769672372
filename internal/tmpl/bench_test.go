package tmpl

import (
	"strings"
	"testing"
)

func BenchmarkDefault(b *testing.B) {
	t, err := Parse("You are {{ role }}. Answer {{name}} in {{ language }}, {{ mood }}.", Default)
	if err != nil {
		b.Fatal(err)
	}
	in := Inputs{"role": "a judge", "name": "Ada", "language": "French", "mood": "briefly"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(b.Context(), in, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDefaultText(b *testing.B) {
	t, err := Parse(strings.Repeat("no variable here. ", 100), Default)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(b.Context(), nil, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDefaultParse(b *testing.B) {
	src := strings.Repeat("some text before {{ name }} and {{other}}. ", 50)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(src, Default); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJinja(b *testing.B) {
	t, err := Parse("You are {{ role }}. {% if name %}Answer {{ name }} in {{ language | default('English') }}.{% endif %}", Jinja)
	if err != nil {
		b.Fatal(err)
	}
	in := Inputs{"role": "a judge", "name": "Ada"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(b.Context(), in, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
