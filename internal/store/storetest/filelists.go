package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var fileLists = map[string]func(*testing.T, *harness){
	"Files filters":                          filesFilter,
	"Files sorts":                            filesSort,
	"Files pages":                            filesPage,
	"Files counts Logs":                      filesCount,
	"Files says what does not exist":         filesRefuse,
	"Environments of a new database":         environmentsOfNew,
	"Files with a name of any language":      filesByAnyName,
	"Files lists more than one page of them": filesMany,
	"Files takes few statements":             filesStatements,
}

// shelf makes Files of two people in some directories.
func (h *harness) shelf(t *testing.T) {
	t.Helper()
	must(t, h.CreateKey(t.Context(), auth.APIKey{ID: "key_ann", Name: "Ann Lee", Role: auth.Admin, Hash: "1", CreatedAt: epoch}))
	must(t, h.CreateKey(t.Context(), auth.APIKey{ID: "key_bob", Name: "Bob", Role: auth.Member, Hash: "2", CreatedAt: epoch}))
	for _, f := range []struct {
		kind     file.Kind
		path, by string
	}{
		{file.PromptKind, "a/Reply", "key_ann"},
		{file.ToolKind, "a/b/search", "key_bob"},
		{file.PromptKind, "ab/reply_all", "key_bob"},
		{file.PromptKind, "z%", "key_gone"},
		{file.FlowKind, "a/b/c/flow", "key_ann"},
	} {
		s := saveOf(f.kind, f.path, "m")
		s.By = f.by
		h.save(t, s)
	}
}

func filesFilter(t *testing.T, h *harness) {
	h.shelf(t)
	for _, c := range []struct {
		name   string
		filter store.FileFilter
		want   string
	}{
		{"all", store.FileFilter{}, "a/Reply a/b/search ab/reply_all z% a/b/c/flow"},
		{"one kind", store.FileFilter{Kinds: []file.Kind{file.PromptKind}}, "a/Reply ab/reply_all z%"},
		{"two kinds", store.FileFilter{Kinds: []file.Kind{file.ToolKind, file.FlowKind}}, "a/b/search a/b/c/flow"},
		{"a kind without Files", store.FileFilter{Kinds: []file.Kind{file.AgentKind}}, ""},
		{"name", store.FileFilter{NameContains: "REPLY"}, "a/Reply ab/reply_all"},
		{"name, not directory", store.FileFilter{NameContains: "b"}, ""},
		{"name with %", store.FileFilter{NameContains: "%"}, "z%"},
		{"name with _", store.FileFilter{NameContains: "_"}, "ab/reply_all"},
		{"name with U+0000", store.FileFilter{NameContains: "\x00"}, ""},
		{"user", store.FileFilter{UserContains: "lee"}, "a/Reply a/b/c/flow"},
		{"user unknown", store.FileFilter{UserContains: "x"}, ""},
		{"directory", store.FileFilter{Directory: "a"}, "a/Reply a/b/search a/b/c/flow"},
		{"directory below", store.FileFilter{Directory: "a/b"}, "a/b/search a/b/c/flow"},
		{"environment", store.FileFilter{Environment: "production"}, "a/Reply a/b/search ab/reply_all z% a/b/c/flow"},
		{"environment without any", store.FileFilter{Environment: "staging"}, ""},
		{"together", store.FileFilter{Kinds: []file.Kind{file.PromptKind}, NameContains: "reply", Directory: "ab", UserContains: "bob"}, "ab/reply_all"},
	} {
		c.filter.Page = page(1, 100)
		got, total, err := h.Files(t.Context(), c.filter)
		must(t, err)
		equal(t, c.name, c.want, paths(got))
		equal(t, c.name+" in number", len(got), total)
	}
}

func filesSort(t *testing.T, h *harness) {
	h.shelf(t)
	h.save(t, prompt("a/Reply", "newer"))
	for _, c := range []struct {
		sort store.FileSort
		desc bool
		want string
	}{
		{"", false, "a/Reply a/b/search ab/reply_all z% a/b/c/flow"},
		{store.ByCreated, true, "a/b/c/flow z% ab/reply_all a/b/search a/Reply"},
		{store.ByUpdated, false, "a/b/search ab/reply_all z% a/b/c/flow a/Reply"},
		{store.ByUpdated, true, "a/Reply a/b/c/flow z% ab/reply_all a/b/search"},
		{store.ByName, false, "a/b/c/flow a/Reply ab/reply_all a/b/search z%"},
		{store.ByName, true, "z% a/b/search ab/reply_all a/Reply a/b/c/flow"},
	} {
		got, _, err := h.Files(t.Context(), store.FileFilter{Sort: c.sort, Desc: c.desc, Page: page(1, 10)})
		must(t, err)
		equal(t, string(c.sort), c.want, paths(got))
	}
}

