package api

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pair returns both ends of a connection, the first one gathering.
func pair(t *testing.T) (*connection, net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := Gather(listener).Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); client.Close() })
	if err := client.SetDeadline(time.Now().Add(time.Minute)); err != nil { // what is held for ever never comes
		t.Fatal(err)
	}
	return server.(*connection), client
}

// What is held goes out with what is written next, in its order, though the
// writer has used its memory for something else since; then nothing is held.
func TestConnectionsGather(t *testing.T) {
	t.Parallel()
	server, client := pair(t)
	write := func(text string, held int) {
		t.Helper()
		b := []byte(text)
		if n, err := server.Write(b); n != len(text) || err != nil || len(server.held) != held {
			t.Errorf("%s: %d bytes written, %d held, want %d; %v", text, n, len(server.held), held, err)
		}
		clear(b)
	}
	write("a", 0)
	for range 2 {
		server.hold()
		write("head,", 5)
		write("body,", 0)
		write("rest,", 0)
	}
	server.hold()
	write("end", 3)
	w := httptest.NewRecorder() // has nothing to add
	server.letGo(w)
	server.letGo(w)
	write(".", 0)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(client); string(got) != "ahead,body,rest,head,body,rest,end." || err != nil || !w.Flushed {
		t.Errorf("%q, flushed: %v, %v", got, w.Flushed, err)
	}
}

// An answer that cannot be sent is not taken for one that was.
func TestConnectionsFailToGather(t *testing.T) {
	t.Parallel()
	server, client := pair(t)
	if err := server.SetWriteDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	server.hold()
	if n, err := server.Write([]byte("head")); n != 4 || err != nil {
		t.Errorf("%d, %v: nothing is sent yet", n, err)
	}
	if n, err := server.Write([]byte("body")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes of the body are sent, %v", n, err)
	}
	server.hold()
	if _, err := server.Write([]byte("whole")); err != nil {
		t.Error(err)
	}
	server.letGo(httptest.NewRecorder())
	if _, err := server.Write(nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after an answer that was cut: %v", err)
	}
	if got, err := io.ReadAll(client); len(got) > 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// gatheringHandler answers with so many bytes as the query says, held back as
// tiles are.
func gatheringHandler(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.RawQuery) // 0 for another
	c := connectionOf(r)
	c.hold()
	w.Header().Set("Content-Length", r.URL.RawQuery)
	_, _ = w.Write(bytes.Repeat([]byte("t"), n)) // the client counts them
	c.letGo(w)
}

// Answers of every length come whole over one connection, also when they fill the
// buffers of net/http to the last byte, over TLS, and when asked for at once.
func TestAnswersAreGathered(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		s := httptest.NewUnstartedServer(nil)
		s.Config, s.Listener = NewHTTP(http.HandlerFunc(gatheringHandler)), Gather(s.Listener)
		if secure {
			s.StartTLS()
		} else {
			s.Start()
		}
		t.Cleanup(s.Close)
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if secure {
			trusts := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			trusts.ServerName = "example.com" // in the certificate
			conn = tls.Client(conn, trusts)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil { // what is held for ever never comes
			t.Fatal(err)
		}
		answersOf(t, conn)
	}
}

func answersOf(t *testing.T, conn net.Conn) {
	t.Helper()
	sizes := []int{0, 1, 2047, 2048, 2049, 100_000, 3_000_000}
	for n := 3700; n < 4200; n++ { // with the head, 4,096 is among them
		sizes = append(sizes, n, n+4096)
	}
	in := bufio.NewReader(conn)
	for len(sizes) > 0 {
		some := sizes[:min(3, len(sizes))]
		sizes = sizes[len(some):]
		var asked strings.Builder
		for _, n := range some {
			fmt.Fprintf(&asked, "GET /?%d HTTP/1.1\r\nHost: example.com\r\n\r\n", n)
		}
		if _, err := io.WriteString(conn, asked.String()); err != nil {
			t.Fatal(err)
		}
		for _, n := range some {
			response, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(n, err)
			}
			if body, err := io.ReadAll(response.Body); len(body) != n || strings.Trim(string(body), "t") != "" || response.Close || err != nil {
				t.Fatalf("%d bytes of %d, closing: %v, %v", len(body), n, response.Close, err)
			}
		}
	}
}
