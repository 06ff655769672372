package gateway_test

import (
	"context"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
)

// TestTheCallerDecidesWhichFailuresAreRecorded has calls that fail, and callers that keep some failures.
func TestTheCallerDecidesWhichFailuresAreRecorded(t *testing.T) {
	cut := failed(errs.Overloaded)
	g, db, observed := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(cut) })
	recorded := map[string]bool{}
	for name, keep := range map[string]func(error) bool{
		"all":   nil,
		"those": func(err error) bool { return errs.Is(err, errs.Overloaded) },
		"other": func(err error) bool { return !errs.Is(err, errs.Overloaded) },
	} {
		in := input("m", 0)
		in.Log.ID, in.Keep = "log_"+name, keep
		if _, err := g.Call(t.Context(), in); !errs.Is(err, errs.Overloaded) {
			t.Errorf("%s: %v", name, err)
		}
		if o := <-observed; o.Err == nil {
			t.Errorf("%s: the attempt was not observed", name)
		}
		var err error
		if recorded[name], err = db.LogExists(t.Context(), in.Log.ID); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(map[string]bool{"all": true, "those": true, "other": false}, recorded); d != "" {
		t.Errorf("recorded (-want +got):\n%s", d)
	}
}

func TestASuccessIsRecordedInAnyCase(t *testing.T) {
	g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "x") })
	in := input("m", 0)
	in.Keep = func(error) bool { return false }
	result, err := g.Call(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := db.LogExists(t.Context(), result.Logs[0].ID); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestAPastVersionRuns deletes the File of a version between two calls.
func TestAPastVersionRuns(t *testing.T) {
	g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "x") })
	first, err := g.Call(t.Context(), input("m", 0))
	if err != nil {
		t.Fatal(err)
	}
	made := first.Logs[0]
	in := &gateway.CallInput{Ref: file.Ref{VersionID: made.VersionID}, Past: true, Messages: input("m", 0).Messages}
	for _, deleted := range []bool{false, true} {
		if deleted {
			if err := db.DeleteFile(auth.With(t.Context(), auth.Principal{}), file.PromptKind, made.FileID); err != nil {
				t.Fatal(err)
			}
		}
		again, err := g.Call(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got := again.Logs[0]; got.VersionID != made.VersionID || got.FileID != made.FileID {
			t.Errorf("it ran %s of %s", got.VersionID, got.FileID)
		}
	}
	in.Past = false
	if _, err := g.Call(t.Context(), in); !errs.Is(err, errs.VersionNotFound) {
		t.Errorf("a deleted version is called: %v", err)
	}
	in.Past, in.VersionID = true, "prv_x"
	if _, err := g.Call(t.Context(), in); !errs.Is(err, errs.VersionNotFound) {
		t.Errorf("an unknown version: %v", err)
	}
}
