package filesync_test

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/filesync"
)

// walker is one person of a random walk.
type walker struct {
	*world
	mine  files           // edits that no server has seen, by name
	fresh map[string]bool // names that the server changed since this folder last agreed with it
}

// TestNobodyLosesWork lets two people and a third on the server itself do what they like. Without force, nothing is lost that somebody did;
// with it, all end up with the same.
func TestNobodyLosesWork(t *testing.T) {
	base := newWorld(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := fmt.Sprintf("walk%d", n)
		walk := &walk{T: t, base: base, dir: dir}
		for range 2 {
			walk.people = append(walk.people, &walker{base.another(), files{}, map[string]bool{}})
		}
		for i := range rapid.IntRange(1, 6).Draw(t, "steps") {
			walk.step(i)
		}
		walk.agree()
	})
}

type walk struct {
	*rapid.T
	base   *world
	dir    string
	people []*walker
}

func (w *walk) step(i int) {
	name := w.dir + "/" + rapid.SampledFrom([]string{"a", "b", "c/d"}).Draw(w.T, "name")
	p := rapid.SampledFrom(w.people).Draw(w.T, "person")
	model := fmt.Sprintf("m%d", i)
	switch rapid.SampledFrom([]string{"edit", "edit", "remove", "change", "delete", "pull", "pull", "push", "push"}).Draw(w.T, "step") {
	case "edit":
		p.write(name+".prompt", prompt(model))
		p.mine[name+".prompt"] = model
	case "remove":
		p.remove(name + ".prompt")
		delete(p.mine, name+".prompt")
	case "change":
		p.change(name, model)
		w.stale(name+".prompt", nil)
	case "delete":
		if _, ok := w.server()[name+".prompt"]; ok {
			found := p.api("POST", "/files/retrieve-by-path", map[string]string{"path": name})
			p.api("DELETE", "/prompts/"+found["id"].(string), nil)
		}
	case "pull":
		w.pull(p, rapid.Bool().Draw(w.T, "delete"))
	case "push":
		w.push(p, rapid.Bool().Draw(w.T, "delete"))
	}
}

// stale notes that all but one have not seen what the server has.
func (w *walk) stale(name string, but *walker) {
	for _, p := range w.people {
		p.fresh[name] = p != but
	}
}

// server is what the server uses, by the names in a folder.
func (w *walk) server() files {
	out := files{}
	for path, model := range w.base.models() {
		if strings.HasPrefix(path, w.dir+"/") {
			out[path+".prompt"] = model
		}
	}
	return out
}

// held is what a folder holds.
func (p *walker) held() files {
	out := files{}
	for name, text := range p.files() {
		_, model, _ := strings.Cut(text, "model: ")
		out[name], _, _ = strings.Cut(model, "\n")
	}
	return out
}

// pull must leave what the person did and no server has seen.
func (w *walk) pull(p *walker, deleting bool) {
	if _, err := p.try(filesync.Pull, options{Path: w.dir, Delete: deleting}); err != nil && !strings.Contains(err.Error(), "there is nothing at") {
		w.Fatal(err)
	}
	held := p.held()
	for name, model := range p.mine {
		if held[name] != model {
			w.Fatalf("a pull lost the edit %s of %s: there is %q", model, name, held[name])
		}
	}
	for name, model := range w.server() {
		if held[name] == model {
			p.fresh[name] = false
			delete(p.mine, name)
		}
	}
}

// push must leave what others changed on the server and the person has not seen.
func (w *walk) push(p *walker, deleting bool) {
	if _, err := os.Stat(p.dir); err != nil {
		return
	}
	before := w.server()
	if _, err := p.try(filesync.Push, options{Path: w.dir, Delete: deleting, Deploy: "production"}); err != nil && !strings.Contains(err.Error(), "there is nothing at") {
		w.Fatal(err)
	}
	after, held := w.server(), p.held()
	for name, model := range before {
		if p.fresh[name] && after[name] != model {
			w.Fatalf("a push replaced the unseen %s of %s by %q", model, name, after[name])
		}
	}
	for name, model := range after {
		if before[name] != model {
			w.stale(name, p)
		}
		if held[name] == model {
			p.fresh[name] = false
			delete(p.mine, name)
		}
	}
}

// agree lets one person decide, and the other follow.
func (w *walk) agree() {
	first, second := w.people[0], w.people[1]
	if err := os.MkdirAll(first.dir, 0o755); err != nil {
		w.Fatal(err)
	}
	held := first.held()
	for _, command := range []struct {
		p  *walker
		do command
		o  options
	}{
		{first, filesync.Push, options{Path: w.dir, Delete: true, Force: true, Deploy: "production"}},
		{second, filesync.Pull, options{Path: w.dir, Delete: true, Force: true}},
	} {
		if _, err := command.p.try(command.do, command.o); err != nil && !strings.Contains(err.Error(), "there is nothing at") {
			w.Fatal(err)
		}
	}
	server, followed := w.server(), second.held()
	for name, model := range held {
		if server[name] != model {
			w.Fatalf("a push with force left %q of %s, not %s", server[name], name, model)
		}
	}
	for name := range followed {
		if _, mine := second.mine[name]; mine && server[name] == "" {
			delete(followed, name) // it was never on the server
		}
	}
	if !maps.Equal(server, followed) {
		w.Fatalf("a pull with force left %v of %v", followed, server)
	}
}
