package faults

import (
	"fmt"
	"net/http"
	"os"
	"testing"
)

func TestTemporaryFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "x") // want usetesting
	fmt.Println(dir, err)
	f, err := os.Create(dir)
	fmt.Println(err)
	f.Close()
	resp, err := http.Get("http://localhost")
	fmt.Println(resp, err)
}
