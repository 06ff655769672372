package cli

import (
	"bytes"
	"context"
	"embed"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// shells are scripts that ask this program what may follow the words of a line, by `openloop completion words`.
//
//go:embed shells
var shells embed.FS

const completionUsage = `usage: openloop completion bash|zsh|fish|powershell

Prints a script that completes the commands, flags and arguments of openloop in a shell:

  bash        source <(openloop completion bash), in ~/.bashrc
  zsh         source <(openloop completion zsh), in ~/.zshrc after compinit
  fish        openloop completion fish > ~/.config/fish/completions/openloop.fish
  powershell  openloop completion powershell | Out-String | Invoke-Expression, in $PROFILE

Paths, environments, versions and API keys are completed by the server at OPENLOOP_URL if OPENLOOP_API_KEY is set.
`

func completionForms() []form {
	return []form{{word: "bash"}, {word: "zsh"}, {word: "fish"}, {word: "powershell"}}
}

// completion prints the script of a shell, or for such a script what may stand at the end of a line.
func completion(ctx context.Context, e *Env, args []string) error {
	if len(args) > 1 && args[0] == "words" {
		found := e.complete(ctx, args[1:])
		_, err := fmt.Fprint(e.Stdout, found)
		return err
	}
	known := func(f form) bool { return len(args) == 1 && f.word == args[0] }
	if !slices.ContainsFunc(completionForms(), known) {
		_, _ = fmt.Fprint(e.Stderr, completionUsage)
		return usageOf(args)
	}
	script, err := shells.ReadFile("shells/openloop." + args[0])
	if err != nil {
		return err
	}
	_, err = io.Copy(e.Stdout, bytes.NewReader(script))
	return err
}

// choice is a word that may stand at the end of a line.
type choice struct{ word, about string }

// choices are all of them. files or folders says that the shell adds those that it finds.
type choices struct {
	list           []choice
	files, folders bool
}

// String is what a script reads: "words", "files" or "folders" in the first line, then a word and what it is about a line, with a tab between.
func (c choices) String() string {
	var b strings.Builder
	switch {
	case c.files:
		b.WriteString("files\n")
	case c.folders:
		b.WriteString("folders\n")
	default:
		b.WriteString("words\n")
	}
	for _, one := range c.list {
		_, _ = fmt.Fprintf(&b, "%s\t%s\n", plain(one.word), plain(one.about))
	}
	return b.String()
}

// plain is text without line ends and tabs, which separate choices.
func plain(text string) string { return strings.Join(strings.FieldsFunc(text, isBreak), " ") }

func isBreak(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }

// completionTime is how long a person waits for the server who has pressed a key.
const completionTime = 2 * time.Second

// complete returns what may stand in place of the last of the words after the program's name.
func (e *Env) complete(ctx context.Context, words []string) choices {
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	words, last := words[:len(words)-1], words[len(words)-1]
	if last == "=" && len(words) > 0 { // bash takes it for a word
		words, last = append(words, last), ""
	}
	quiet := *e
	quiet.Stderr = io.Discard
	l := line{e: &quiet, last: last}
	found := l.choices(ctx, joined(words))
	found.list = slices.DeleteFunc(found.list, func(c choice) bool { return !strings.HasPrefix(c.word, last) })
	return found
}

// line is a line that is being completed.
type line struct {
	e    *Env
	last string // the word that is completed, maybe ""

	form      *form
	arguments []string   // that are complete
	value     *flag.Flag // whose value is completed; nil if none is
}

func (l *line) choices(ctx context.Context, words []string) choices {
	all := commands()
	if len(words) == 0 || len(words) == 1 && words[0] == "help" {
		return summaries(all)
	}
	i := slices.IndexFunc(all, func(c command) bool { return c.name == words[0] })
	if i < 0 {
		return choices{}
	}
	forms, words := all[i].forms, words[1:]
	if len(forms) > 0 && forms[0].word != "" {
		if len(words) == 0 {
			return subcommands(forms)
		}
		forms = slices.DeleteFunc(slices.Clone(forms), func(f form) bool { return f.word != words[0] })
		words = words[1:]
	}
	if len(forms) == 0 {
		return choices{}
	}
	l.form = &forms[0]
	l.read(words)
	return l.here(ctx)
}

func summaries(all []command) choices {
	var c choices
	for i := range all {
		c.list = append(c.list, choice{all[i].name, all[i].summary})
	}
	return c
}

func subcommands(forms []form) choices {
	var c choices
	for i := range forms {
		c.list = append(c.list, choice{forms[i].word, forms[i].takes})
	}
	return c
}

// joined puts together what bash has split: -flag=value and path:number. A last "=" or ":" stays, since what is completed belongs behind it.
func joined(words []string) []string {
	var out []string
	for i, word := range words {
		before := ""
		if i > 0 {
			before = words[i-1]
		}
		switch {
		case len(out) > 0 && (before == "=" || before == ":"), len(out) > 0 && word == ":", len(out) > 0 && word == "=" && i < len(words)-1:
			out[len(out)-1] += word
		default:
			out = append(out, word)
		}
	}
	return out
}

// read reads the words of a form.
func (l *line) read(words []string) {
	for _, word := range words {
		switch {
		case word == "=" && l.value != nil: // of its flag, which has no value yet
		case l.value != nil:
			l.value = nil
		case strings.HasPrefix(word, "-") && word != "-":
			name := strings.TrimLeft(word, "-")
			if f := l.form.flag(l.e, name); f != nil && !isSwitch(f) {
				l.value = f
			}
		default:
			l.arguments = append(l.arguments, word)
		}
	}
}

// here returns what may stand in place of the last word.
func (l *line) here(ctx context.Context) choices {
	if l.value != nil {
		return l.valuesOf(ctx, l.value)
	}
	if !strings.HasPrefix(l.last, "-") {
		takes := strings.Fields(l.form.takes)
		if len(l.arguments) >= len(takes) {
			return l.flags()
		}
		return l.source(ctx, strings.Trim(takes[len(l.arguments)], "[]"))
	}
	if name, value, ok := strings.Cut(strings.TrimLeft(l.last, "-"), "="); ok {
		f := l.form.flag(l.e, name)
		if f == nil {
			return choices{}
		}
		prefix := strings.TrimSuffix(l.last, value)
		l.last = value
		found := l.valuesOf(ctx, f)
		for i := range found.list {
			found.list[i].word = prefix + found.list[i].word
		}
		return choices{list: found.list}
	}
	return l.flags()
}

func (l *line) flags() choices {
	var c choices
	for _, f := range l.form.all(l.e) {
		_, usage := flag.UnquoteUsage(f)
		c.list = append(c.list, choice{"-" + f.Name, usage})
	}
	return c
}
