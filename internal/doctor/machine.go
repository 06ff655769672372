package doctor

import (
	"context"
	"strconv"
	"strings"
)

func memoryLimit(_ context.Context, p *patient) sight {
	if p.Memory == 0 {
		return skip("The system does not tell how much memory there is.")
	}
	asked := p.cfg.MaxBodies + p.cfg.CacheMemory
	format := "OPENLOOP_MAX_BODIES and OPENLOOP_CACHE_MEMORY are %d MB together, of %d MB."
	if asked > p.Memory/2 {
		return warn(format, asked>>20, p.Memory>>20)
	}
	return fine(format, asked>>20, p.Memory>>20)
}

func goMemoryLimit(_ context.Context, p *patient) sight {
	text := p.lookup("GOMEMLIMIT")
	limit, ok := goBytes(text)
	switch {
	case text == "" || p.Memory == 0:
		return fine("")
	case !ok:
		return warn("GOMEMLIMIT is no number of bytes, as 900MiB.")
	case limit > p.Memory:
		return warn("GOMEMLIMIT is %d MB, of %d MB that there are.", limit>>20, p.Memory>>20)
	}
	return fine("GOMEMLIMIT is %d MB, of %d MB that there are.", limit>>20, p.Memory>>20)
}

// goBytes reads a number of bytes as the runtime of Go does. "off" is 0: no limit of its own.
func goBytes(text string) (n int64, ok bool) {
	if text == "off" || text == "" {
		return 0, true
	}
	shift := 0
	for _, unit := range []struct {
		name  string
		shift int
	}{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}, {"B", 0}} {
		if number, found := strings.CutSuffix(text, unit.name); found {
			text, shift = number, unit.shift
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n << shift, err == nil && n >= 0 && n<<shift>>shift == n
}

// Open files below which the server soon has none left, and cannot work.
const (
	fewFiles = 4096
	noFiles  = 256
)

func openFiles(context.Context, *patient) sight {
	n, ok := fileLimit()
	switch {
	case !ok:
		return skip("The system does not tell.")
	case n <= noFiles:
		return fail("It is %d.", n)
	case n < fewFiles:
		return warn("It is %d.", n)
	default:
		return fine("It is %d.", n)
	}
}
