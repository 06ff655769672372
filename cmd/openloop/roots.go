package main

// What the system has on most machines, and an image made from scratch has not.
import (
	_ "time/tzdata" // the zones of times

	_ "golang.org/x/crypto/x509roots/fallback" // the certificates that TLS trusts, where the system has none
)
