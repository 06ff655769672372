package storetest

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

var datasets = map[string]func(*testing.T, *harness){
	"SaveDataset makes a Dataset and deploys its first version": datasetMade,
	"SaveDataset counts equal datapoints once":                  datasetOfEqual,
	"SaveDataset finds the version with the same datapoints":    datasetFound,
	"SaveDataset adds and removes":                              datasetEdited,
	"SaveDataset of nothing keeps the version":                  datasetKept,
	"SaveDataset starts from the base that is named":            datasetBases,
	"SaveDataset starts from what was saved last":               datasetSavedLast,
	"SaveDataset inherits attributes":                           datasetAttributes,
	"SaveDataset refuses":                                       datasetRefuses,
	"SaveDataset of many additions at once keeps them all":      datasetAtOnce,
	"SaveDataset brings a deleted version back":                 datasetRevived,
	"SaveDataset keeps what datapoints were made of":            datasetSources,
	"Datapoints come in pages":                                  datapointPages,
	"Datapoints are found by id":                                datapointsByID,
	"Datapoints are kept byte for byte":                         datapointBytes,
	"Datasets equal those of a model in memory":                 datasetWalk,
}

// edit asks for a version of the Dataset at path; each word is a datapoint.
func edit(path string, action file.Action, words string) store.DatasetSave {
	s := store.DatasetSave{Save: store.Save{Path: path}, Action: action}
	for word := range strings.FieldsSeq(words) {
		s.Datapoints = append(s.Datapoints, datapointOf(word))
	}
	return s
}

func datapointOf(word string) file.SealedDatapoint {
	d := file.Datapoint{Inputs: map[string]string{"word": word}}
	sealed, err := d.Seal()
	if err != nil {
		panic(err)
	}
	return sealed
}

func set(path, words string) store.DatasetSave    { return edit(path, file.SetDatapoints, words) }
func add(path, words string) store.DatasetSave    { return edit(path, file.AddDatapoints, words) }
func remove(path, words string) store.DatasetSave { return edit(path, file.RemoveDatapoints, words) }

// saveDataset stores s and fails the test when it cannot.
func (h *harness) saveDataset(t *testing.T, s store.DatasetSave) file.Snapshot {
	t.Helper()
	snap, _, err := h.SaveDataset(t.Context(), s)
	must(t, err)
	return snap
}

// datapoints are all of a version.
func (h *harness) datapoints(t *testing.T, snap *file.Snapshot) []file.Datapoint {
	t.Helper()
	list, total, err := h.Datapoints(t.Context(), snap.Version.ID, page(1, 1_000_000))
	must(t, err)
	equal(t, "total", len(list), total)
	equal(t, "count", len(list), contentOf(t, snap).Count)
	return list
}

func contentOf(t *testing.T, snap *file.Snapshot) file.Dataset {
	t.Helper()
	var content file.Dataset
	must(t, json.Unmarshal(snap.Version.Content, &content))
	return content
}

// words are the datapoints of a version.
func (h *harness) words(t *testing.T, snap file.Snapshot) string {
	t.Helper()
	return wordsOf(h.datapoints(t, &snap))
}

func wordsOf(list []file.Datapoint) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Inputs["word"])
	}
	return strings.Join(out, " ")
}

