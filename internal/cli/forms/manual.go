package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/openloop-server/openloop/internal/app"
)

// man prints the manual page, made of the table of commands, in the format of man(7).
func man(_ context.Context, e *Env, args []string) error {
	if len(args) > 0 {
		_, _ = fmt.Fprint(e.Stderr, "usage: openloop man\n\nPrints the manual page: openloop man > openloop.1\n")
		return usageOf(args)
	}
	page := manual{e: &Env{Stderr: io.Discard}}
	page.write(commands())
	_, err := io.WriteString(e.Stdout, page.text.String())
	return err
}

// manual is a page of the manual that is being written.
type manual struct {
	e    *Env // without settings, so that the page is the same on every machine
	text strings.Builder
}

func (m *manual) write(all []command) {
	m.macro("TH", "OPENLOOP", "1", "", "Openloop "+app.Version, "")
	m.macro("SH", "NAME")
	m.line("openloop - the server between a product and every LLM")
	m.macro("SH", "SYNOPSIS")
	m.macro("B", "openloop")
	m.line("COMMAND [flags] [arguments]")
	m.macro("SH", "COMMANDS")
	m.line("openloop help COMMAND says how a command is used.")
	for i := range all {
		m.command(&all[i])
	}
	m.macro("SH", "ENVIRONMENT")
	m.line("All settings of the server are environment variables; docs/settings.md lists them. Commands that call a server read these:")
	m.entry("OPENLOOP_URL", "the URL of the server; "+defaultServer+" if it is not set")
	m.entry("OPENLOOP_API_KEY", "an API key of the server")
	m.macro("SH", "EXIT STATUS")
	m.line("0 is success, 1 a failure, 2 a wrong argument. The codes of openloop eval and openloop doctor are their own; their usages say what they mean.")
}

func (m *manual) command(c *command) {
	m.macro("SS", "openloop "+c.name)
	m.line(strings.ToUpper(c.summary[:1]) + c.summary[1:] + ".")
	for i := range c.forms {
		f := &c.forms[i]
		flags := f.all(m.e)
		if f.word == "" && f.takes == "" && len(flags) == 0 {
			continue
		}
		synopsis := strings.Join(strings.Fields("openloop "+c.name+" "+f.word+" "+f.takes), " ")
		if len(flags) > 0 {
			synopsis += " [flags]"
		}
		m.macro("PP", "")
		m.macro("B", synopsis)
		for _, one := range flags {
			m.flag(one)
		}
	}
}

func (m *manual) flag(f *flag.Flag) {
	value, usage := flag.UnquoteUsage(f)
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
		usage += " (" + f.DefValue + " if it is not given)"
	}
	m.entry(strings.TrimSpace("-"+f.Name+" "+value), usage)
}

// entry writes a term and what it means.
func (m *manual) entry(term, meaning string) {
	m.macro("TP", "")
	m.macro("B", term)
	m.line(meaning)
}

// macro writes a request with its arguments.
func (m *manual) macro(name string, args ...string) {
	m.text.WriteString("." + name)
	for _, arg := range args {
		if arg != "" || name == "TH" {
			m.text.WriteString(` "` + strings.ReplaceAll(escapeRoff(arg), `"`, `\(dq`) + `"`)
		}
	}
	m.text.WriteByte('\n')
}

// line writes text, which cannot become a request.
func (m *manual) line(text string) { m.text.WriteString(`\&` + escapeRoff(text) + "\n") }

func escapeRoff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(text)
}
