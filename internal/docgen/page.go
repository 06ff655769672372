package main

import (
	"cmp"
	"strings"

	"openloop/internal/app"
	"openloop/internal/llm"
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
	b.WriteString("The provider `" + d.Slug + "` of a Prompt. " + called(d) + "\n\n")
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

// called says where calls go, and how they get in.
func called(d *app.Declared) string {
	switch {
	case d.Wire == "mock":
		return "It needs no key and no network, and is part of every server."
	case d.BaseURL == "":
		return "It has no base URL of its own: set one."
	default:
		return "Calls go to `" + d.BaseURL + "` unless another base URL is set."
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
	b.WriteString("\nA key can also be [stored](../provider-keys.md), and a call may bring one of its own as `provider_api_keys." + d.Slug + "`" +
		ofURL(d) + ".\n\n")
}

// ofURL says what a call may bring besides its key.
func ofURL(d *app.Declared) string {
	if !d.TakesURL {
		return ""
	}
	return ", with its endpoint as `provider_api_keys." + d.Slug + "_endpoint`"
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
}

// titleOf names an endpoint.
func titleOf(s *llm.Served) string {
	if s.Models == "" {
		return "`" + string(s.Endpoint) + "`"
	}
	return "`" + string(s.Endpoint) + "`, models of " + s.Models
}

func writeAbilities(b *strings.Builder, d *app.Declared) {
	b.WriteString("## Abilities\n\nWhat can be asked for; not every model has it all.\n\n| |")
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

// refused says what is refused before a call is made.
func refused(d *app.Declared) string {
	if d.Lenient {
		return "Nothing is: what it has no use for is ignored.\n"
	}
	var b strings.Builder
	b.WriteString("With the reason [`unsupported_parameter`](README.md#what-a-provider-does-not-take), before anything is sent:\n\n")
	for i := range d.Endpoints {
		s := &d.Endpoints[i]
		b.WriteString("- " + titleOf(s) + ": " + cmp.Or(strings.Join(refusals(&s.Abilities), ", "), "nothing") + "\n")
	}
	if missing := unserved(d); missing != "" {
		b.WriteString("- as `endpoint`: " + missing + "\n")
	}
	return b.String()
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

// translation says how a Prompt becomes a request.
func translation(root string, d *app.Declared) (string, error) {
	var b strings.Builder
	if d.Wire != "openai" || d.Slug == "openai" {
		said, err := comments(root, d.Wire)
		if err != nil {
			return "", err
		}
		b.WriteString(said)
	} else {
		b.WriteString("It speaks OpenAI's wire format, so what is said of [OpenAI](openai.md#translation) holds, and this:\n\n")
	}
	for _, q := range d.Quirks {
		b.WriteString("- " + q + "\n")
	}
	if len(d.Quirks) > 0 {
		b.WriteString("\n")
	}
	return b.String(), nil
}