func datasetMade(t *testing.T, h *harness) {
	s := set("a/d", "x y z")
	s.VersionName, s.VersionDescription, s.By = "first", "the first one", "key_1"
	snap, did, err := h.SaveDataset(t.Context(), s)
	must(t, err)
	if !did.Created || snap.File.ID[:3] != "ds_" || snap.Version.ID[:4] != "dsv_" || snap.File.Kind != file.DatasetKind || snap.File.Path != "a/d" ||
		snap.Version.Name != "first" || snap.Version.Description != "the first one" || snap.Version.CreatedBy != "key_1" {
		t.Errorf("created %v: %+v", did.Created, snap)
	}
	production := h.environment(t, "production")
	production.DeployedAt, production.DeployedBy = snap.Version.CreatedAt, "key_1"
	equal(t, "environments", []file.Environment{production}, snap.Version.Environments)
	list := h.datapoints(t, &snap)
	equal(t, "datapoints", []file.Datapoint{
		{ID: list[0].ID, Inputs: map[string]string{"word": "x"}}, {ID: list[1].ID, Inputs: map[string]string{"word": "y"}},
		{ID: list[2].ID, Inputs: map[string]string{"word": "z"}},
	}, list)
	if !strings.HasPrefix(list[0].ID, "dp_") || list[0].ID == list[1].ID {
		t.Errorf("ids are %s and %s", list[0].ID, list[1].ID)
	}
	second := h.saveDataset(t, set("a/d", "x"))
	equal(t, "environments of the second", []file.Environment{}, second.Version.Environments)
}

func datasetOfEqual(t *testing.T, h *harness) {
	equal(t, "datapoints", "b a", h.words(t, h.saveDataset(t, set("d", "b a b a b"))))
	equal(t, "datapoints", "b a c", h.words(t, h.saveDataset(t, add("d", "a c c b"))))
}

func datasetFound(t *testing.T, h *harness) {
	first := h.saveDataset(t, set("d", "a b"))
	before := h.Moment()
	again, did, err := h.SaveDataset(t.Context(), set("d", "b a"))
	must(t, err)
	equal(t, "snapshot", first, again)
	equal(t, "datapoints", "a b", h.words(t, again))
	if did.Created || !h.passed(before, 0) {
		t.Errorf("created %v, moments passed by %d", did.Created, h.Moment()-before)
	}
	if other := h.saveDataset(t, set("d", "a")); other.Version.Hash == first.Version.Hash {
		t.Error("other datapoints have the same hash")
	}
	if same := h.saveDataset(t, set("elsewhere", "a b")); same.Version.Hash != first.Version.Hash {
		t.Error("the same datapoints have another hash in another Dataset")
	}
}

func datasetEdited(t *testing.T, h *harness) {
	first := h.saveDataset(t, set("d", "a b c"))
	added := h.saveDataset(t, add("d", "b d e"))
	removed := h.saveDataset(t, remove("d", "d a unknown"))
	again := h.saveDataset(t, add("d", "a"))
	equal(t, "versions", []string{"a b c", "a b c d e", "b c e", "b c e a"},
		[]string{h.words(t, first), h.words(t, added), h.words(t, removed), h.words(t, again)})
	all := h.datapoints(t, &added)
	equal(t, "those that stay", []file.Datapoint{all[1], all[2], all[4]}, h.datapoints(t, &removed))
	equal(t, "one that comes back", all[0], h.datapoints(t, &again)[3])
	equal(t, "datapoints of nothing", "", h.words(t, h.saveDataset(t, remove("d", "a b c e"))))
}

func datasetKept(t *testing.T, h *harness) {
	empty, did, err := h.SaveDataset(t.Context(), add("d", ""))
	must(t, err)
	equal(t, "datapoints of a new Dataset", "", h.words(t, empty))
	filled := h.saveDataset(t, add("d", "a"))
	equal(t, "created", store.DatasetSaved{Created: true}, did)
	for _, action := range []file.Action{file.AddDatapoints, file.RemoveDatapoints} {
		same, did, err := h.SaveDataset(t.Context(), edit("d", action, ""))
		must(t, err)
		equal(t, "created", store.DatasetSaved{}, did)
		equal(t, "snapshot", filled, same)
	}
	s := add("d", "")
	s.VersionName = "named"
	equal(t, "name", "named", h.saveDataset(t, s).Version.Name)
}

