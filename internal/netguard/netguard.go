// Package netguard connects to addresses that users of this server name: base URLs that callers bring, Tools, their code. It reaches the public
// internet and nothing else, whatever a name resolves to and wherever an answer redirects.
package netguard

import (
	"errors"
	"net/netip"
	"strconv"
	"syscall"
)

// ErrRefused is in the chain of an error that says that nothing was sent, because the address is not allowed.
var ErrRefused = errors.New("the address is not allowed")

// errPrivate is of an address outside the public internet.
var errPrivate = refusal("it is not an address of the public internet")

// refusal says why an address is not allowed, in words for the caller that name nothing of the operator's.
type refusal string

func (r refusal) Error() string { return "the address is not allowed: " + string(r) }

// Is makes every refusal an [ErrRefused].
func (r refusal) Is(target error) bool { return target == ErrRefused }

// Control refuses connections to addresses that are not public. It is for [net.Dialer], which calls it with the address that it is about to connect
// to. So a name that resolves differently each time does not get around it.
func Control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return errPrivate
	}
	return nil
}

// checkPort refuses connections to ports on which the services of a machine listen, except those of the web.
func checkPort(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	if port := to.Port(); port != 80 && port != 443 && port < 1024 {
		return refusal("the port " + strconv.Itoa(int(port)) + " is not 80, 443, or 1024 and above")
	}
	return nil
}

// public reports whether an address belongs to the public internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.Is6() && !globalUnicast.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}

// globalUnicast has all IPv6 addresses that are assigned on the internet. Outside are, among others, those of link and site, and those that carry an
// IPv4 address: compatible, translated, and NAT64.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// notPublic are the networks of the registries for special purposes (RFC 6890) that may end inside the operator's network, those that carry an IPv4
// address, and the one public address at which a cloud serves metadata.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"168.63.129.16/32", // Azure
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}
