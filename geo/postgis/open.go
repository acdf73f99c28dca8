package postgis

import (
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sys/unix"
)

// Deadlines of a connection. Statements get a closer one from [Limits]; these
// hold where a caller forgets, and on the wire.
const (
	connectTimeout = 5 * time.Second
	ackTimeout     = 10 * time.Second // sent data not acknowledged: the peer is gone
	cancelGrace    = time.Second      // between asking the server to cancel and hanging up
)

// poolSize is the least connections a pool may grow to, unless the url says
// pool_max_conns. Most calls wait for the disk, not for a processor.
const poolSize = 16

// sessionSettings are sent with every connection. The url may override them.
var sessionSettings = map[string]string{
	"application_name":                    "gridmap",
	"statement_timeout":                   "8s",
	"lock_timeout":                        "5s",
	"idle_in_transaction_session_timeout": "60s",
	"tcp_user_timeout":                    "10s",
	"timezone":                            "UTC",
	// Queries here are short; compiling them costs more than it saves.
	"jit": "off",
}

// Open returns a pool of connections to the database at url (a PostgreSQL URL
// or keyword string) on which no call can hang: connecting, waiting for locks,
// running and idling in a transaction all have deadlines. It connects once to
// tell a wrong url at once. Error: [ErrUnavailable].
func Open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = max(config.MaxConns, poolSize)
	}
	c := config.ConnConfig
	for name, value := range sessionSettings {
		if _, given := c.RuntimeParams[name]; !given {
			c.RuntimeParams[name] = value
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	dialer := &net.Dialer{Timeout: c.ConnectTimeout, KeepAlive: 15 * time.Second, Control: boundAck}
	c.DialFunc = dialer.DialContext
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelGrace}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", explain(err))
	}
	return pool, nil
}

// boundAck makes the kernel give a connection up when the peer does not
// acknowledge: a black-holed link otherwise hangs for a quarter of an hour.
func boundAck(network, _ string, raw syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(ackTimeout.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}
