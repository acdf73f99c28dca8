package main

import (
	"flag"
	"os"
	"strings"

	"gridmap/api"
)

// The environment may give what the flags of a basemap say: a key on the
// command line is seen by everybody on the machine.
const (
	basemapVariable     = "GRIDMAP_BASEMAP"
	attributionVariable = "GRIDMAP_BASEMAP_ATTRIBUTION"
)

// A ground is what the flags say of what maps lie on.
type ground struct {
	settings    list
	attribution string
}

// basemapFlags adds --basemap and --basemap-attribution.
func basemapFlags(flags *flag.FlagSet) *ground {
	g := new(ground)
	flags.Var(&g.settings, "basemap", "lets the pages draw a basemap under the grids, for whoever switches it on; may be given several times; `SETTING` is "+
		api.BasemapUsage+"; "+basemapVariable+", one a line, if not given")
	flags.StringVar(&g.attribution, "basemap-attribution", "", "`TEXT` that must stand on the map of xyz, such as who made it and its approval number; "+
		attributionVariable+" if not given")
	return g
}

// parse reads what the flags or, without them, the environment say.
func (g *ground) parse() ([]api.Basemap, error) {
	settings, attribution := []string(g.settings), g.attribution
	if len(settings) == 0 {
		settings = strings.FieldsFunc(os.Getenv(basemapVariable), func(r rune) bool { return r == '\n' })
	}
	if attribution == "" {
		attribution = os.Getenv(attributionVariable)
	}
	return api.ParseBasemaps(settings, attribution)
}
