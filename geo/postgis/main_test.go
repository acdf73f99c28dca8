package postgis_test

import (
	"testing"

	"gridmap/fixtures/gridtest"
)

func TestMain(m *testing.M) { gridtest.Main(m) }
