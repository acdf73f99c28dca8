package api

import (
	"time"

	"gridmap/geo/postgis"
)

// Limits bound what one request may cost. The zero value of each field means
// its default.
type Limits struct {
	Body        int64         // bytes of a body, inflated: 2 MiB
	BulkBody    int64         // bytes of a bulk or batch body, inflated: 64 MiB
	BulkRecords int           // records of a bulk upsert: 10,000, which is also the most
	BatchPoints int           // points of a batch locate: 1,000,000
	CheckPoints int           // points of a check of coverage: 100,000
	Bulks       int           // bulk and batch requests at a time: 4
	Page        int           // most rows of a page: 1,000
	Findings    int           // most findings of one report: 10,000
	Deadline    time.Duration // of a request: 10 s
	BulkTime    time.Duration // of a bulk or batch request: 60 s
	Wait        time.Duration // for min_revision: 2 s
	Streams     int           // event streams at a time: 1,000
	Slowness    time.Duration // that the reader of a stream may take for one write: 10 s
}

func (l Limits) withDefaults() Limits {
	orElse(&l.Body, 2<<20)
	orElse(&l.BulkBody, 64<<20)
	orElse(&l.BulkRecords, postgis.MaxActions)
	l.BulkRecords = min(l.BulkRecords, postgis.MaxActions)
	orElse(&l.BatchPoints, 1_000_000)
	orElse(&l.CheckPoints, 100_000)
	orElse(&l.Bulks, 4)
	orElse(&l.Page, 1000)
	orElse(&l.Findings, 10_000)
	orElse(&l.Deadline, 10*time.Second)
	orElse(&l.BulkTime, time.Minute)
	orElse(&l.Wait, 2*time.Second)
	orElse(&l.Streams, 1000)
	orElse(&l.Slowness, 10*time.Second)
	return l
}

func orElse[T comparable](field *T, standard T) {
	var zero T
	if *field == zero {
		*field = standard
	}
}
