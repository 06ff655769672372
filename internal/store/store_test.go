package store_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) { storetest.Run(t, fresh) })
	}
}
