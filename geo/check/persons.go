package check

import (
	"slices"

	"gridmap/geo"
)

// checkPersons asks STF-2, STF-8, STF-10 and STF-11: who serves, and is it one
// who is trained, reachable and not everywhere?
func (k *inquiry) checkPersons() {
	if len(k.Workers) == 0 {
		for _, rule := range []geo.RuleID{geo.RuleOneWorker, geo.RuleSpread, geo.RuleBoard, geo.RuleUntrained} {
			k.skip[rule] = "no workers"
		}
		return
	}
	fullTime := make([]int64, len(k.Grids))
	silent := make([]bool, len(k.Grids)) // has a worker whose phone nobody knows
	phones := make([]bool, len(k.Grids)) // has one whose phone is known
	trained := slices.ContainsFunc(k.Workers, func(w geo.Worker) bool { return w.TrainedOn != 0 })
	if !trained {
		k.skip[geo.RuleUntrained] = "no training is recorded"
	}
	most := k.setting(geo.RuleSpread).Max
	for w := range k.Workers {
		worker, posts := &k.Workers[w], k.PostsOf(w)
		if len(posts) == 0 {
			continue
		}
		var room [2][4]int32
		grids, places := room[0][:0], room[1][:0] // served; those and divisions
		for _, p := range posts {
			places = append(places, p.Grid)
			if !k.IsGrid(int(p.Grid)) || slices.Contains(grids, p.Grid) {
				continue
			}
			grids = append(grids, p.Grid)
			if worker.Employment == geo.FullTime {
				fullTime[p.Grid]++
			}
			phones[p.Grid] = phones[p.Grid] || worker.Phone != ""
			silent[p.Grid] = silent[p.Grid] || worker.Phone == ""
		}
		if int64(len(grids)) > most {
			if asked := k.askedAmong(geo.RuleSpread, grids); int64(asked) > most {
				k.addPerson(geo.RuleSpread, worker, float64(asked), "grids", most, spreadMessage(asked, most))
			}
		}
		if trained && k.askedAmong(geo.RuleUntrained, places) > 0 {
			k.checkTraining(worker)
		}
	}
	byGrid := len(k.standardsOf(geo.RuleOneWorker)) == 0
	for i := range k.Grids {
		if byGrid {
			k.checkOneWorker(i, fullTime[i])
		}
		if silent[i] && !phones[i] && k.asks(geo.RuleBoard, i) {
			k.add(Finding{Rule: geo.RuleBoard, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: boardMessage})
		}
	}
	k.checkSupervision()
}

// checkSupervision asks the other half of STF-10, where the profile or the
// question names the roles that supervise: does anybody in one of them, in the
// grid or above it, have a telephone to print on its notice board? It is asked
// of the grids that have a board: those somebody serves.
func (k *inquiry) checkSupervision() {
	roles := k.setting(geo.RuleBoard).Roles
	if len(roles) == 0 {
		k.skip[geo.RuleBoard] = "the supervision telephone: no role is named that supervises"
		return
	}
	reached := make([]bool, len(k.Grids))
	for w := range k.Workers {
		for _, p := range k.PostsOf(w) {
			if k.Workers[w].Phone != "" && slices.Contains(roles, p.Code) {
				reached[p.Grid] = true
			}
		}
	}
	for _, i := range k.Tree.Preorder() {
		if up := k.Tree.Parent(int(i)); up >= 0 && reached[up] {
			reached[i] = true
		}
		if !reached[i] && k.Tallies[i].Posts > 0 && k.IsGrid(int(i)) && k.asks(geo.RuleBoard, int(i)) {
			k.add(Finding{Rule: geo.RuleBoard, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(int(i)), About: "supervision", Message: superviseMessage})
		}
	}
}

// askedAmong counts those of grids of which the rule is asked.
func (k *inquiry) askedAmong(rule geo.RuleID, grids []int32) (asked int) {
	for _, g := range grids {
		if k.asks(rule, int(g)) {
			asked++
		}
	}
	return asked
}

// addPerson reports a worker. The subject is the number: a name is for those
// who may read workers.
func (k *inquiry) addPerson(rule geo.RuleID, w *geo.Worker, value float64, unit string, limit int64, message Message) {
	k.add(Finding{Rule: rule, Subject: Subject{Type: "worker", ID: int64(w.ID), Code: w.Number},
		Measure: &Measure{Value: value, Unit: unit, Op: "<=", Limit: float64(limit)}, Message: message})
}

// checkTraining asks STF-11: was the worker ever trained, and within the months
// that the profile allows?
func (k *inquiry) checkTraining(w *geo.Worker) {
	months := k.setting(geo.RuleUntrained).Max
	switch {
	case w.TrainedOn == 0:
		k.add(Finding{Rule: geo.RuleUntrained, Subject: Subject{Type: "worker", ID: int64(w.ID), Code: w.Number}, Message: untrainedMessage})
	case months > 0 && k.AsOf > w.TrainedOn.AddMonths(months):
		most := w.TrainedOn.AddMonths(months).DaysSince(w.TrainedOn)
		k.addPerson(geo.RuleUntrained, w, float64(k.AsOf.DaysSince(w.TrainedOn)), "days", most, trainedLongAgoMessage(w.TrainedOn, months))
	}
}

// checkOneWorker asks STF-2 of the grid at i, where the rule is on.
func (k *inquiry) checkOneWorker(i int, fullTime int64) {
	g := &k.Grids[i]
	if g.Kind != geo.General || g.Rest || !k.IsGrid(i) || !k.asks(geo.RuleOneWorker, i) || fullTime == 1 {
		return
	}
	if len(k.setting(geo.RuleOneWorker).Tiers) == 0 && !k.tier(g.Tier).NeedsWorker {
		return
	}
	k.add(Finding{Rule: geo.RuleOneWorker, Tier: k.tierCode(g.Tier), Subject: k.subject(i),
		Measure: &Measure{Value: float64(fullTime), Unit: "full-time workers", Op: "=", Limit: 1}, Message: oneWorkerMessage(fullTime)})
}