func datasetBases(t *testing.T, h *harness) {
	first, second := h.saveDataset(t, set("d", "a")), h.saveDataset(t, set("d", "a b"))
	h.saveDataset(t, set("d", "z"))
	_, err := h.Deploy(t.Context(), file.DatasetKind, first.File.ID, h.environment(t, "staging").ID, second.Version.ID, store.Terms{})
	must(t, err)
	byVersion, byEnvironment, byDeployed := add("d", "c"), add("d", "d"), add("d", "e")
	byVersion.BaseVersion, byEnvironment.BaseEnvironment, byDeployed.Deployed = second.Version.ID, "staging", true
	ignored := set("d", "f")
	ignored.BaseVersion = "dsv_unknown"
	equal(t, "versions", []string{"a b c", "a b d", "a e", "f"}, []string{
		h.words(t, h.saveDataset(t, byVersion)), h.words(t, h.saveDataset(t, byEnvironment)), h.words(t, h.saveDataset(t, byDeployed)),
		h.words(t, h.saveDataset(t, ignored)),
	})
}

func datasetSavedLast(t *testing.T, h *harness) {
	h.saveDataset(t, set("d", "a b"))
	h.saveDataset(t, remove("d", "b"))
	h.saveDataset(t, add("d", "b")) // the first version again
	equal(t, "datapoints", "a b c", h.words(t, h.saveDataset(t, add("d", "c"))))
}

func datasetAttributes(t *testing.T, h *harness) {
	with := func(s store.DatasetSave, attributes string) store.DatasetSave {
		s.Attributes = json.Value(attributes)
		return s
	}
	of := func(s store.DatasetSave) string {
		snap := h.saveDataset(t, s)
		return string(contentOf(t, &snap).Attributes)
	}
	equal(t, "attributes", []string{`{"k":1}`, `{"k":1}`, `{"k":2}`, ``, ``, ``}, []string{
		of(with(set("d", "a"), `{"k":1}`)), of(add("d", "b")), of(with(remove("d", "b"), `{"k":2}`)), of(with(add("d", "c"), `{}`)), of(add("d", "d")),
		of(set("d", "a b c d e")),
	})
	first, second := h.saveDataset(t, with(set("d", "a"), `{"k":1}`)), h.saveDataset(t, with(set("d", "a"), `{"k":2}`))
	if first.Version.ID == second.Version.ID {
		t.Error("other attributes make the same version")
	}
}

func datasetRefuses(t *testing.T, h *harness) {
	h.save(t, prompt("p", "m"))
	h.saveDataset(t, set("d", "a"))
	try := func(s store.DatasetSave, change func(*store.DatasetSave)) error {
		if change != nil {
			change(&s)
		}
		_, _, err := h.SaveDataset(t.Context(), s)
		return err
	}
	is(t, try(add("p", "a"), nil), errs.AlreadyExists)
	is(t, try(remove("new", "a"), nil), errs.DatasetNotFound)
	is(t, try(add("new", "a"), func(s *store.DatasetSave) { s.BaseVersion = "dsv_x" }), errs.DatasetNotFound)
	is(t, try(add("new", "a"), func(s *store.DatasetSave) { s.Deployed = true }), errs.DatasetNotFound)
	is(t, try(add("", "a"), func(s *store.DatasetSave) { s.ID = "ds_x" }), errs.DatasetNotFound)
	is(t, try(add("d", "a"), func(s *store.DatasetSave) { s.BaseVersion = "dsv_x" }), errs.VersionNotFound)
	is(t, try(add("d", "a"), func(s *store.DatasetSave) { s.BaseEnvironment = "staging" }), errs.VersionNotFound)
	is(t, try(add("d", "a"), func(s *store.DatasetSave) { s.BaseEnvironment = "nowhere" }), errs.EnvironmentNotFound)
	is(t, try(add("a\x00", "a"), nil), errs.ValidationFailed)
	named := set("d", "b")
	named.VersionName = "taken"
	h.saveDataset(t, named)
	is(t, try(add("d", "c"), func(s *store.DatasetSave) { s.VersionName = "taken" }), errs.AlreadyExists)
	equal(t, "datapoints", "b", h.words(t, h.saveDataset(t, add("d", ""))))
	_, _, err := h.Datapoints(t.Context(), "dsv_x", page(1, 1))
	is(t, err, errs.VersionNotFound)
}

