package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"gridmap/geo"
)

// A Right is what a call wants to do.
type Right string

const (
	// Open is asked by what shows nothing of a territory: health, the
	// contract, the pages themselves.
	Open       Right = "open"
	Public     Right = "public"     // read what the notice board of a grid shows
	Counts     Right = "counts"     // read territories, plans, grids, staff and figures
	Households Right = "households" // read or write household rows
	// Personal is asked for heads and flags of households, which a territory keeps
	// only while its switch is on, and for the switch itself.
	Personal Right = "personal"
	Comment  Right = "comment" // read comments on plans, grids and places and add one
	Edit     Right = "edit"    // write every other record, make and edit drafts
	Publish  Right = "publish" // take a plan from state to state
	Admin    Right = "admin"   // read the service's own figures
)

// A Scope is the ground a call wants to touch; the zero Scope is not known
// yet: whether the caller may do such a thing anywhere at all.
type Scope struct {
	Territory geo.TerritoryID
	Plan      geo.PlanID
}

// An Allow says whether the caller may use the right in the scope: nil, or an
// error that wraps [ErrForbidden]. Every handler asks it, with the scope the
// address names before it runs and again for whatever territory it then finds
// itself in.
type Allow func(r *http.Request, right Right, scope Scope) error

// LoopbackOnly allows everything to callers on this machine and nothing to
// any other. The Host is checked too, or a page from elsewhere could reach
// the demo through a name it points at 127.0.0.1.
func LoopbackOnly(r *http.Request, right Right, _ Scope) error {
	if !isLoopback(r.RemoteAddr) || !isLoopback(r.Host) {
		return fmt.Errorf("%w: the demo answers on the loopback address only", ErrForbidden)
	}
	return nil
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if host == "localhost" {
		return true
	}
	if len(host) > 1 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}
