package datacsv_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/datacsv"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func TestRead(t *testing.T) {
	inputs := func(pairs ...string) map[string]string {
		out := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
		}
		return out
	}
	for name, test := range map[string]struct {
		csv  string
		want []file.Datapoint
	}{
		"inputs":                  {"a,b\n1,2\n3,\n", []file.Datapoint{{Inputs: inputs("a", "1", "b", "2")}, {Inputs: inputs("a", "3", "b", "")}}},
		"a byte order mark":       {"\xEF\xBB\xBFa\n1", []file.Datapoint{{Inputs: inputs("a", "1")}}},
		"lines of Windows":        {"a,b\r\n1,2\r\n", []file.Datapoint{{Inputs: inputs("a", "1", "b", "2")}}},
		"quotes":                  {"a,\" b \"\n\"1,\"\"x\"\"\n2\",é😀\n", []file.Datapoint{{Inputs: inputs("a", "1,\"x\"\n2", "b", "é😀")}}},
		"blank names and cells":   {" a , b\n 1 ,2\n", []file.Datapoint{{Inputs: inputs("a", " 1 ", "b", "2")}}},
		"rows of nothing":         {"a,b\n\n,\n1,2\n,\n", []file.Datapoint{{Inputs: inputs("a", "1", "b", "2")}}},
		"a target that is a text": {"a,target\n1,yes\n", []file.Datapoint{{Inputs: inputs("a", "1"), Target: json.Value(`{"output":"yes"}`)}}},
		"a target that is a list": {"a,target\n1,[1]\n", []file.Datapoint{{Inputs: inputs("a", "1"), Target: json.Value(`{"output":"[1]"}`)}}},
		"a target that is an object": {
			"target,a\n\" {\"\"n\"\": 12345678901234567890, \"\"l\"\": []} \",1\n", []file.Datapoint{{Inputs: inputs("a", "1"), Target: json.Value(`{"n": 12345678901234567890, "l": []}`)}},
		},
		"a target in members": {"a,target.output,target.\"x\"\n", nil},
		"targets in members":  {"target.output,a,target.b.c\n{,1,2\n,3,4\n,5,\n", []file.Datapoint{{Inputs: inputs("a", "1"), Target: json.Value(`{"output":"{","b.c":"2"}`)}, {Inputs: inputs("a", "3"), Target: json.Value(`{"b.c":"4"}`)}, {Inputs: inputs("a", "5")}}},
		"no target":           {"a,target\n1,\n2, \n", []file.Datapoint{{Inputs: inputs("a", "1")}, {Inputs: inputs("a", "2")}}},
		"names in capitals":   {"Target,Messages\n1,2\n", []file.Datapoint{{Inputs: inputs("Target", "1", "Messages", "2")}}},
		"messages": {
			"messages\n\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"hi\"\"}]\"\n[]\n", []file.Datapoint{
				{Inputs: inputs(), Messages: []llm.Message{{Role: llm.User, Content: llm.Text("hi")}}}, {Inputs: inputs(), Messages: []llm.Message{}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := datacsv.Read([]byte(test.csv))
			if test.want == nil {
				if err == nil {
					t.Errorf("read as %v", got)
				}
				return
			}
			if d := cmp.Diff(test.want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

// TestFaultsAreToldWithRowAndColumn names what is wrong, and where.
func TestFaultsAreToldWithRowAndColumn(t *testing.T) {
	for name, test := range map[string]struct {
		csv  string
		want []string // each: row, column, message
	}{
		"nothing":           {"", []string{"1 1 the file is empty: its first row must name the columns"}},
		"a mark alone":      {"\xEF\xBB\xBF", []string{"1 1 the file is empty: its first row must name the columns"}},
		"a header alone":    {"a,b\n\n", []string{"1 1 the file has no rows below its header"}},
		"semicolons":        {"a;b\n1;2\n", []string{"1 1 the header is one column: separate columns by commas"}},
		"tabs":              {"a\tb\n1\t2\n", []string{"1 1 the header is one column: separate columns by commas"}},
		"names":             {"a,, a,\n1,2,3,4\n", []string{"1 2 the column has no name", "1 3 the name `a` is that of column 1 already", "1 4 the column has no name"}},
		"two targets":       {"target,target.x\n1,2\n", []string{"1 2 there is a column target as well: give the target either as one column or as its members"}},
		"a nameless target": {"a,target.\n1,2\n", []string{"1 2 the column must name a member of the target after the point: target.output"}},
		"ragged": {"a,b,c\n1,2\n\n1,2,3,4\n1,2,3\n", []string{
			"2 3 the row has 2 of 3 cells: the one for `c` is missing",
			"4 4 the row has 4 cells, and the header names 3 columns; put a cell that holds commas in quotes",
		}},
		"a bare quote":        {"a,b\n1,2\n1,say \"hi\"\n", []string{"3 2 a quote within a cell: put the whole cell in quotes, and double those within it"}},
		"a quote not doubled": {"a,b\n\"x\ny\",\"say \"hi\"\"\n", []string{"2 2 the quotes around the cell are not closed, or a quote within them is not doubled"}},
		"a quote not closed":  {"a,b\n1,\"2\n3,4\n", []string{"2 2 the quotes around the cell are not closed, or a quote within them is not doubled"}},
		"a header in quotes":  {"a,\"b\n", []string{"1 2 the quotes around the cell are not closed, or a quote within them is not doubled"}},
		"Latin-1":             {"a,b\n1,2\n\"x\ny\",\xe9t\xe9\n", []string{"3 2 the text is not in UTF-8: save the file as CSV in UTF-8"}},
		"Latin-1 at first":    {"a,b\n\xe9,2\n", []string{"2 1 the text is not in UTF-8: save the file as CSV in UTF-8"}},
		"UTF-16":              {"\xFF\xFEa\x00\n\x00", []string{"1 1 the file is in UTF-16: save it as CSV in UTF-8"}},
		"messages": {
			"a,messages\n1,hi\n\"2\n\",\"[{]\"\n3,\"[{\"\"role\"\": 1}]\"\n4,\"[{\"\"role\"\": \"\"user\"\"}, {\"\"role\"\": \"\"bot\"\"}, {}]\"\n", []string{
				"2 2 the messages are not a JSON list", "3 2 the messages are not valid JSON: invalid character ']' at start of value",
				"5 2 the messages are not a list of messages: the value has the wrong type at /0/role",
				"6 2 message 2 has a role that is none of user, assistant, system, tool and developer", "6 2 message 3 has no role",
			},
		},
		"parts of messages": {
			"messages\n\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": [{\"\"type\"\": \"\"text\"\"}, {\"\"type\"\": \"\"image_url\"\"}]}]\"\n",
			[]string{"2 1 message 1 has a part that is neither a text nor an image"},
		},
		"targets": {"a,target\n1,{x}\n2,\"{\"\"a\"\": 1, \"\"a\"\": 2}\"\n", []string{
			"2 2 the target begins like a JSON object and is not valid JSON (invalid character 'x' at start of string (expecting '\"')); for a text like this, name the column target.output",
			"3 2 the target holds an object that names a member twice",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			points, err := datacsv.Read([]byte(test.csv))
			e := errs.From(err)
			if e == nil || e.Reason != errs.ValidationFailed {
				t.Fatalf("%v, %v", points, err)
			}
			var got []string
			for _, v := range e.Violations {
				got = append(got, fmt.Sprint(v.Loc[0], " ", v.Loc[1], " ", v.Message))
				if len(v.Loc) != 2 || v.Param != fmt.Sprintf("%d.%d", v.Loc[0], v.Loc[1]) {
					t.Errorf("it is at %v, %s", v.Loc, v.Param)
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestRowsAreLimited refuses a file as soon as it has too many rows, and takes one that has just as many. Fault E1.
func TestRowsAreLimited(t *testing.T) {
	rows := 0
	for _, err := range datacsv.Rows([]byte("a\n" + strings.Repeat("x\n", datacsv.MaxRows))) {
		if rows++; err != nil {
			t.Fatal(err)
		}
	}
	_, err := datacsv.Read([]byte("a\n" + strings.Repeat("x\n", 1_000_000)))
	e := errs.From(err)
	want := "The file has 1 problem: row 250002, column 1: the file has more than 250000 rows: add it in parts."
	if e == nil || e.Reason != errs.ValidationFailed || e.Message != want || rows != datacsv.MaxRows {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	_, err := datacsv.Read([]byte("a,b\n" + strings.Repeat("1\n", 50_000)))
	e := errs.From(err)
	want := "The file has 1000 problems: row 2, column 2: the row has 1 of 2 cells: the one for `b` is missing; row 3, column 2: the row has 1 of 2 cells: " +
		"the one for `b` is missing; row 4, column 2: the row has 1 of 2 cells: the one for `b` is missing; and 997 more."
	if e == nil || e.Message != want || len(e.Violations) != 20 {
		t.Errorf("%v", err)
	}
}

// TestWhatIsWrittenIsRead writes inputs by chance as CSV.
func TestWhatIsWrittenIsRead(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune("ab ,;\"'\té😀\n")))
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,5}`), 2, 5, rapid.ID).Draw(t, "names")
		rows := rapid.SliceOfN(rapid.SliceOfN(text, len(names), len(names)), 1, 10).Draw(t, "rows")
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		_ = w.Write(names)
		var want []file.Datapoint
		for _, row := range rows {
			_ = w.Write(row)
			d := file.Datapoint{Inputs: map[string]string{}}
			for i, cell := range row {
				d.Inputs[names[i]] = cell
			}
			if strings.Join(row, "") != "" {
				want = append(want, d)
			}
		}
		w.Flush()
		if want == nil {
			t.Skip("no text at all")
		}
		got, err := datacsv.Read(buf.Bytes())
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Fatalf("%v in %q (-want +got):\n%s", err, buf.String(), d)
		}
	})
}

// FuzzRead reads anything: there are datapoints that can be stored, or faults with their places.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "\xEF\xBB\xBFa,target,messages\n\"1\n\",\"{\"\"a\"\": 1}\",\"[{\"\"role\"\": \"\"user\"\"}]\"\n", "a;b", "a,\"b\n", "a,b\n\"x\"y,1\n",
		"target.x,target.\n1,2", "a\n\xff", "\r\n\r\n\"", "a,b\n\"1\r\n\",\"\"\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		points, err := datacsv.Read(data)
		if err == nil {
			if len(points) == 0 {
				t.Error("no datapoints and no fault")
			}
			for i := range points {
				if _, err := points[i].Seal(); err != nil {
					t.Errorf("%v of %+v", err, points[i])
				}
			}
			return
		}
		e := errs.From(err)
		if e == nil || e.Reason != errs.ValidationFailed || len(e.Violations) == 0 {
			t.Fatal(err)
		}
		for _, v := range e.Violations {
			row, column := v.Loc[0].(int), v.Loc[1].(int)
			if row < 1 || row > 1+bytes.Count(data, []byte("\n")) || column < 1 || column > 2+bytes.Count(data, []byte(",")) {
				t.Errorf("row %d, column %d of %q", row, column, data)
			}
		}
	})
}
