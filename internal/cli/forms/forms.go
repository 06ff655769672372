// Package forms knows how the commands of the program are called. It completes lines of a shell, and writes the manual page.
package forms

import "flag"

// Command is a command of the program.
type Command struct {
	Name, Summary string
	Forms         []Form
}

// Form is one way to call a command: its subcommand, its arguments and its flags.
type Form struct {
	Word  string // the subcommand; "" if the command has none
	Takes string // its arguments, separated by blanks: one in brackets may be left out. They are completed by these names
	Flags Flags  // nil if there are none
}

// Flags is a [flag.FlagSet], or what embeds one.
type Flags interface {
	VisitAll(fn func(*flag.Flag))
	Lookup(name string) *flag.Flag
}

// all returns the flags of a form in the order of their names.
func (f *Form) all() []*flag.Flag {
	if f.Flags == nil {
		return nil
	}
	var list []*flag.Flag
	f.Flags.VisitAll(func(one *flag.Flag) { list = append(list, one) })
	return list
}

// flag returns the flag of a name, nil if the form has none.
func (f *Form) flag(name string) *flag.Flag {
	if f.Flags == nil {
		return nil
	}
	return f.Flags.Lookup(name)
}

// isSwitch reports whether a flag takes no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
