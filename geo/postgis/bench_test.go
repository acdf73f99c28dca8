package postgis_test

import (
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// huize makes up the county of 4,847 grids with 250,000 households.
func huize(b *testing.B) *fixtures.County {
	b.Helper()
	c, err := fixtures.Make("huize", 250_000)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// Loading a county into an empty database.
func BenchmarkLoad(b *testing.B) {
	c := huize(b)
	for b.Loop() {
		b.StopTimer()
		store := postgis.New(gridtest.DB(b))
		b.StartTimer()
		if _, _, err := store.Load(b.Context(), &c.Snapshot, gridtest.Stream(c.Households), "bench"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(c.Households)), "households")
}

// Reading a county back, and importing the same again.
func BenchmarkCounty(b *testing.B) {
	c := huize(b)
	store := postgis.New(gridtest.DB(b))
	territory, _, err := store.Load(b.Context(), &c.Snapshot, gridtest.Stream(c.Households), "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.SnapshotInForce(b.Context(), territory, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("replace by the same", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.Replace(b.Context(), &c.Snapshot, gridtest.Stream(c.Households), "bench"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("write", func(b *testing.B) {
		snap, err := store.SnapshotInForce(b.Context(), territory, 0)
		if err != nil {
			b.Fatal(err)
		}
		i := int32(0)
		for b.Loop() {
			i++
			household := int64(snap.Dwellings[int(i)%len(snap.Dwellings)].ID)
			_, err := store.Write(b.Context(), postgis.Write{Territory: territory, Op: "update", Actions: []postgis.Action{
				postgis.Patch(geo.HouseholdEntity, household, func(r geo.Record) error {
					r.(*geo.Household).Resident = i % 9
					return nil
				})}})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tile", func(b *testing.B) {
		snap, err := store.SnapshotInForce(b.Context(), territory, 0)
		if err != nil {
			b.Fatal(err)
		}
		at := tileOf(snap)
		size := 0
		for b.Loop() {
			data, err := store.HouseholdTile(b.Context(), territory, uint32(at.Z), at.X, at.Y)
			if err != nil {
				b.Fatal(err)
			}
			size = len(data)
		}
		b.ReportMetric(float64(size), "B/tile")
	})
}
