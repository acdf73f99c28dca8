package geo

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// A record that cannot be names the field at fault.
func TestNetsAndKeepersNameTheirFault(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", maxWord+1)
	for _, tt := range []struct {
		into        interface{ Validate() error }
		body, field string
	}{
		{new(Responsibility), `{"unit":1,"position":"county_leader","keeper":"陶武芳"}`, ""},
		{new(Responsibility), `{"unit":1,"position":"county_leader","worker":7}`, ""},
		{new(Responsibility), `{"unit":1,"position":"county_leader","org":"县委办"}`, "keeper"},
		{new(Responsibility), `{"position":"county_leader","keeper":"x"}`, "unit"},
		{new(Responsibility), `{"unit":1,"keeper":"x"}`, "position"},
		{new(Responsibility), `{"unit":1,"position":"x","worker":-1}`, "worker"},
		{new(Responsibility), `{"unit":1,"position":"x","keeper":"` + long + `"}`, "keeper"},
		{new(Responsibility), `{"unit":1,"position":"x","keeper":"x","org":"` + long + `"}`, "org"},
		{new(Responsibility), `{"unit":1,"position":"x","keeper":"x","valid":{"from":"2025-02-01","to":"2025-01-01"}}`, "valid"},
		{new(Net), `{"code":"T01","purpose":"task","valid":{"from":"2025-07-01","to":"2025-07-26"}}`, ""},
		{new(Net), `{"purpose":"task"}`, "code"},
		{new(Net), `{"code":"T01"}`, "purpose"},
		{new(Net), `{"code":"T01","purpose":"war"}`, "purpose"},
		{new(Net), `{"code":"T01","purpose":"task","name":{"zh":"` + long + `"}}`, "name.zh"},
		{new(Net), `{"code":"T01","purpose":"task","valid":{"from":"2025-07-01","to":"2025-07-01"}}`, "valid"},
		{new(NetMember), `{"net":"T01","grid":1,"measure":"households","done":486,"total":486}`, ""},
		{new(NetMember), `{"net":"T01","grid":1,"group":"东片区","under":2}`, ""},
		{new(NetMember), `{"grid":1}`, "net"},
		{new(NetMember), `{"net":"T01"}`, "grid"},
		{new(NetMember), `{"net":"T01","grid":1,"measure":"households","done":487,"total":486}`, "done"},
		{new(NetMember), `{"net":"T01","grid":1,"measure":"households","done":-1,"total":486}`, "done"},
		{new(NetMember), `{"net":"T01","grid":1,"measure":"households","total":1000000001}`, "total"},
		{new(NetMember), `{"net":"T01","grid":1,"total":5}`, "measure"},
		{new(NetMember), `{"net":"T01","grid":1,"under":1}`, "under"},
		{new(NetMember), `{"net":"T01","grid":1,"group":"` + long + `"}`, "group"},
		{new(Role), `{"code":"leader","duties":{"zh":"走访"},"employment":"full_time"}`, ""},
		{new(Role), `{"code":"leader","employment":"serf"}`, "employment"},
		{new(Role), `{"code":"leader","duties":{"en":"` + strings.Repeat("a", maxText+1) + `"}}`, "duties.en"},
	} {
		if err := json.Unmarshal([]byte(tt.body), tt.into); err != nil {
			t.Fatal(err)
		}
		err := tt.into.Validate()
		var invalid *InvalidError
		switch {
		case tt.field == "" && err != nil:
			t.Errorf("%s: %v", tt.body, err)
		case tt.field != "" && (!errors.As(err, &invalid) || invalid.Field != tt.field):
			t.Errorf("%.90s: error %v, want one of field %s", tt.body, err, tt.field)
		}
	}
}
