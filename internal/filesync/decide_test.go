package filesync

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDecide(t *testing.T) {
	var (
		none    = side{}
		gone    = side{changed: true}
		old     = side{exists: true}
		changed = side{exists: true, changed: true}
	)
	for _, c := range []struct {
		name             string
		source, target   side
		equal            bool
		plain            Action // without flags
		deleting, forced Action
	}{
		{"both have the same", changed, changed, true, InStep, InStep, InStep},
		{"neither has it", gone, gone, false, InStep, InStep, InStep},
		{"new", changed, none, false, New, New, New},
		{"only on the target", none, changed, false, Alone, Alone, Alone},
		{"changed", changed, old, false, Changed, Changed, Changed},
		{"the target is ahead", old, changed, false, Kept, Kept, Changed},
		{"the target's was deleted", old, gone, false, Kept, Kept, New},
		{"nobody changed it, and versions differ", old, old, false, InStep, InStep, Changed},
		{"pushed, and not deployed", old, none, false, InStep, InStep, New},
		{"both changed", changed, changed, false, Conflict, Conflict, Changed},
		{"changed, and deleted on the target", changed, gone, false, Conflict, Conflict, New},
		{"deleted", gone, old, false, Kept, Deleted, Kept},
		{"deleted, and changed on the target", gone, changed, false, Kept, Conflict, Kept},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := [3]Action{
				decide(c.source, c.target, c.equal, false, false),
				decide(c.source, c.target, c.equal, true, false),
				decide(c.source, c.target, c.equal, false, true),
			}
			if want := [3]Action{c.plain, c.deleting, c.forced}; got != want {
				t.Errorf("decided %v, want %v (plain, with deletion, with force)", got, want)
			}
		})
	}
}

// Without force, nothing that changed on the target is lost; without being asked for, nothing is deleted.
func TestDecideLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sides := rapid.Custom(func(t *rapid.T) side {
			return side{exists: rapid.Bool().Draw(t, "exists"), changed: rapid.Bool().Draw(t, "changed")}
		})
		source, target := sides.Draw(t, "source"), sides.Draw(t, "target")
		deleting, force := rapid.Bool().Draw(t, "delete"), rapid.Bool().Draw(t, "force")
		got := decide(source, target, false, deleting, force)
		touches := got == New || got == Changed || got == Deleted
		if target.changed && !force && touches {
			t.Errorf("%v loses what changed on the target", got)
		}
		if got == Deleted && (!deleting || source.exists) {
			t.Error("a deletion that nobody asked for")
		}
		if got == Changed && !target.exists || got == New && target.exists || got == Deleted && !target.exists {
			t.Errorf("%v cannot be done", got)
		}
	})
}
