package app

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openloop-server/openloop/internal/config"
)

// sink notes each write.
type sink struct {
	mu     sync.Mutex
	writes []string
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, string(p))
	return len(p), nil
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.writes)
}

func TestOrdinaryLinesAreWrittenTogetherAfterAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		log, _ := newLogger(&config.Config{LogLevel: "info"}, &s)
		log.Info("one")
		log.Info("two")
		if s.count() != 0 {
			t.Errorf("written at once: %q", s.writes)
		}
		<-time.After(2 * logDelay) // of the bubble's clock
		if s.count() != 1 || !strings.Contains(s.writes[0], "msg=one") || !strings.Contains(s.writes[0], "msg=two") {
			t.Errorf("written: %q", s.writes)
		}
	})
}

func TestWarningsAreWrittenAtOnceWithWhatCameBefore(t *testing.T) {
	var s sink
	log, _ := newLogger(&config.Config{LogLevel: "info", LogFormat: "json"}, &s)
	log.With("a", 1).Info("before")
	log.WithGroup("g").Warn("now")
	if s.count() != 1 || !strings.Contains(s.writes[0], `"before"`) || !strings.Contains(s.writes[0], `"now"`) {
		t.Errorf("written: %q", s.writes)
	}
}

func TestFlushWritesWhatIsLeft(t *testing.T) {
	var s sink
	log, out := newLogger(&config.Config{LogLevel: "info"}, &s)
	log.Info("last")
	log.Debug("unseen")
	if err := out.Flush(); err != nil || s.count() != 1 {
		t.Errorf("written: %q, %v", s.writes, err)
	}
}
