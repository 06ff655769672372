package judge_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/judge"
)

func python(t *testing.T) judge.Runner { t.Helper(); return nil }
