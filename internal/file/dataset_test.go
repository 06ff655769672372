package file_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

func sealDatapoint(t *testing.T, raw string) file.SealedDatapoint {
	t.Helper()
	var d file.Datapoint
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	sealed, err := d.Seal()
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return sealed
}

// TestDatapointsThatAreOne lists ways to write one datapoint.
func TestDatapointsThatAreOne(t *testing.T) {
	want := sealDatapoint(t, `{"inputs": {"a": "1", "b": "2"}, "messages": [{"role": "user", "content": "hi"}], "target": {"x": 1, "y": [true]}}`).Digest
	for _, raw := range []string{
		`{"target": {"y": [ true ], "x": 1.0}, "inputs": {"b": "2", "a": "\u0031"}, "messages": [{"content": "hi", "role": "user"}]}`,
		`{"id": "dp_x", "inputs": {"a": "1", "b": "2"}, "messages": [{"role": "user", "content": "hi", "name": null}], "target": {"x": 1, "y": [true]}}`,
	} {
		if sealDatapoint(t, raw).Digest != want {
			t.Errorf("%s is another datapoint", raw)
		}
	}
	for _, raw := range []string{`{"inputs": {}}`, `{"messages": []}`, `{"target": {}}`, `{"inputs": null, "messages": null, "target": null}`} {
		if sealDatapoint(t, raw).Digest != sealDatapoint(t, `{}`).Digest {
			t.Errorf("%s is not empty", raw)
		}
	}
}

// TestDatapointsThatDiffer lists datapoints of which no two are one.
func TestDatapointsThatDiffer(t *testing.T) {
	seen := map[file.Digest]string{}
	for _, raw := range []string{
		`{}`, `{"inputs": {"a": "1"}}`, `{"inputs": {"a": "2"}}`, `{"inputs": {"a": ""}}`, `{"target": {"a": "1"}}`, `{"target": {"a": 1}}`, `{"target": {"a": null}}`,
		`{"target": {"a": 9007199254740992}}`, `{"target": {"a": 9007199254740993}}`, `{"messages": [{"role": "user", "content": "a"}]}`,
		`{"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}`,
		`{"messages": [{"role": "user", "content": "b"}, {"role": "user", "content": "a"}]}`, `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]}`,
	} {
		digest := sealDatapoint(t, raw).Digest
		if other, ok := seen[digest]; ok {
			t.Errorf("%s and %s are one", raw, other)
		}
		seen[digest] = raw
	}
}

func TestDatapointIsOpenedAsItWasSealed(t *testing.T) {
	raw := `{"inputs":{"a":"😀\u0000"},"messages":[{"role":"user","content":"hi"}],"target":{"z":12345678901234567890,"a":1.50}}`
	sealed := sealDatapoint(t, raw)
	opened, err := file.OpenDatapoint("dp_1", sealed.Content)
	if err != nil {
		t.Fatal(err)
	}
	again, err := opened.Seal()
	sealed.ID = "dp_1"
	if diff := cmp.Diff(sealed, again); diff != "" || err != nil || opened.ID != "dp_1" {
		t.Errorf("%s, %v (-want +got):\n%s", opened.ID, err, diff)
	}
}

func TestSealRefusesTargetsWithAMemberTwice(t *testing.T) {
	d := file.Datapoint{Target: json.Value(`{"a": 1, "a": 2}`)}
	if sealed, err := d.Seal(); err == nil {
		t.Errorf("sealed as %s", sealed.Content)
	}
}

// TestFingerprintsNeverChange fixes what versions of Datasets are known by in databases.
func TestFingerprintsNeverChange(t *testing.T) {
	digests := []file.Digest{sealDatapoint(t, `{"inputs": {"a": "1"}}`).Digest, sealDatapoint(t, `{"inputs": {"a": "2"}}`).Digest}
	got := file.Fingerprint(digests)
	content := file.Dataset{Attributes: json.Value(`{}`), Count: 2, Fingerprint: got}
	raw, hash, err := file.Seal(&content)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"e5fa17ea0bc0e7f42c12cac45bd60f9f154425c87f7d63404e7f8c75f0a7e01a", // of the two digests, as hashlib says
		`{"datapoints_count":2,"datapoints":"e5fa17ea0bc0e7f42c12cac45bd60f9f154425c87f7d63404e7f8c75f0a7e01a"}`,
		"8460328accfea6daa12905bbce617b6600f97b4e8ae4a02dbf8869fbae77a8d3",
	}
	if diff := cmp.Diff(want, []string{got, string(raw), hash}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	slices.Reverse(digests)
	if file.Fingerprint(digests) != got {
		t.Error("the order counts")
	}
	if file.Fingerprint(nil) != "" {
		t.Error("nothing has a fingerprint")
	}
}
