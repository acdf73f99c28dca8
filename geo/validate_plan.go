package geo

import "math"

// maxTier is the highest rank of a tier.
const maxTier = 20

// Validate returns an *[InvalidError] for the first field that cannot be. It
// looks at the grid alone: whether a boundary is well formed is told by its
// own Validate, whether it fits its parent and siblings by the check.
func (g *Grid) Validate() error {
	var c checker
	c.word("code", g.Code)
	c.name(g.Name)
	c.between("tier", int64(g.Tier), 0, maxTier)
	oneOf(&c, "kind", g.Kind, General, Dedicated, Task)
	if g.Hole && g.Kind != Dedicated {
		c.fail("hole", "is for dedicated grids only")
	}
	oneOf(&c, "setting", g.Setting, "", Urban, Rural)
	c.text("text_bounds", g.TextBounds, maxText)
	c.text("owner", g.Owner, maxWord)
	c.period("valid", g.Valid)
	for _, polygon := range g.Boundary {
		if len(polygon) == 0 {
			c.fail("boundary", "has a polygon without a ring")
		}
		for _, ring := range polygon {
			if len(ring) < 3 {
				c.fail("boundary", "has a ring of %d points", len(ring))
			}
			for _, p := range ring {
				c.place("boundary", p)
			}
		}
	}
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (t *Tier) Validate() error {
	var c checker
	c.between("rank", int64(t.Rank), 0, maxTier)
	c.word("code", t.Code)
	c.name(t.Name)
	oneOf(&c, "class", t.Class, Administrative, GridClass)
	oneOf(&c, "dedicated", t.Dedicated, "", Overlay, Hole)
	c.between("households.min", t.Households.Min, 0, math.MaxInt64)
	c.between("persons_cap", t.PersonsCap, 0, math.MaxInt64)
	if t.Households.Max < 0 || t.Households.Max > 0 && t.Households.Max < t.Households.Min {
		c.fail("households.max", "%d is below the smallest, %d", t.Households.Max, t.Households.Min)
	}
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (r *Role) Validate() error {
	var c checker
	c.word("code", r.Code)
	c.name(r.Name)
	c.text("duties.zh", r.Duties.ZH, maxText)
	c.text("duties.en", r.Duties.EN, maxText)
	oneOf(&c, "employment", r.Employment, "", FullTime, PartTime, Volunteer)
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (t *Territory) Validate() error {
	var c checker
	c.word("code", t.Code)
	c.name(t.Name)
	t.Keeps.validate(&c, "keeps")
	return c.err()
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (p *Plan) Validate() error {
	var c checker
	c.text("name", p.Name, maxWord)
	oneOf(&c, "state", p.State, Draft, Reviewed, Filed, InForce, Retired)
	c.date("effective", p.Effective)
	return c.err()
}
