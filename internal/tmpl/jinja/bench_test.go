package jinja

import "testing"

func BenchmarkChatTemplate(b *testing.B) {
	g := readGoldens(b)
	src := `{% for message in messages %}{% if message.role == 'user' %}[INST] {{ message.content }} [/INST]{% else %}{{ message.content | trim }}{% endif %}{% endfor %}`
	lookup := lookupIn(b, g.Inputs)
	t, err := Parse(src)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(b.Context(), lookup, testLimits); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src := `{% for message in messages %}{% if message.role == 'user' %}[INST] {{ message.content }} [/INST]{% else %}{{ message.content | trim }}{% endif %}{% endfor %}`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVariable(b *testing.B) {
	t, err := Parse("Hello {{ name }}, how are you {{ when }}?")
	if err != nil {
		b.Fatal(err)
	}
	lookup := func(string) (any, bool) { return "Ada", true }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(b.Context(), lookup, testLimits); err != nil {
			b.Fatal(err)
		}
	}
}
