package cli

import "flag"

// form is one way to call a command: its subcommand, its flags and its arguments. Completion and the manual are made of it, and the command
// parses the same flags.
type form struct {
	word  string             // the subcommand; "" if the command has none
	takes string             // its arguments, separated by blanks: one in brackets may be left out. [sources] completes them by these names
	flags func(*Env) flagged // nil if there are none
}

// flagged is a set of flags, or what embeds one.
type flagged interface {
	VisitAll(fn func(*flag.Flag))
	Lookup(name string) *flag.Flag
}

// flagsOf turns the function that makes the flags of a command into that of its form.
func flagsOf[F flagged](make func(*Env) F) func(*Env) flagged {
	return func(e *Env) flagged { return make(e) }
}

// newFlags returns an empty set of the flags of a command.
func newFlags(e *Env, command string) *flag.FlagSet {
	f := flag.NewFlagSet(command, flag.ContinueOnError)
	f.SetOutput(e.Stderr)
	return f
}

// all returns the flags of a form in the order of their names.
func (f *form) all(e *Env) []*flag.Flag {
	if f.flags == nil {
		return nil
	}
	var list []*flag.Flag
	f.flags(e).VisitAll(func(one *flag.Flag) { list = append(list, one) })
	return list
}

// flag returns the flag of a name, nil if the form has none.
func (f *form) flag(e *Env, name string) *flag.Flag {
	if f.flags == nil {
		return nil
	}
	return f.flags(e).Lookup(name)
}

// isSwitch reports whether a flag takes no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
