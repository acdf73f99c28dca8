package tiles

// A look is how one style differs from another, apart from its colours.
type look struct {
	choropleth bool    // grids are coloured by their households
	findings   bool    // what breaks a rule is shown
	ink        bool    // in the colours of paper
	fill       float64 // opacity of the grids' colour
	width      float64 // of lines, against a planner's
	text       float64 // size, against a planner's
}

var looks = map[string]look{
	PlannerStyle: {findings: true, fill: 1, width: 1, text: 1},
	WallStyle:    {choropleth: true, fill: 0.85, width: 1.5, text: 1.6},
	PrintStyle:   {ink: true, fill: 1, width: 1, text: 1.1},
}

// A palette is the colours of one theme.
type palette struct {
	ground, rural, urban string
	lines                []string // by tier, from the territory down
	classes              []string // of households, from few to many
	text, halo           string
	dedicated, task      string
	severity             [3]string // error, warning, info
}

// classBreaks are the households from which a grid is of the next class: the
// field's bounds are 50 and 80 for micro grids, 300 and 500 for those above.
var classBreaks = []int{50, 80, 300, 500}

// The classes of the light theme are ColorBrewer's YlGnBu (Brewer and
// Harrower, colorbrewer2.org, rated safe for colour-blind eyes), those of the
// dark one cividis (Nuñez, Anderton and Renslow 2018, doi
// 10.1371/journal.pone.0199239) at its quarters. Severities and overlays are
// of Okabe and Ito's set (jfly.uni-koeln.de/color). A test looks at all of
// them as protan and deutan eyes see them.
var palettes = map[Theme]palette{
	Light: {
		ground: "#f4f2ec", rural: "#f7f5ee", urban: "#e6e9f0",
		lines:   []string{"#1f2f3a", "#2f4350", "#4a5b62", "#6d7d84", "#93a1a7", "#b3bec3"},
		classes: []string{"#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"},
		text:    "#1d2a30", halo: "#ffffff", dedicated: "#cc79a7", task: "#009e73",
		severity: [3]string{"#d55e00", "#e69f00", "#56b4e9"},
	},
	Dark: {
		ground: "#10171c", rural: "#172229", urban: "#22313b",
		lines:   []string{"#e6eef2", "#c3d3da", "#9fb6c0", "#7c98a4", "#5d7884", "#465e69"},
		classes: []string{"#00204d", "#414d6b", "#7c7b78", "#bcaf6f", "#ffea46"},
		text:    "#e6eef2", halo: "#10171c", dedicated: "#cc79a7", task: "#009e73",
		severity: [3]string{"#d55e00", "#e69f00", "#56b4e9"},
	},
}

// inks are the colours of paper: greys that a copier keeps apart, and for the
// dark theme the same for a proof on a screen.
var inks = map[Theme]palette{
	Light: {
		ground: "#ffffff", rural: "#ffffff", urban: "#f0f0f0",
		lines: []string{"#000000", "#000000", "#303030", "#505050", "#707070", "#909090"},
		text:  "#000000", halo: "#ffffff", dedicated: "#404040", task: "#606060",
	},
	Dark: {
		ground: "#000000", rural: "#000000", urban: "#202020",
		lines: []string{"#ffffff", "#ffffff", "#d0d0d0", "#b0b0b0", "#909090", "#707070"},
		text:  "#ffffff", halo: "#000000", dedicated: "#c0c0c0", task: "#a0a0a0",
	},
}
