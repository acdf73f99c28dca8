package stats

// Smoothed returns for each unit the rate events/base drawn towards the rate of
// all units, the more the fewer people the unit has (empirical Bayes, Marshall
// 1991). A unit with nobody at risk takes the rate of all. Where the rates vary
// less than chance alone would make them, all are drawn to the overall rate.
func Smoothed(events, base []float64) ([]float64, error) {
	if err := atRisk(events, base); err != nil {
		return nil, err
	}
	all := make([]int, len(events))
	for i := range all {
		all[i] = i
	}
	prior := priorOf(all, events, base)
	if prior.base == 0 {
		return nil, not(NoBase)
	}
	out := make([]float64, len(events))
	for i := range out {
		out[i] = prior.draw(events[i], base[i])
	}
	return out, nil
}

// SmoothedLocally does the same with the rate of the unit and its neighbours in
// place of the rate of all. A unit around which nobody is at risk has no rate:
// its entry in known is false.
func SmoothedLocally(events, base []float64, w *Weights) (rates []float64, known []bool, err error) {
	if err := usable(events, w.Len()); err != nil {
		return nil, nil, err
	}
	if err := atRisk(events, base); err != nil {
		return nil, nil, err
	}
	rates, known = make([]float64, len(events)), make([]bool, len(events))
	around := w.WithSelf()
	for i := range rates {
		var units []int
		for _, l := range around.Links(i) {
			units = append(units, l.To)
		}
		if prior := priorOf(units, events, base); prior.base > 0 {
			rates[i], known[i] = prior.draw(events[i], base[i]), true
		}
	}
	return rates, known, nil
}

// atRisk returns an error unless every unit has a count of events and of people
// that is not negative.
func atRisk(events, base []float64) error {
	if err := usable(events, len(base)); err != nil {
		return err
	}
	if err := usable(base, len(base)); err != nil {
		return err
	}
	for i := range base {
		if base[i] < 0 || events[i] < 0 {
			return not(Negative)
		}
		if base[i] == 0 && events[i] > 0 {
			return not(NoBase)
		}
	}
	return nil
}

// A prior is what is believed of a unit's rate before its own events are seen.
type prior struct {
	base     float64 // people at risk
	rate     float64
	variance float64 // of the true rates, not below zero
}

// priorOf estimates mean and variance of the rates of units by their moments.
func priorOf(units []int, events, base []float64) prior {
	var p prior
	total := 0.0
	for _, i := range units {
		p.base += base[i]
		total += events[i]
	}
	if p.base == 0 {
		return p
	}
	p.rate = total / p.base
	spread := 0.0
	for _, i := range units {
		if base[i] > 0 {
			d := events[i]/base[i] - p.rate
			spread += base[i] * d * d
		}
	}
	p.variance = max(0, spread/p.base-p.rate/(p.base/float64(len(units))))
	return p
}

// draw returns the rate of a unit with these events and people.
func (p prior) draw(events, base float64) float64 {
	if base == 0 || p.variance == 0 {
		return p.rate
	}
	return p.rate + p.variance/(p.variance+p.rate/base)*(events/base-p.rate)
}
