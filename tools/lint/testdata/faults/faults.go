// Package faults has a fault for each linter, on the lines that say so.
package faults

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"regexp"
)

func Exported() { helpers() } // want revive

// helpers uses what is not faulty for its name alone.
func helpers() {
	_, _, _, _, _ = body, compare, colors, nils, get
	_, _, _, _, _ = query, left, wide(1, 2)+wide(3, 4), patterns, counts
	_, _, _ = long, statements, branches
	var _ large
}

func unused() {} // want unused

func body(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req) // want bodyclose
	if err != nil {
		return err
	}
	fmt.Printf("%d", resp.Status) // want govet staticcheck
	return nil
}

func compare(err error) bool { return err == io.EOF } // want errorlint

type color int

const (
	red color = iota
	green
)

func colors(c color) int {
	switch c { // want exhaustive
	case red:
		return int(int(c)) // want unconvert
	}
	return 0
}

func nils() error {
	if err := os.Remove("a"); err != nil {
		return nil // want nilerr
	}
	os.Remove("b") // want errcheck
	return errors.New("c")
}

func get() (*http.Response, error) {
	return http.Get("http://localhost") // want noctx
}

func query(ctx context.Context, db *sql.DB) (n int, err error) {
	rows, err := db.QueryContext(ctx, "SELECT 1") // want rowserrcheck sqlclosecheck
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		n++
	}
	return n, nil
}

func left() int {
	n := rand.Int() // want gosec ineffassign staticcheck
	n = 2
	return n
}

func wide(a, b int) int { // want unparam
	fmt.Println(a)
	return a + 1
}

type large interface { // want interfacebloat
	A()
	B()
	C()
	D()
	E()
	F()
}

func patterns() *regexp.Regexp { return regexp.MustCompile("(") } // want staticcheck

// counts may recieve anything. want misspell
func counts(list []int) (n int) {
	for i := 0; i < len(list); i++ { // want modernize
		n += i
	}
	return n
}

// held has what is held back.
func held() {
	os.Remove("a") //nolint:errcheck // it may be gone
	//nolint:errcheck // below
	os.Remove("b")
	helpers()      //nolint:errcheck // want nolintlint
	helpers()      //nolint:nobody // want nolintlint
	os.Remove("c") //nolint // want errcheck nolintlint
}

var _ = held
