// Package postgis keeps territories in PostgreSQL with PostGIS. It is the only
// place with SQL. Rules over several rows live in package geo; what one row
// must satisfy is a named constraint of the schema in migrations.
//
// Geometry is EPSG:4326 in whole steps of 1e-7 degree: a lattice coordinate i
// is stored as the float64 nearest to i/1e7, and every read rounds back to the
// same i.
package postgis
