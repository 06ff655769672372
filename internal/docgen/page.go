package main

import (
	"cmp"
	"strings"

	"openloop/internal/llm"
	"openloop/internal/llm/failure"
)

// page is the page of one provider.
func page(root string, d *llm.Declaration, notes string) (string, error) {
	translated, err := translation(root, d)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(header)
	b.WriteString("# " + display(d) + "\n\n")
	b.WriteString("A Prompt names it as the `provider` `" + d.Slug + "`. " + called(d) + "\n\n")
	b.WriteString("```sh\ncall /prompts/call -d '{\"path\": \"tour/" + d.Slug + "\", \"prompt\": {\"provider\": \"" + d.Slug + "\", \"model\": \"" +
		examples()[d.Slug] + "\"},\n  \"messages\": [{\"role\": \"user\", \"content\": \"Hello!\"}]}'\n```\n\n")
	writeSettings(&b, d)
	writeEndpoints(&b, d)
	writeAbilities(&b, d)
	b.WriteString("## Refused\n\n" + refused(d) + "\n")
	b.WriteString("## Translation\n\n" + translated)
	b.WriteString("## Notes\n\n" + marked("notes", cmp.Or(notes, "\n")))
	return b.String(), nil
}

func display(d *llm.Declaration) string { return failure.VendorOf(d.Slug).Display }

// called says where calls go.
func called(d *llm.Declaration) string {
	switch {
	case d.Slug == "mock":
		return "Every server has it. It needs no key and no network."
	case d.BaseURL == "":
		return "It has no default base URL. Set one."
	default:
		return "Calls go to `" + d.BaseURL + "` unless you set another base URL."
	}
}

func writeSettings(b *strings.Builder, d *llm.Declaration) {
	rows := settings(d)
	if len(rows) == 0 {
		return
	}
	b.WriteString("## Settings\n\n| variable | meaning |\n|---|---|\n")
	for _, s := range rows {
		b.WriteString("| `" + strings.Join(s.names, "`, `") + "` | " + s.meaning + " |\n")
	}
	b.WriteString("\nYou can also [store a key](../provider-keys.md), or send one with a call as `provider_api_keys." + d.Slug + "`" +
		ofAzure(d) + ".\n\n")
}

// ofAzure names the endpoint that a call may send with its key.
func ofAzure(d *llm.Declaration) string {
	if d.Slug != "openai_azure" {
		return ""
	}
	return ", with its endpoint as `provider_api_keys.openai_azure_endpoint`"
}

func writeEndpoints(b *strings.Builder, d *llm.Declaration) {
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

// titleOf is the title of an endpoint.
func titleOf(s *llm.Served) string {
	if s.Models == "" {
		return "`" + string(s.Endpoint) + "`"
	}
	return "`" + string(s.Endpoint) + "`, models of " + s.Models
}

func writeAbilities(b *strings.Builder, d *llm.Declaration) {
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
func refused(d *llm.Declaration) string {
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
	return b.String()
}

func unserved(d *llm.Declaration) string {
	var out []string
	for _, e := range []llm.Endpoint{llm.Complete, llm.Responses, llm.Edit} {
		if !serves(d, e) {
			out = append(out, "`"+string(e)+"`")
		}
	}
	return strings.Join(out, ", ")
}

func serves(d *llm.Declaration, e llm.Endpoint) bool {
	for i := range d.Endpoints {
		if d.Endpoints[i].Endpoint == e {
			return true
		}
	}
	return false
}

// translation describes how a Prompt becomes a request.
func translation(root string, d *llm.Declaration) (string, error) {
	var b strings.Builder
	pkg, own := sources()[d.Slug]
	if own {
		said, err := comments(root, pkg)
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
