package sqldb

import (
	"context"
	"sync/atomic"
	"time"
)

// clockMicros is the clock of PostgreSQL.
const clockMicros = `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`

// clock is the clock of another machine, as far as it was read. What passes between two readings is measured by this machine, whether its own clock is right or not.
type clock struct{ last atomic.Pointer[clockReading] }

type clockReading struct {
	there time.Time
	here  time.Time // monotonic
}

// read reads the clock by ask.
func (c *clock) read(ask func() (us int64, err error)) error {
	began := time.Now()
	us, err := ask()
	if err != nil {
		return err
	}
	c.last.Store(&clockReading{there: FromMicros(us), here: began.Add(time.Since(began) / 2)})
	return nil
}

// now returns the time on the clock, which was read before.
func (c *clock) now() time.Time {
	last := c.last.Load()
	return last.there.Add(time.Since(last.here))
}

// clock implements [Backend] by the clock of the database.
func (p *Postgres) clock(time.Time) time.Time { return p.shared.now() }

func (p *Postgres) setClock(ctx context.Context) error {
	return p.shared.read(func() (us int64, err error) {
		err = p.Pool.QueryRow(ctx, `SELECT `+clockMicros).Scan(&us)
		return us, err
	})
}
