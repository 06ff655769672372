package main

import (
	"strings"

	"openloop/internal/app"
	"openloop/internal/llm"
)

// table is a row for each provider, with a link to its page below path. It is about the endpoint chat.
func table(all []app.Declared, path string) string {
	var b strings.Builder
	b.WriteString("| provider | slug | endpoints |")
	for _, c := range columns() {
		b.WriteString(" " + c.title + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(columns())) + "\n")
	for i := range all {
		for j := range all[i].Endpoints {
			if s := &all[i].Endpoints[j]; s.Endpoint == llm.Chat {
				writeRow(&b, &all[i], s, path)
			}
		}
	}
	return b.String()
}

func writeRow(b *strings.Builder, d *app.Declared, s *llm.Served, path string) {
	b.WriteString("| [" + d.Display + "](" + path + d.Slug + ".md)")
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

// index is the page that leads to all others.
func index(all []app.Declared) string {
	return header + `# Providers

One call for all of them: a Prompt names a ` + "`provider`" + ` and a ` + "`model`" + `, and says the rest in the same words everywhere. What can be asked for
depends on the provider; what a single model can do is up to that model. The examples use the shell function ` + "`call`" + ` of the
[tour](../../README.md#a-five-minute-tour).

` + table(all, "") + `
The columns are about the endpoint ` + "`chat`" + `; each provider's page tells of the others.

- **images**: by their URL, and as base64 data URIs.
- **tool calls**: whether a call can be demanded (` + "`tool_choice`" + `), and whether there may be several in one answer.
- **JSON**: a ` + "`response_format`" + ` of type ` + "`json_object`" + `, and of type ` + "`json_schema`" + `.
- **effort**: a ` + "`reasoning_effort`" + ` as a level, and as a number of tokens.
- **reasoning**: comes out as ` + "`thinking`" + ` of the message, and goes back in later turns, with the signatures that providers ask for.
- **cached**: input that was read from the provider's cache is counted and billed apart.

## What a provider does not take

A parameter that the provider has no place for is refused with the reason ` + "`unsupported_parameter`" + ` and its name in ` + "`param`" + `, before anything
is sent. Each ability in the table is held to by recorded calls, and each refusal by a test. Members of a Prompt's ` + "`other`" + ` go into the
provider's request as they are, and win over what is translated.

## What goes wrong

All failures are told in one contract, whichever provider it is; the server explains each reason under ` + "`/docs/errors`" + `.

| what is wrong | reason |
|---|---|
| the provider is none of these | ` + "`unknown_provider`" + ` |
| there is no key for it, or no base URL where one is needed | ` + "`provider_key_missing`" + ` |
| the key is wrong, expired or revoked | ` + "`invalid_api_key`" + ` |
| the key may not call this model | ` + "`permission_denied`" + ` |
| the model does not exist | ` + "`model_not_found`" + ` |
| the base URL leads to something else, or to a private address that calls may not use | ` + "`endpoint_not_found`" + ` |
| nothing answers at the base URL | ` + "`provider_unreachable`" + ` |
| the provider does not serve this country or region | ` + "`region_not_supported`" + ` |

What a provider answers can be tried without a key: the model ` + "`error/REASON`" + ` of the provider [` + "`mock`" + `](mock.md) fails as a real one would.
`
}
