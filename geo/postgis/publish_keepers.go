package postgis

import (
	"gridmap/geo"
	"gridmap/geo/redraw"
)

// entrust ends the responsibilities for grids that are gone, and lets them go
// on for heirs of the same tier, unless the keeper has the heir already.
func (b *bequest) entrust() {
	held := map[keeperKey]bool{}
	key := func(r *geo.Responsibility, unit geo.GridID) keeperKey {
		return keeperKey{unit, r.Position, r.Keeper, r.Worker, 0}
	}
	for i := range b.snap.Responsibilities {
		if r := &b.snap.Responsibilities[i]; r.Valid.Holds(b.day) {
			held[key(r, r.Unit)] = true
		}
	}
	for _, r := range b.snap.Responsibilities {
		l, gone := b.left[r.Unit]
		if !gone || r.Valid.To != 0 && r.Valid.To <= b.day {
			continue
		}
		if r.Valid.From < b.day {
			b.do(Patch(geo.ResponsibilityEntity, int64(r.ID), func(old geo.Record) error {
				old.(*geo.Responsibility).Valid.To = b.day
				return nil
			}))
		} else {
			b.do(Delete(geo.ResponsibilityEntity, int64(r.ID)))
		}
		then := redraw.Ends
		if at := key(&r, l.heir); b.sameTier(l) && !held[at] {
			held[at], then = true, redraw.Follows
			next := r
			next.ID, next.Unit, next.Valid.From = 0, l.heir, max(r.Valid.From, b.day)
			b.do(Upsert(&next))
		}
		b.tell(geo.ResponsibilityEntity, int64(r.ID), 1, r.Unit, then)
	}
}

// sameTier reports whether the heir is of the tier of the grid that is gone.
func (b *bequest) sameTier(l legacy) bool {
	for i := range b.snap.Grids {
		if g := &b.snap.Grids[i]; g.ID == l.heir {
			return g.Tier == l.grid.Tier
		}
	}
	return false
}

// enrol puts heirs into the nets of grids that are gone and that they have
// whole: in their place, or with their progress added to the heir's own. What
// became of others' progress nobody can say; it needs a look.
func (b *bequest) enrol() {
	at := map[memberKey]geo.NetMemberID{} // who has the place
	for _, m := range b.snap.NetMembers {
		if _, gone := b.left[m.Grid]; !gone {
			at[memberKey{m.Net, m.Grid, m.Measure}] = m.ID
		}
	}
	for _, m := range b.snap.NetMembers {
		l, gone := b.left[m.Grid]
		if !gone {
			b.answerElsewhere(&m)
			continue
		}
		place := memberKey{m.Net, l.heir, m.Measure}
		first, taken := at[place]
		then := redraw.Attention
		switch {
		case !l.whole:
		case taken:
			then = redraw.AddsUp
			b.do(Patch(geo.NetMemberEntity, int64(first), func(r geo.Record) error {
				sum := r.(*geo.NetMember)
				sum.Done, sum.Total, sum.UpdatedOn = sum.Done+m.Done, sum.Total+m.Total, min(sum.UpdatedOn, m.UpdatedOn)
				return nil
			}))
			b.do(Delete(geo.NetMemberEntity, int64(m.ID)))
		default:
			at[place], then = m.ID, redraw.Follows
			b.do(Patch(geo.NetMemberEntity, int64(m.ID), func(r geo.Record) error {
				r.(*geo.NetMember).Grid = l.heir
				return nil
			}))
			b.answerElsewhere(&m)
		}
		b.tell(geo.NetMemberEntity, int64(m.ID), 1, m.Grid, then)
	}
}

// answerElsewhere lets a member answer to the heir of its second parent.
func (b *bequest) answerElsewhere(m *geo.NetMember) {
	l, gone := b.left[m.Under]
	if !gone {
		return
	}
	then := redraw.Attention
	if l.heir != 0 {
		then = redraw.Follows
		b.do(Patch(geo.NetMemberEntity, int64(m.ID), func(r geo.Record) error {
			if member := r.(*geo.NetMember); member.Grid == l.heir { // its own now
				member.Under = 0
			} else {
				member.Under = l.heir
			}
			return nil
		}))
	}
	b.tell(geo.NetMemberEntity, int64(m.ID), 1, m.Under, then)
}
