package doctor

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/config"
)

// TestJudgements are of machines that no test has: slow disks and networks, other file systems, old databases.
func TestJudgements(t *testing.T) {
	sqlite, postgres := &config.Config{}, &config.Config{DatabaseURL: "postgres://x"}
	for _, c := range []struct {
		what string
		saw  sight
		want State
	}{
		{"PostgreSQL 13", judgeVersion(130012, "13.12"), Fault},
		{"PostgreSQL 14", judgeVersion(140000, "14.0"), OK},
		{"a disk of 25 ms", judgeSync(25*time.Millisecond, time.Second), Warning},
		{"a disk of 1 ms", judgeSync(time.Millisecond, time.Second), OK},
		{"a database 30 ms away", judgeLatency(30 * time.Millisecond), Warning},
		{"a database 1 ms away", judgeLatency(time.Millisecond), OK},
		{"100 MB free", judgeSpace(sqlite, 100<<20), Fault},
		{"1 GB free", judgeSpace(sqlite, 1<<30), Warning},
		{"9 GB free", judgeSpace(sqlite, 9<<30), OK},
		{"100 MB free for a key", judgeSpace(postgres, 100<<20), OK},
		{"NFS", judgeFileSystem(sqlite, 0x6969), Fault},
		{"SMB, as some systems extend its sign", judgeFileSystem(sqlite, -0x1acb2be), Fault},
		{"NFS for a key", judgeFileSystem(postgres, 0x6969), OK},
		{"the layer of a container", judgeFileSystem(sqlite, 0x794c7630), Warning},
		{"ext4", judgeFileSystem(sqlite, 0xef53), OK},
		{"words at once", judgeStream(3 * time.Millisecond), Fault},
		{"words one by one", judgeStream(690 * time.Millisecond), OK},
	} {
		if c.saw.state != c.want {
			t.Errorf("%s: %+v, want %s", c.what, c.saw, c.want)
		}
	}
}

func TestGoBytes(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "off": 0, "1": 1, "7B": 7, "2KiB": 2 << 10, "3MiB": 3 << 20, "4GiB": 4 << 30, "1TiB": 1 << 40} {
		if got, ok := goBytes(text); !ok || got != want {
			t.Errorf("%q: %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"x", "-1", "1GB", "9223372036854775807TiB", "MiB"} {
		if got, ok := goBytes(text); ok {
			t.Errorf("%q: %d", text, got)
		}
	}
}