func filesPage(t *testing.T, h *harness) {
	h.shelf(t)
	for _, c := range []struct {
		number, size int
		want         string
	}{
		{1, 2, "a/Reply a/b/search"},
		{2, 2, "ab/reply_all z%"},
		{3, 2, "a/b/c/flow"},
		{4, 2, ""},
		{1_000_000, 100, ""},
		{1, 0, ""},
		{0, 1, "a/Reply"},
	} {
		got, total, err := h.Files(t.Context(), store.FileFilter{Page: page(c.number, c.size)})
		must(t, err)
		equal(t, "page", c.want, paths(got))
		equal(t, "total", 5, total)
	}
}

func filesCount(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two"))
	h.appendMany(t, &one, "1", "2")
	h.appendMany(t, &two, "3")
	got, _, err := h.Files(t.Context(), store.FileFilter{Page: page(1, 1)})
	must(t, err)
	last, err := h.Log(t.Context(), "3")
	must(t, err)
	f, v := got[0].File, got[0].Version
	equal(t, "counts", [2]int64{3, 2}, [2]int64{f.LogsCount, v.LogsCount})
	equal(t, "last use", last.UpdatedAt, f.LastUsedAt)
	if !v.LastUsedAt.Before(f.LastUsedAt) || !v.LastUsedAt.After(v.CreatedAt) {
		t.Errorf("version last used at %v", v.LastUsedAt)
	}
}

func filesRefuse(t *testing.T, h *harness) {
	h.shelf(t)
	_, _, err := h.Files(t.Context(), store.FileFilter{Directory: "a/b/search"})
	says(t, err, errs.DirectoryNotFound, "Directory `a/b/search` does not exist.")
	_, _, err = h.Files(t.Context(), store.FileFilter{Environment: "Staging"})
	says(t, err, errs.EnvironmentNotFound, "Environment `Staging` does not exist.")
}

func environmentsOfNew(t *testing.T, h *harness) {
	check := func() {
		t.Helper()
		all, err := h.Environments(t.Context())
		must(t, err)
		var got [][2]string
		for _, e := range all {
			got = append(got, [2]string{e.Name, e.Tag})
		}
		equal(t, "environments", [][2]string{{"production", "default"}, {"staging", "other"}, {"development", "other"}}, got)
	}
	check()
	h.reopen(t)
	check()
}

func filesByAnyName(t *testing.T, h *harness) {
	h.save(t, prompt("d/GRÜSSE Ωmega", "m"))
	for _, part := range []string{"grüsse", "ΩMEGA", "ωm"} {
		got, _, err := h.Files(t.Context(), store.FileFilter{NameContains: part, Page: page(1, 10)})
		must(t, err)
		equal(t, part, "d/GRÜSSE Ωmega", paths(got))
	}
}

func filesMany(t *testing.T, h *harness) {
	for i := range 120 {
		h.save(t, prompt("d/"+itoa(i), "m"))
	}
	seen := map[string]bool{}
	for n := 1; ; n++ {
		got, total, err := h.Files(t.Context(), store.FileFilter{Directory: "d", Page: page(n, 50)})
		must(t, err)
		equal(t, "total", 120, total)
		if len(got) == 0 {
			break
		}
		for _, s := range got {
			seen[s.File.ID] = true
		}
	}
	equal(t, "Files on all pages", 120, len(seen))
}

// filesStatements counts the statements of a list of one File and of many: they are as many.
func filesStatements(t *testing.T, h *harness) {
	count := func(size int) int64 {
		before := h.Statements()
		list, _, err := h.Files(t.Context(), store.FileFilter{Page: page(1, size)})
		if err != nil || len(list) != size {
			t.Fatal(len(list), err)
		}
		return h.Statements() - before
	}
	h.shelf(t)
	equal(t, "statements of 5 Files", count(1), count(5))
	equal(t, "statements of a list", int64(5), count(5)) // how many, the Files, and of them environments, monitors and usage
}
