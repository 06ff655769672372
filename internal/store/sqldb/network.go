package sqldb

import (
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

// notice lets a connection notice within some seconds that nobody is at its other end any more, as after a fail-over.
func notice(config *pgx.ConnConfig) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	dialer := &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence, Interval: silence / 3, Count: 3},
		Control:         giveUp,
	}
	config.DialFunc = dialer.DialContext
}

// silence is how long nothing comes from a database before it is asked whether it is there. As long again, and the connection is given up.
const silence = 6 * time.Second
