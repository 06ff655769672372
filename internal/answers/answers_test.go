package answers_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/llm"
)

var day = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)

func answer(text string, at time.Time) answers.Answer {
	return answers.Answer{Provider: "p", Model: "m", Response: &llm.Response{Message: llm.Message{Role: llm.Assistant, Content: llm.Text(text)}}, At: at}
}

// told is what a cache has for keys that begin with the letters, "-" for nothing.
func told(c *answers.Cache, letters string, since time.Time) string {
	var out []string
	for _, l := range letters {
		if a, ok := c.Get(answers.Key{byte(l)}, since); ok {
			out = append(out, a.Response.Message.Content.String()[:1])
		} else {
			out = append(out, "-")
		}
	}
	return strings.Join(out, "")
}

func TestAnAnswerIsRememberedForATime(t *testing.T) {
	c := answers.New(1 << 20)
	c.Put(answers.Key{'a'}, answer("a", day))
	for since, want := range map[time.Duration]string{-time.Second: "a-", 0: "a-", time.Microsecond: "--"} {
		if got := told(c, "ab", day.Add(since)); got != want {
			t.Errorf("of %v later it is %q", since, got)
		}
	}
	c.Put(answers.Key{'a'}, answer("A", day.Add(time.Hour)))
	if got := told(c, "a", day.Add(time.Hour)); got != "A" {
		t.Errorf("a later one is %q", got)
	}
}

// TestTheLeastUsedMakeRoom has room for three answers of 100,000 bytes.
func TestTheLeastUsedMakeRoom(t *testing.T) {
	c := answers.New(310_000)
	put := func(letter string) {
		c.Put(answers.Key{letter[0]}, answer(strings.Repeat(letter, 100_000), day))
	}
	for _, l := range []string{"a", "b", "c"} {
		put(l)
	}
	told(c, "a", day)
	put("d")
	got := []string{told(c, "abcd", day)}
	put("c") // again: it takes the room that it had
	got = append(got, told(c, "abcd", day))
	c.Put(answers.Key{'e'}, answer(strings.Repeat("e", 400_000), day)) // has no room at all
	got = append(got, told(c, "abcde", day))
	if d := cmp.Diff([]string{"a-cd", "a-cd", "a-cd-"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAVeryLargeAnswerIsNotRemembered(t *testing.T) {
	c := answers.New(1 << 30)
	c.Put(answers.Key{'a'}, answer(strings.Repeat("a", answers.Largest-2000), day))
	c.Put(answers.Key{'b'}, answer(strings.Repeat("b", answers.Largest), day))
	if got := told(c, "ab", day); got != "a-" {
		t.Errorf("remembered are %q", got)
	}
}

func TestNoRoomRemembersNothing(t *testing.T) {
	c := answers.New(0)
	c.Put(answers.Key{'a'}, answer("a", day))
	if got := told(c, "a", day); got != "-" {
		t.Errorf("remembered is %q", got)
	}
}

func TestAllAtOnce(t *testing.T) {
	c := answers.New(20_000)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 1000 {
				k := answers.Key{byte((g + i) % 40)}
				if a, ok := c.Get(k, day); ok && a.Response.Message.Content.String() != fmt.Sprint(k[0]) {
					t.Errorf("%d has %q", k[0], a.Response.Message.Content.String())
				}
				c.Put(k, answer(fmt.Sprint(k[0]), day))
			}
		})
	}
	all.Wait()
}
