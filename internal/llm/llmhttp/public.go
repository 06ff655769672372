package llmhttp

import (
	"net/netip"
	"syscall"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// NewPublicTransport returns a transport like [NewTransport] for URLs that callers bring. It uses no proxy and connects only to public
// addresses, whatever a name resolves to. Other connections fail with [failure.ErrPrivateAddress].
func NewPublicTransport() *Transport {
	return newTransport(nil, func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !public(to.Addr()) {
			return failure.ErrPrivateAddress
		}
		return nil
	})
}

// public reports whether an address belongs to the public internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate()
}

// notPublic are networks that count as global unicast but may end inside the operator's network: shared and reserved ones, and those that
// carry an arbitrary IPv4 address.
var notPublic = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}
