package main

import (
	_ "embed"
	"strings"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/llm"
)

// table has a row for each provider, about the endpoint chat.
func table(all []app.Declared) string {
	var b strings.Builder
	b.WriteString("| provider | slug | endpoints |")
	for _, c := range columns() {
		b.WriteString(" " + c.title + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(columns())) + "\n")
	for i := range all {
		for j := range all[i].Endpoints {
			if s := &all[i].Endpoints[j]; s.Endpoint == llm.Chat {
				writeRow(&b, &all[i], s)
			}
		}
	}
	return b.String()
}

func writeRow(b *strings.Builder, d *app.Declared, s *llm.Served) {
	b.WriteString("| [" + d.Display + "](" + d.Slug + ".md)")
	if s.Models != "" {
		b.WriteString(", models of " + s.Models)
	}
	b.WriteString(" | `" + d.Slug + "` | " + endpoints(d) + " |")
	for _, c := range columns() {
		b.WriteString(strings.TrimRight(" "+c.cell(&s.Abilities), " ") + " |")
	}
	b.WriteString("\n")
}

func endpoints(d *app.Declared) string {
	var out []string
	for _, e := range []llm.Endpoint{llm.Chat, llm.Complete, llm.Responses} {
		if serves(d, e) {
			out = append(out, string(e))
		}
	}
	return strings.Join(out, ", ")
}

// index is the page that links to all others.
func index(all []app.Declared) string {
	return header + strings.Replace(overview, "TABLE", table(all), 1)
}

//go:embed overview.txt
var overview string
