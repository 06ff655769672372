package forms

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/filesync"
)

// Choice is a word that may stand at the end of a line.
type Choice struct{ Word, About string }

// Choices are all of them. Files or Folders says that the shell adds those that it finds.
type Choices struct {
	List           []Choice
	Files, Folders bool
}

// String is what the script of a shell reads: "words", "files" or "folders" in the first line, then a word and what it is about a line, with a tab between.
func (c Choices) String() string {
	var b strings.Builder
	switch {
	case c.Files:
		b.WriteString("files\n")
	case c.Folders:
		b.WriteString("folders\n")
	default:
		b.WriteString("words\n")
	}
	for _, one := range c.List {
		_, _ = fmt.Fprintf(&b, "%s\t%s\n", plain(one.Word), plain(one.About))
	}
	return b.String()
}

// plain is text without line ends and tabs, which separate choices.
func plain(text string) string { return strings.Join(strings.FieldsFunc(text, isBreak), " ") }

func isBreak(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }

// completionTime is how long a person waits for the server who has pressed a key.
const completionTime = 2 * time.Second

// Complete returns what may stand in place of the last of the words after the program's name. What only a server knows is asked of client; nil
// means that there is none.
func Complete(ctx context.Context, all []Command, client *filesync.Client, words []string) Choices {
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	words, last := words[:len(words)-1], words[len(words)-1]
	if last == "=" && len(words) > 0 { // bash takes it for a word
		words, last = append(words, last), ""
	}
	l := line{all: all, client: client, last: last}
	found := l.choices(ctx, joined(words))
	found.List = slices.DeleteFunc(found.List, func(c Choice) bool { return !strings.HasPrefix(c.Word, last) })
	return found
}

// line is a line that is being completed.
type line struct {
	all    []Command
	client *filesync.Client // nil if there is no server to ask
	last   string           // the word that is completed, maybe ""

	form      *Form
	arguments []string   // that are complete
	value     *flag.Flag // whose value is completed; nil if none is
}

func (l *line) choices(ctx context.Context, words []string) Choices {
	if len(words) == 0 || len(words) == 1 && words[0] == "help" {
		return summaries(l.all)
	}
	i := slices.IndexFunc(l.all, func(c Command) bool { return c.Name == words[0] })
	if i < 0 {
		return Choices{}
	}
	words = words[1:]
	var named, others []Form
	for _, f := range l.all[i].Forms {
		if f.Word != "" {
			named = append(named, f)
		} else {
			others = append(others, f)
		}
	}
	var found Choices
	if len(words) == 0 {
		found = subcommands(named)
	} else if i := slices.IndexFunc(named, func(f Form) bool { return f.Word == words[0] }); i >= 0 {
		return l.of(ctx, &named[i], words[1:])
	}
	if len(others) > 0 {
		here := l.of(ctx, &others[0], words)
		here.List = append(found.List, here.List...)
		return here
	}
	return found
}

// of returns what may stand behind the words of a form.
func (l *line) of(ctx context.Context, f *Form, words []string) Choices {
	l.form = f
	l.read(words)
	return l.here(ctx)
}

func summaries(all []Command) Choices {
	var c Choices
	for i := range all {
		c.List = append(c.List, Choice{all[i].Name, all[i].Summary})
	}
	return c
}

func subcommands(forms []Form) Choices {
	var c Choices
	for i := range forms {
		c.List = append(c.List, Choice{forms[i].Word, forms[i].Takes})
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
			if f := l.form.flag(name); f != nil && !isSwitch(f) {
				l.value = f
			}
		default:
			l.arguments = append(l.arguments, word)
		}
	}
}

// here returns what may stand in place of the last word.
func (l *line) here(ctx context.Context) Choices {
	if l.value != nil {
		return l.valuesOf(ctx, l.value)
	}
	if !strings.HasPrefix(l.last, "-") {
		takes := strings.Fields(l.form.Takes)
		if len(l.arguments) >= len(takes) {
			return l.flags()
		}
		return l.source(ctx, strings.Trim(takes[len(l.arguments)], "[]"))
	}
	if name, value, ok := strings.Cut(strings.TrimLeft(l.last, "-"), "="); ok {
		f := l.form.flag(name)
		if f == nil {
			return Choices{}
		}
		prefix := strings.TrimSuffix(l.last, value)
		l.last = value
		found := l.valuesOf(ctx, f)
		for i := range found.List {
			found.List[i].Word = prefix + found.List[i].Word
		}
		return Choices{List: found.List}
	}
	return l.flags()
}

func (l *line) flags() Choices {
	var c Choices
	for _, f := range l.form.all() {
		_, usage := flag.UnquoteUsage(f)
		c.List = append(c.List, Choice{"-" + f.Name, usage})
	}
	return c
}
