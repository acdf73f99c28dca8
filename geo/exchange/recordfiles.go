package exchange

import (
	"io"
	"iter"

	"gridmap/geo"
)

// A RecordFile says where the records of one sort stand in a folder and how
// they get out of a file and into one.
type RecordFile struct {
	Entity geo.Entity
	Name   string // of the file in a folder
	Option string // what the file is called where it is given apart
	Usage  string // what such a file is
	read   func(a *Assembly, file string, open Opener)
	write  func(f *folder, w io.Writer) error
}

// RecordFiles are the files of records but for households, each after those it
// refers to. It must not be changed.
var RecordFiles = []RecordFile{
	{geo.WorkerEntity, WorkersFile, "workers", "CSV `FILE` of workers, which may name a grid and role for each",
		from(Workers, (*Assembly).Workers), func(f *folder, w io.Writer) error { return WriteWorkers(w, f.Workers) }},
	{geo.AssignmentEntity, AssignmentsFile, "assignments", "CSV `FILE` of assignments",
		from(Assignments, (*Assembly).Assignments), (*folder).assignments},
	{geo.PopulationEntity, PopulationsFile, "populations", "CSV `FILE` of published counts",
		from(Populations, (*Assembly).Populations), (*folder).populations},
	{geo.FacilityEntity, FacilitiesFile, "facilities", "CSV or GeoJSON `FILE` of facilities",
		from(Facilities, (*Assembly).Facilities), (*folder).facilities},
	{geo.CompoundEntity, CompoundsFile, "compounds", "GeoJSON `FILE` of compounds, or CSV of undrawn ones",
		from(Compounds, (*Assembly).Compounds), (*folder).compounds},
	{geo.BuildingEntity, BuildingsFile, "buildings", "CSV or GeoJSON `FILE` of buildings",
		from(Buildings, (*Assembly).Buildings), (*folder).buildings},
	{geo.MatterEntity, MattersFile, "matters", "CSV `FILE` of matters: which grids take them and who answers",
		from(Matters, (*Assembly).Matters), func(f *folder, w io.Writer) error { return WriteMatters(w, f.Matters) }},
	{geo.MetricEntity, MetricsFile, "metrics", "CSV `FILE` of metrics: figures of units by period",
		from(Metrics, (*Assembly).Metrics), (*folder).metrics},
	{geo.StandardEntity, StandardsFile, "standards", "CSV `FILE` of staffing norms",
		from(Standards, (*Assembly).Standards), (*folder).standards},
	{geo.ProfileEntity, ProfilesFile, "profiles", "JSON `FILE` of profiles: limits of the rules, by name and day",
		from(Profiles, (*Assembly).Profiles), func(f *folder, w io.Writer) error { return WriteProfiles(w, f.Profiles) }},
	{geo.WaiverEntity, WaiversFile, "waivers", "JSON `FILE` of waivers: findings that stand, by whom and why",
		from(Waivers, (*Assembly).Waivers), func(f *folder, w io.Writer) error { return WriteWaivers(w, f.Waivers) }},
	{geo.ResponsibilityEntity, ResponsibilitiesFile, "responsibilities", "CSV `FILE` of who answers for which unit",
		from(Responsibilities, (*Assembly).Responsibilities), (*folder).responsibilities},
	{geo.NetEntity, NetsFile, "nets", "CSV `FILE` of nets beside the plan's tree",
		from(Nets, (*Assembly).Nets), func(f *folder, w io.Writer) error { return WriteNets(w, f.Nets) }},
	{geo.NetMemberEntity, NetMembersFile, "net-members", "CSV `FILE` of the units in nets, with their progress",
		from(NetMembers, (*Assembly).NetMembers), (*folder).netMembers},
}

// An Opener opens a file, to be read as the options say.
type Opener func() (io.ReadCloser, Options, error)

// Records adds what a file of records holds; file names it in problems.
func (a *Assembly) Records(of RecordFile, file string, open Opener) { of.read(a, file, open) }

// from joins the reader of a sort of file to what takes its rows.
func from[T any](read func(io.Reader, Options) iter.Seq2[T, error],
	add func(*Assembly, string, iter.Seq2[T, error])) func(*Assembly, string, Opener) {
	return func(a *Assembly, file string, open Opener) { add(a, file, Reading(file, open, read)) }
}

// Reading opens a file when its records are asked for, and closes it behind
// the last. One that cannot be opened gives one problem.
func Reading[T any](file string, open Opener, read func(io.Reader, Options) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r, opts, err := open()
		if err != nil {
			var none T
			yield(none, &InputError{File: file, Feature: -1, Reason: err.Error(), Fatal: true})
			return
		}
		defer r.Close()
		for v, err := range read(r, opts) {
			if !yield(v, err) {
				return
			}
		}
	}
}

// records writes the files of records.
func (f *folder) records() error {
	for _, of := range RecordFiles {
		if err := f.file(of.Name, func(w io.Writer) error { return of.write(f, w) }); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) assignments(w io.Writer) error {
	rows := make([]AssignmentRow, len(f.Assignments))
	for i, v := range f.Assignments {
		rows[i] = AssignmentRow{Assignment: v, Worker: f.numbers[v.Worker], Grid: f.codes[v.Grid], Deputy: f.numbers[v.Deputy]}
	}
	return WriteAssignments(w, rows)
}

func (f *folder) populations(w io.Writer) error {
	rows := make([]PopulationRow, len(f.Populations))
	for i, v := range f.Populations {
		rows[i] = PopulationRow{Population: v, Unit: f.codes[v.Unit]}
	}
	return WritePopulations(w, rows)
}

func (f *folder) facilities(w io.Writer) error {
	rows := make([]FacilityRow, len(f.Facilities))
	for i, v := range f.Facilities {
		rows[i] = FacilityRow{Facility: v, Division: f.codes[v.Division]}
	}
	return WriteFacilities(w, rows)
}

func (f *folder) standards(w io.Writer) error {
	rows := make([]StandardRow, len(f.Standards))
	for i, v := range f.Standards {
		rows[i] = StandardRow{Standard: v, Tier: f.tierCode(v.Tier)}
	}
	return WriteStandards(w, rows)
}
