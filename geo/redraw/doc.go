// Package redraw changes the division of a territory and keeps it whole: a
// [Drawing] holds the grids of a plan, an [Edit] is what a planner does to
// them, and its answer says what changed, who moved and how to take it back.
// It compares two divisions, too. It does no I/O and decides nothing of
// staffing; package geo holds the records and the rules.
package redraw
