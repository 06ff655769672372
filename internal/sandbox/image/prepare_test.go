package image

import "testing"

// TestAppendsExports states the bytes of an export section after two more exports were added.
func TestAppendsExports(t *testing.T) {
	got, err := appendExports([]byte("\x01\x06memory\x02\x00"), build{runs: 4056, sp: 3})
	const want = "\x03\x06memory\x02\x00\x03run\x00\xd8\x1f\x02sp\x03\x03"
	if string(got) != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if got, err := appendExports(nil, build{}); err == nil {
		t.Errorf("an empty section became %q", got)
	}
}

// FuzzAppendExports adds exports to any section.
func FuzzAppendExports(f *testing.F) {
	f.Add([]byte("\x01\x06memory\x02\x00"), uint32(1))
	f.Add([]byte("\xff\xff\xff\xff\x0f"), uint32(1<<32-1))
	f.Fuzz(func(t *testing.T, body []byte, index uint32) {
		count, n := uvarint(body)
		got, err := appendExports(body, build{runs: index, sp: index})
		if err != nil {
			return
		}
		after, m := uvarint(got)
		if n == 0 || after != count+2 || string(got[m:m+len(body)-n]) != string(body[n:]) {
			t.Errorf("%q became %q", body, got)
		}
	})
}