// sourced gives the datapoints of s the Logs with these ids.
func sourced(s store.DatasetSave, logIDs ...string) store.DatasetSave {
	for i, id := range logIDs {
		s.Datapoints[i].SourceLogID = id
	}
	return s
}

func datasetSources(t *testing.T, h *harness) {
	sources := func(snap file.Snapshot) string {
		var out []string
		for _, d := range h.datapoints(t, &snap) {
			out = append(out, d.Inputs["word"]+":"+d.SourceLogID)
		}
		return strings.Join(out, " ")
	}
	h.saveDataset(t, set("d", "a"))
	added, did, err := h.SaveDataset(t.Context(), sourced(add("d", "a b c b"), "log1", "log2", "log3", "log4"))
	must(t, err)
	equal(t, "what was added", store.DatasetSaved{Created: true, Added: 2}, did)
	equal(t, "sources", "a: b:log2 c:log3", sources(added))
	again, did, err := h.SaveDataset(t.Context(), sourced(add("d", "a b c"), "log5", "log6", "log7"))
	must(t, err)
	equal(t, "what was added again", store.DatasetSaved{}, did)
	equal(t, "the version", added.Version.ID, again.Version.ID)
	h.saveDataset(t, remove("d", "b"))
	back, did, err := h.SaveDataset(t.Context(), sourced(add("d", "b e"), "log8", "log9"))
	must(t, err)
	equal(t, "what came back", store.DatasetSaved{Created: true, Added: 2}, did)
	equal(t, "sources of what came back", "a: c:log3 b:log2 e:log9", sources(back))
	many := add("large", "")
	for i := range 3000 { // so many are stored before the transaction
		d := datapointOf("w" + itoa(i))
		d.SourceLogID = "log" + itoa(i)
		many.Datapoints = append(many.Datapoints, d)
	}
	large := h.saveDataset(t, many)
	list, _, err := h.Datapoints(t.Context(), large.Version.ID, page(30, 100))
	must(t, err)
	equal(t, "the source of one of many", "log2999", list[99].SourceLogID)
}

func datasetAtOnce(t *testing.T, h *harness) {
	var created atomic.Int32
	atOnce(16, func(i int) {
		_, did, err := h.SaveDataset(t.Context(), add("deep/down/d", "w"+itoa(i)+" same"))
		if err != nil {
			t.Error(err)
		}
		if did.Created {
			created.Add(1)
		}
	})
	equal(t, "versions", 16, created.Load())
	last := strings.Fields(h.words(t, h.saveDataset(t, add("deep/down/d", ""))))
	slices.Sort(last)
	equal(t, "datapoints", "same w0 w1 w10 w11 w12 w13 w14 w15 w2 w3 w4 w5 w6 w7 w8 w9", strings.Join(last, " "))
}

func datasetRevived(t *testing.T, h *harness) {
	h.saveDataset(t, set("d", "a"))
	gone := h.saveDataset(t, set("d", "a b"))
	must(t, h.DeleteVersion(t.Context(), file.DatasetKind, gone.File.ID, gone.Version.ID))
	equal(t, "after deletion", "a c", h.words(t, h.saveDataset(t, add("d", "c"))))
	back := h.saveDataset(t, set("d", "b a"))
	equal(t, "version", gone.Version.ID, back.Version.ID)
	equal(t, "after revival", "a b d", h.words(t, h.saveDataset(t, add("d", "d"))))
}

