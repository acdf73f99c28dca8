package api

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Bounds of the HTTP server; every request has a deadline of its own besides.
const (
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	headerBytesMax = 64 << 10
)

// NewHTTP returns the server of a handler that [New] made, for listeners that
// [Gather] made. Its caller may set more, but for ConnContext.
func NewHTTP(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytesMax,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, c)
		},
	}
}

// Gather lets the connections of a listener send a tile in one piece. A server
// of net/http passes on the first 4 kB of an answer, head and beginning, and then
// the rest: the client would be woken for either. Over TLS, or where the server is
// not from [NewHTTP], tiles are sent as everything else.
func Gather(listener net.Listener) net.Listener { return gatherer{listener} }

type gatherer struct{ net.Listener }

func (g gatherer) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		c = &connection{TCPConn: tcp}
	}
	return c, err
}

// A connection is one of TCP that can hold back what is written until more is.
type connection struct {
	*net.TCPConn
	holding bool
	held    []byte
	parts   [2][]byte
	pieces  net.Buffers // of parts
}

type connectionKey struct{}

// connectionOf returns the connection of a request, nil if it cannot hold back.
func connectionOf(r *http.Request) *connection {
	c, _ := r.Context().Value(connectionKey{}).(*connection)
	return c
}

// hold holds the next write back until the one after it, or until letGo. It is
// called by the handler of a request, who must call letGo before it returns.
func (c *connection) hold() {
	if c != nil {
		c.holding = true
	}
}

// Write is that of [net.Conn]. What is held back counts as written; if it cannot
// be after all, the write after it fails.
func (c *connection) Write(p []byte) (int, error) {
	switch {
	case !c.holding:
		return c.TCPConn.Write(p)
	case len(c.held) == 0:
		c.held = append(c.held, p...) // p is the writer's, to be used again
		return len(p), nil
	}
	c.parts = [2][]byte{c.held, p}
	c.pieces = c.parts[:]
	n, err := c.pieces.WriteTo(c.TCPConn)
	n -= int64(len(c.held))
	c.parts, c.held, c.holding = [2][]byte{}, c.held[:0], false
	return int(max(0, n)), err
}

// letGo ends hold: what is held back is sent, together with what w has yet to
// write. It does nothing for a connection that does not hold.
func (c *connection) letGo(w http.ResponseWriter) {
	if c == nil || !c.holding {
		return
	}
	if len(c.held) > 0 {
		_ = http.NewResponseController(w).Flush() // w knows of the failure
	}
	c.holding = false
	if len(c.held) == 0 {
		return
	}
	_, err := c.TCPConn.Write(c.held)
	c.held = c.held[:0]
	if err != nil {
		_ = c.Close() // the answer is cut, and w takes it for whole
	}
}
