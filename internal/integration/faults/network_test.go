package faults

import (
	"bytes"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// network is what lies between a host and its database, and fails as it is told.
type network struct {
	dsn    string // of the database, by this way
	server string // the socket of the server

	mu       sync.Mutex
	swallows bool          // nothing arrives any more, and nobody is told
	delay    time.Duration // of everything that is sent
	slice    int           // bytes at a time; 0 for as they come
	cut      string        // what ends the connection when it is sent
	after    bool          // but only after it has arrived, and the answer has come
	mute     bool          // it does not end, but nothing arrives from there on
	cuts     int           // that have been made
	open     map[net.Conn]bool
}

var dsnHost = regexp.MustCompile(`host=(\S+) port=(\d+)`)

// newNetwork puts a network in front of a database.
func newNetwork(t *testing.T, dsn string) *network {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	found := dsnHost.FindStringSubmatch(dsn)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	must(t, err)
	n := &network{server: found[1] + "/.s.PGSQL." + found[2], open: map[net.Conn]bool{}}
	n.dsn = strings.Replace(dsn, found[0], "host=127.0.0.1 port="+port, 1)
	t.Cleanup(func() {
		listener.Close()
		n.change(func() {
			for c := range n.open {
				c.Close()
			}
		})
	})
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go n.join(client)
		}
	}()
	return n
}

func (n *network) change(how func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	how()
}

func (n *network) swallow() { n.change(func() { n.swallows = true }) }

// heal makes it a good network again. The connections of before are lost.
func (n *network) heal() {
	n.change(func() {
		n.swallows, n.mute, n.delay, n.slice = false, false, 0, 0
		for c := range n.open {
			c.Close()
			delete(n.open, c)
		}
	})
}

// join carries what a client and the server say to each other. What was swallowed once never arrives.
func (n *network) join(client net.Conn) {
	server, err := net.Dial("unix", n.server)
	if err != nil {
		client.Close()
		return
	}
	n.change(func() { n.open[client], n.open[server] = true, true })
	end := sync.OnceFunc(func() {
		client.Close()
		server.Close()
	})
	deaf := new(atomic.Bool)
	go n.carry(client, server, end, deaf, false)
	n.carry(server, client, end, deaf, true)
}

// carry carries what comes from one side, up to the server or down. A deaf client hears no answer any more: the connection ends with it.
func (n *network) carry(to io.Writer, from io.Reader, end func(), deaf *atomic.Bool, up bool) {
	defer end()
	buffer, lost := make([]byte, 32<<10), false
	for {
		count, err := from.Read(buffer)
		if err != nil {
			return
		}
		n.mu.Lock()
		lost = lost || n.swallows
		delay, slice := n.delay, n.slice
		cuts := n.cut != "" && up && bytes.Contains(buffer[:count], []byte(n.cut))
		after, mute := n.after, n.mute
		if cuts {
			n.cut = ""
			n.cuts++
		}
		n.mu.Unlock()
		lost = lost || cuts && mute
		if lost {
			continue
		}
		if cuts && !after || !up && deaf.Load() {
			return
		}
		deaf.CompareAndSwap(false, cuts)
		time.Sleep(delay)
		if err := write(to, buffer[:count], slice); err != nil {
			return
		}
	}
}

// write writes so many bytes at a time.
func write(to io.Writer, b []byte, slice int) error {
	if slice == 0 {
		slice = len(b)
	}
	for len(b) > 0 {
		k := min(slice, len(b))
		if _, err := to.Write(b[:k]); err != nil {
			return err
		}
		b = b[k:]
	}
	return nil
}
