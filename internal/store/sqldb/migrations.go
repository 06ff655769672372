package sqldb

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Migrations holds the migrations of this program: files NNNN_name.sql in a folder for each dialect.
//
//go:embed migrations
var Migrations embed.FS

// migration is one step in the history of a database. Steps are applied once, in order, and never change afterwards.
type migration struct {
	number     int
	name, text string
	checksum   string   // of text
	since      int      // programs whose newest migration is older must not run beside it
	indexes    []string // statements that run one by one outside of a transaction, in place of text
}

// sinceMark begins the first line of a migration. The rest of the line is the number of the oldest migration whose program may still run beside it. The line
// is not part of the text that its checksum is of.
const sinceMark = "-- since: "

func migrationsOf(files fs.FS, dialect string) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return nil, err
	}
	var list []migration
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		step, err := parseMigration(strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".sql"), string(text))
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		list = append(list, step)
	}
	slices.SortFunc(list, func(a, b migration) int { return cmp.Compare(a.number, b.number) })
	return list, nil
}

func parseMigration(name, text string) (m migration, err error) {
	m.name = name
	if m.number, err = strconv.Atoi(name[:min(4, len(name))]); err != nil {
		return m, fmt.Errorf("its name does not begin with a number: %w", err)
	}
	first, rest, _ := strings.Cut(text, "\n")
	since, ok := strings.CutPrefix(first, sinceMark)
	if m.since, err = strconv.Atoi(since); !ok || err != nil || m.since > m.number {
		return m, errors.New("its first line must be " + sinceMark + "N, where N is the oldest migration whose program may run beside it")
	}
	sum := sha256.Sum256([]byte(rest))
	m.text, m.checksum = rest, hex.EncodeToString(sum[:])
	m.indexes, err = concurrent(rest)
	return m, err
}

var (
	comments   = regexp.MustCompile(`(?m)--.*$`)
	makesIndex = regexp.MustCompile(`^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\w+) ON `)
	dropsIndex = regexp.MustCompile(`^DROP INDEX CONCURRENTLY IF EXISTS \w+$`)
)

// concurrent returns the statements of a migration that makes and drops indexes beside those who write, and none for any other. It fails for one that does
// more, since its statements are no transaction.
func concurrent(text string) ([]string, error) {
	text = comments.ReplaceAllString(text, "")
	if !strings.Contains(text, "INDEX CONCURRENTLY") {
		return nil, nil
	}
	var statements []string
	for statement := range strings.SplitSeq(text, ";") {
		statement = strings.Join(strings.Fields(statement), " ")
		switch {
		case statement == "":
		case makesIndex.MatchString(statement), dropsIndex.MatchString(statement):
			statements = append(statements, statement)
		default:
			return nil, fmt.Errorf("beside CREATE INDEX CONCURRENTLY name ON … and DROP INDEX CONCURRENTLY IF EXISTS name it must hold nothing, and it holds %q", statement)
		}
	}
	return statements, nil
}
