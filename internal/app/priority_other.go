//go:build !unix

package app

import "os/exec"

// apart does nothing here.
func apart(*exec.Cmd) {}

// giveWay does nothing here.
func giveWay(int) {}
