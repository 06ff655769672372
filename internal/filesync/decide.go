package filesync

// Action says what a run does with a file.
type Action int

// The actions.
const (
	InStep   Action = iota // nothing: both sides agree
	Alone                  // nothing: the source never had it
	New                    // make the file on the target
	Changed                // replace the target's
	Deleted                // delete the target's
	Kept                   // nothing: the target is ahead, or a deletion was not asked for
	Conflict               // nothing: both sides changed
	Failed                 // nothing: the file cannot be read or written
	Deployed               // deploy the version that both sides have
)

// String is the sign that people see.
func (a Action) String() string {
	switch a {
	case New:
		return "+"
	case Changed:
		return "~"
	case Deleted:
		return "-"
	case Deployed:
		return "^"
	case Conflict, Failed:
		return "!"
	case InStep, Alone, Kept:
	}
	return "="
}

// side is one of the two places of a file: the folder or the server.
type side struct {
	exists  bool
	changed bool // since the two were last in step; a file that never was has changed if it exists
}

// verb says how a side changed.
func (s side) verb() string {
	if s.exists {
		return "changed"
	}
	return "deleted"
}

// decide chooses the action that makes the target like the source. equal means that both have the same content.
func decide(source, target side, equal, deleting, force bool) Action {
	switch {
	case equal, !source.exists && !target.exists:
		return InStep
	case !source.exists:
		return decideDeletion(source, target, deleting, force)
	case force && target.exists:
		return Changed
	case force:
		return New
	case !source.changed && !target.changed:
		return InStep
	case !source.changed:
		return Kept
	case target.changed:
		return Conflict
	case target.exists:
		return Changed
	default:
		return New
	}
}

// decideDeletion chooses the action for a file that the source does not have. It never deletes what the source never had.
func decideDeletion(source, target side, deleting, force bool) Action {
	switch {
	case !source.changed:
		return Alone
	case !deleting:
		return Kept
	case target.changed && !force:
		return Conflict
	default:
		return Deleted
	}
}
