package main

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/llm"
)

// page is the page of one provider.
func page(root string, d *app.Declared, notes string) (string, error) {
	translated, err := translation(root, d)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(header)
	b.WriteString("# " + d.Display + "\n\n")
	b.WriteString("A Prompt names it as the `provider` `" + d.Slug + "`. " + called(d) + "\n\n")
	b.WriteString("```sh\ncall /prompts/call -d '{\"path\": \"tour/" + d.Slug + "\", \"prompt\": {\"provider\": \"" + d.Slug + "\", \"model\": \"" +
		d.Example + "\"},\n  \"messages\": [{\"role\": \"user\", \"content\": \"Hello!\"}]}'\n```\n\n")
	writeSettings(&b, d)
	writeEndpoints(&b, d)
	writeAbilities(&b, d)
	b.WriteString("## Refused\n\n" + refused(d) + "\n")
	b.WriteString("## Translation\n\n" + translated)
	b.WriteString("## Notes\n\n" + marked("notes", cmp.Or(notes, "\n")))
	return b.String(), nil
}

// called says where calls go.
func called(d *app.Declared) string {
	switch {
	case d.Wire == "mock":
		return "Every server has it. It needs no key and no network."
	case d.BaseURL == "":
		return "It has no default base URL. Set one."
	default:
		return "Calls go to `" + d.BaseURL + "` unless you set another base URL."
	}
}

func writeSettings(b *strings.Builder, d *app.Declared) {
	rows := d.Variables()
	if len(rows) == 0 {
		return
	}
	b.WriteString("## Settings\n\n| variable | meaning |\n|---|---|\n")
	for _, s := range rows {
		b.WriteString("| `" + strings.Join(s.Names, "`, `") + "` | " + s.Meaning + " |\n")
	}
	b.WriteString("\nYou can also [store a key](../provider-keys.md), or send one with a call as `provider_api_keys." + d.Slug + "`" +
		ofURL(d) + ".\n\n")
}

// ofURL names the endpoint that a call may send with its key.
func ofURL(d *app.Declared) string {
	if !d.TakesURL {
		return ""
	}
	return ", with its endpoint as `provider_api_keys." + d.Slug + "_endpoint`"
}

// settingsTable lists the settings of all providers, with links from the folder docs.
func settingsTable(all []app.Declared) string {
	var b strings.Builder
	b.WriteString("| provider | variables |\n|---|---|\n")
	for i := range all {
		var names []string
		for _, s := range all[i].Variables() {
			names = append(names, s.Names...)
		}
		if names != nil {
			b.WriteString("| [" + all[i].Display + "](providers/" + all[i].Slug + ".md) | `" + strings.Join(names, "`, `") + "` |\n")
		}
	}
	return b.String()
}

func writeEndpoints(b *strings.Builder, d *app.Declared) {
	b.WriteString("## Endpoints\n\n| `endpoint` of the Prompt | path below the base URL |\n|---|---|\n")
	for i := range d.Endpoints {
		s := &d.Endpoints[i]
		b.WriteString("| " + titleOf(s) + " |")
		if s.Path != "" {
			b.WriteString(" `" + s.Path + "`")
		}
		b.WriteString(" |\n")
	}
	b.WriteString("\n")
	if d.Embeds != "" {
		b.WriteString("[Embeddings](../openai.md#embeddings) are made at `" + d.Embeds + "`.\n\n")
	}
	if d.Counts != "" {
		b.WriteString("[Tokens](../anthropic.md#counting) are counted at `" + d.Counts + "`.\n\n")
	}
}

// titleOf is the title of an endpoint.
func titleOf(s *llm.Served) string {
	if s.Models == "" {
		return "`" + string(s.Endpoint) + "`"
	}
	return "`" + string(s.Endpoint) + "`, models of " + s.Models
}

func writeAbilities(b *strings.Builder, d *app.Declared) {
	b.WriteString("## Abilities\n\nWhat the API supports. A single model may support less.\n\n| |")
	for i := range d.Endpoints {
		b.WriteString(" " + titleOf(&d.Endpoints[i]) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(d.Endpoints)) + "\n")
	for _, row := range abilities() {
		b.WriteString("| " + row.title + " |")
		for i := range d.Endpoints {
			if row.has(&d.Endpoints[i].Abilities) {
				b.WriteString(" " + yes)
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// refused lists what Openloop refuses without a call.
func refused(d *app.Declared) string {
	if d.Lenient {
		return "It refuses nothing, and ignores what it does not use.\n"
	}
	var b strings.Builder
	b.WriteString("Openloop refuses these with [`unsupported_parameter`](README.md#what-a-provider-does-not-take), and sends nothing to the provider:\n\n")
	for i := range d.Endpoints {
		s := &d.Endpoints[i]
		b.WriteString("- " + titleOf(s) + ": " + cmp.Or(strings.Join(refusals(&s.Abilities), ", "), "nothing") + "\n")
	}
	if missing := unserved(d); missing != "" {
		b.WriteString("- as `endpoint`: " + missing + "\n")
	}
	b.WriteString(ignored(d))
	return b.String()
}

// ignored lists what calls of other vendors' clients may have to no effect.
func ignored(d *app.Declared) string {
	for i := range d.Endpoints {
		if s := &d.Endpoints[i]; s.Endpoint == llm.Chat {
			if all := s.Ignores(); all != nil {
				return "\nIgnored on `chat`, and told to clients of OpenAI and Anthropic in `X-Openloop-Ignored`: `" + strings.Join(all, "`, `") + "`\n"
			}
			return ""
		}
	}
	return ""
}

func unserved(d *app.Declared) string {
	var out []string
	for _, e := range []llm.Endpoint{llm.Complete, llm.Responses, llm.Edit} {
		if !serves(d, e) {
			out = append(out, "`"+string(e)+"`")
		}
	}
	return strings.Join(out, ", ")
}

func serves(d *app.Declared, e llm.Endpoint) bool {
	for i := range d.Endpoints {
		if d.Endpoints[i].Endpoint == e {
			return true
		}
	}
	return false
}

// translation describes how a Prompt becomes a request.
func translation(root string, d *app.Declared) (string, error) {
	var b strings.Builder
	if d.Wire != "openai" || d.Slug == "openai" {
		said, err := comments(root, d.Wire)
		if err != nil {
			return "", err
		}
		b.WriteString(said)
	} else {
		b.WriteString("The provider uses OpenAI's wire format. The [rules for OpenAI](openai.md#translation) apply, and these:\n\n")
	}
	for _, q := range d.Quirks {
		b.WriteString("- " + q + "\n")
	}
	if len(d.Quirks) > 0 {
		b.WriteString("\n")
	}
	return b.String(), nil
}
