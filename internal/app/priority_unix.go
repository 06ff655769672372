//go:build unix

package app

import (
	"os/exec"
	"syscall"
)

// apart has a command run in a group of its own, which [giveWay] needs.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// giveWay gives a process that runs apart the lowest priority. Where that cannot be done it only disturbs more.
func giveWay(pid int) { _ = syscall.Setpriority(syscall.PRIO_PGRP, pid, lowest) }

const lowest = 19
