package api

import "gridmap/geo"

type buildingJSON struct {
	ID           geo.BuildingID    `json:"id,omitempty"`
	Code         string            `json:"code"`
	Name         geo.Name          `json:"name"`
	Compound     string            `json:"compound,omitempty"`
	Property     geo.PropertyState `json:"property,omitempty"`
	Division     geo.GridID        `json:"division,omitempty"`
	DivisionCode string            `json:"division_code,omitempty"`
	Lon          *float64          `json:"lon"`
	Lat          *float64          `json:"lat"`
	CRS          string            `json:"crs,omitempty"` // of lon, lat; only when written
	Units        int32             `json:"units,omitempty"`
	Floors       int32             `json:"floors,omitempty"`
	Valid        geo.Period        `json:"valid"`
}

func showBuilding(r geo.Record) any {
	v := r.(*geo.Building)
	lon, lat := v.At.LonLat()
	return buildingJSON{ID: v.ID, Code: v.Code, Name: v.Name, Compound: v.Compound, Property: v.Property, Division: v.Division,
		Lon: &lon, Lat: &lat, Units: v.Units, Floors: v.Floors, Valid: v.Valid}
}

func (j *buildingJSON) record(c *codes) (geo.Record, error) {
	v := &geo.Building{ID: j.ID, Code: j.Code, Name: j.Name, Compound: j.Compound, Property: j.Property, Division: j.Division,
		Units: j.Units, Floors: j.Floors, Valid: j.Valid}
	at, located, err := place(j.Lon, j.Lat, j.CRS)
	if err == nil && !located {
		err = bad("lon", "is missing")
	}
	v.At = at
	return v, firstError(err, c.grid("division_code", j.DivisionCode, &v.Division), v.Validate())
}
