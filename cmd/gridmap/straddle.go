package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gridmap/geo"
	"gridmap/geo/exchange"
)

// straddlersListed is how many straddling grids an import names; --report
// holds them all.
const straddlersListed = 50

// tellStraddlers lists the grids that more than one parent has a share of, and
// refuses them where they were neither to be cut nor to be kept whole; a draft
// may hold them.
func (q *importRequest) tellStraddlers(s *sources, state geo.PlanState) error {
	refused := s.straddling == exchange.Refused && len(s.straddlers) > 0 && state != geo.Draft
	if q.report != "" {
		if err := writeTo(q.report, s.std.out, func(w io.Writer) error {
			return exchange.WriteStraddlers(w, s.straddling, s.straddlers)
		}); err != nil {
			return err
		}
	}
	if len(s.straddlers) == 0 {
		return nil
	}
	to := s.std.out
	if refused {
		to = s.std.err
	}
	did := map[exchange.Straddling]string{exchange.CutApart: ", and were cut", exchange.KeptWhole: ", and were kept whole"}[s.straddling]
	fmt.Fprintf(to, "%d grids lie in more than one parent%s:\n", len(s.straddlers), did)
	for _, g := range s.straddlers[:min(len(s.straddlers), straddlersListed)] {
		fmt.Fprintln(to, "  "+straddleLine(&g))
	}
	if more := len(s.straddlers) - straddlersListed; more > 0 {
		fmt.Fprintf(to, "  and %d more; --report FILE lists them all\n", more)
	}
	if refused {
		fmt.Fprintln(to, "choose --straddle cut or whole, name their parents, or load a --draft")
		return errTold
	}
	return nil
}

// straddleLine tells who has which share of a grid.
func straddleLine(g *exchange.Straddler) string {
	var parts []string
	for _, p := range g.Parents {
		parent := p.Parent
		if parent == "" {
			parent = "no parent"
		}
		text := fmt.Sprintf("%s %s m² (%s %%), %d households", parent, p.AreaM2, percent(p.AreaPPM), p.Households)
		if p.Grid != "" && p.Grid != g.Code {
			text += " as " + p.Grid
		}
		parts = append(parts, text)
	}
	return g.Code + ": " + strings.Join(parts, "; ")
}

// percent writes millionths as a percentage, exactly.
func percent(ppm int64) string { return fmt.Sprintf("%d.%04d", ppm/1e4, ppm%1e4) }

// writeTo creates a file, which bears its name only when it is complete; - is
// the standard output.
func writeTo(name string, out io.Writer, content func(io.Writer) error) error {
	if name == "-" {
		return content(out)
	}
	f, err := createIn(filepath.Dir(name))(filepath.Base(name))
	if err != nil {
		return err
	}
	if err := content(f); err != nil {
		f.Abandon()
		return fmt.Errorf("%s: %w", name, err)
	}
	return f.Close()
}
