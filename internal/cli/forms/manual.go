package forms

import (
	"flag"
	"strings"
)

// Manual returns the manual page of the program, in the format of man(7). server is the URL of the server that commands call if nothing is set.
func Manual(version, server string, all []Command) string {
	page := manual{version: version, server: server}
	page.write(all)
	return page.text.String()
}

// manual is a page of the manual that is being written.
type manual struct {
	version, server string
	text            strings.Builder
}

func (m *manual) write(all []Command) {
	m.macro("TH", "OPENLOOP", "1", "", "Openloop "+m.version, "")
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
	m.entry("OPENLOOP_URL", "the URL of the server; "+m.server+" if it is not set")
	m.entry("OPENLOOP_API_KEY", "an API key of the server")
	m.macro("SH", "EXIT STATUS")
	m.line("0 is success, 1 a failure, 2 a wrong argument. The codes of openloop eval and openloop doctor are their own; their usages say what they mean.")
}

func (m *manual) command(c *Command) {
	m.macro("SS", "openloop "+c.Name)
	m.line(strings.ToUpper(c.Summary[:1]) + c.Summary[1:] + ".")
	for i := range c.Forms {
		f := &c.Forms[i]
		flags := f.all()
		if f.Word == "" && f.Takes == "" && len(flags) == 0 {
			continue
		}
		synopsis := strings.Join(strings.Fields("openloop "+c.Name+" "+f.Word+" "+f.Takes), " ")
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
