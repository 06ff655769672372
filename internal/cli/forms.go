package cli

import (
	"flag"
	"fmt"

	"github.com/openloop-server/openloop/internal/cli/forms"
)

// form is one way to call a command, as [forms.Form]. The command parses the same flags.
type form struct {
	word, takes string
	flags       func(*Env) forms.Flags // nil if there are none
}

// described are all commands, with the flags that they have in an environment.
func described(e *Env) []forms.Command {
	var all []forms.Command
	for _, c := range commands() {
		d := forms.Command{Name: c.name, Summary: c.summary}
		for _, f := range c.forms {
			one := forms.Form{Word: f.word, Takes: f.takes}
			if f.flags != nil {
				one.Flags = f.flags(e)
			}
			d.Forms = append(d.Forms, one)
		}
		all = append(all, d)
	}
	return all
}

// flagsOf turns the function that makes the flags of a command into that of its form.
func flagsOf[F forms.Flags](make func(*Env) F) func(*Env) forms.Flags {
	return func(e *Env) forms.Flags { return make(e) }
}

// newFlags returns an empty set of the flags of a command.
func newFlags(e *Env, command string) *flag.FlagSet {
	f := flag.NewFlagSet(command, flag.ContinueOnError)
	f.SetOutput(e.Stderr)
	return f
}

// explain has the usage of f be a text, the flags, and another text.
func explain(f *flag.FlagSet, before, after string) {
	f.Usage = func() {
		_, _ = fmt.Fprint(f.Output(), before)
		f.PrintDefaults()
		_, _ = fmt.Fprint(f.Output(), after)
	}
}

// onlyFlags parses the arguments of a command that takes flags alone.
func onlyFlags(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return usageError(err)
	}
	if f.NArg() > 0 {
		_, _ = fmt.Fprintf(f.Output(), "openloop: %s takes no argument %q\n", f.Name(), f.Arg(0))
		f.Usage()
		return errUsage
	}
	return nil
}