func datapointPages(t *testing.T, h *harness) {
	var all []string
	for i := range 700 { // more than two chunks
		all = append(all, itoa(i))
	}
	snap := h.saveDataset(t, set("d", strings.Join(all, " ")))
	for _, p := range [][2]int{{1, 10}, {70, 10}, {71, 10}, {2, 256}, {3, 256}, {1, 1000}, {2, 350}, {1, 0}, {1 << 40, 1 << 40}} {
		list, total, err := h.Datapoints(t.Context(), snap.Version.ID, page(p[0], p[1]))
		must(t, err)
		from := min((p[0]-1)*max(p[1], 0), 700)
		if p[0] > 1000 {
			from = 700
		}
		equal(t, "page", strings.Join(all[from:min(from+min(p[1], 700), 700)], " "), wordsOf(list))
		equal(t, "total", 700, total)
	}
}

func datapointsByID(t *testing.T, h *harness) {
	one, two := h.saveDataset(t, set("one", "a b")), h.saveDataset(t, set("two", "a"))
	ofOne, ofTwo := h.datapoints(t, &one), h.datapoints(t, &two)
	must(t, h.DeleteFile(t.Context(), file.DatasetKind, one.File.ID))
	got, err := h.DatapointsByID(t.Context(), []string{ofOne[1].ID, "dp_unknown", ofTwo[0].ID, "\x00"})
	must(t, err)
	equal(t, "datapoints", map[string]file.Datapoint{ofOne[1].ID: ofOne[1], ofTwo[0].ID: ofTwo[0]}, got)
}

func datapointBytes(t *testing.T, h *harness) {
	d := file.Datapoint{
		Inputs: map[string]string{"": "\x00 \u2028 😀", "b": ""}, Target: json.Value(`{"z":12345678901234567890,"a":[1.50,"\u0000"]}`),
	}
	sealed, err := d.Seal()
	must(t, err)
	snap := h.saveDataset(t, store.DatasetSave{Save: store.Save{Path: "d"}, Action: file.SetDatapoints, Datapoints: []file.SealedDatapoint{sealed}})
	got := h.datapoints(t, &snap)[0]
	got.ID = ""
	equal(t, "datapoint", d, got)
}

// datasetWalk edits Datasets by chance and compares with lists in memory.
func datasetWalk(t *testing.T, h *harness) {
	var walks atomic.Int64
	words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields("a b c d e f")), 0, 4)
	rapid.Check(t, func(r *rapid.T) {
		path := "walk" + itoa(int(walks.Add(1)))
		var versions [][]string // the order they were saved in last; each as it was made
		r.Repeat(map[string]func(*rapid.T){"edit": func(r *rapid.T) {
			action := rapid.SampledFrom([]file.Action{file.SetDatapoints, file.AddDatapoints, file.RemoveDatapoints}).Draw(r, "action")
			given := words.Draw(r, "words")
			if versions == nil && action == file.RemoveDatapoints {
				r.Skip("no Dataset")
			}
			var base []string
			if versions != nil {
				base = versions[len(versions)-1]
			}
			want := modelEdit(base, action, given)
			known := slices.IndexFunc(versions, func(v []string) bool { return sameSet(v, want) })
			if known >= 0 {
				want = versions[known]
				versions = slices.Delete(versions, known, known+1)
			}
			versions = append(versions, want)
			snap, did, err := h.SaveDataset(t.Context(), edit(path, action, strings.Join(given, " ")))
			if err != nil || did.Created != (known < 0) {
				r.Fatalf("created %v, %v", did.Created, err)
			}
			compareIn(r, "datapoints", strings.Join(want, " "), h.words(t, snap))
		}})
	})
}

func modelEdit(base []string, action file.Action, given []string) []string {
	var out []string
	if action == file.RemoveDatapoints {
		return append(out, slices.DeleteFunc(slices.Clone(base), func(w string) bool { return slices.Contains(given, w) })...)
	}
	if action == file.AddDatapoints {
		out = slices.Clone(base)
	}
	for _, w := range given {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
