package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// but lets callers do everything but one thing.
func but(denied Right) func(*Config) {
	return func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, _ Scope) error {
			if right == denied {
				return ErrForbidden
			}
			return nil
		}
	}
}

// switchOn declares heads and one flag beside the groups that are declared.
const switchOn = `{"groups":%s,"personal":{"heads":true,"flags":[{"code":"lives_alone","name":{"zh":"独居户"}}],"purpose":"走访"}}`

const miniGroups = `[{"code":"elderly_alone","name":{"zh":"独居老人","en":"Elderly living alone"}},{"code":"children_left_behind","name":{"zh":"留守儿童","en":"Children left behind"}},{"code":"veterans","name":{"zh":"退役军人","en":"Veterans"}}]`

// homeOf returns the first household.
func (s *service) homeOf(t *testing.T) *geo.Household {
	t.Helper()
	list, err := s.store.Records(t.Context(), s.territory, geo.HouseholdEntity, postgis.Page{Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0].(*geo.Household)
}

// Heads and flags are refused while the switch is off, taken while it is on,
// and gone when it has been turned off.
func TestPersonalStandsBehindTheSwitch(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	home := s.homeOf(t)
	one := fmt.Sprintf("/v1/households/%d/personal", home.ID)
	bulk := fmt.Sprintf("/v1/households/personal/bulk?territory=%d", s.territory)
	keeps := fmt.Sprintf("/v1/territories/%d/keeps", s.territory)
	says := fmt.Sprintf(`[{"ref":%q,"head":"王大年","flags":["lives_alone"]}]`, home.Ref)
	s.get(t, one).refused(409, "not-kept", "")
	s.call(t, "PUT", one, `{"head":"王大年"}`).refused(409, "not-kept", "")
	s.call(t, "POST", bulk, says).refused(409, "not-kept", "")

	var set keepsJSON
	s.call(t, "PUT", keeps, fmt.Sprintf(switchOn, miniGroups)).wants(200).into(&set)
	if set.Revision != 2 || !set.Keeps.Personal.Heads {
		t.Errorf("set %+v", set)
	}
	s.get(t, one).refused(404, "not-found", "")
	var done postgis.PersonalPut
	s.call(t, "POST", bulk, says).wants(200).into(&done)
	if done.Created != 1 {
		t.Errorf("bulk %+v", done)
	}
	s.call(t, "POST", bulk, "ref,head,flags\n"+home.Ref+",王大年,lives_alone\n", "Content-Type", typeCSV).wants(200).into(&done)
	if done.Unchanged != 1 || done.Created != 0 {
		t.Errorf("the same as CSV %+v", done)
	}
	got := s.get(t, one).wants(200)
	if !strings.Contains(string(got.body), `"head":"王大年","flags":["lives_alone"]`) || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v", got.body, got.header)
	}
	for body, field := range map[string]string{
		`{"head":"王 13800000000"}`:     "head",
		`{"flags":["watched"]}`:        "flags[0]",
		`{"head":"王","score":3}`:       "score",
		`{"head":"王","ref":"another"}`: "ref",
	} {
		a := s.call(t, "PUT", one, body)
		if a.status != 400 && a.status != 422 || !strings.Contains(string(a.body), `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	s.call(t, "POST", bulk, "ref,head\n"+home.Ref+",王\nnobody,李\n", "Content-Type", typeCSV).refused(422, "invalid-record", "ref")
	s.call(t, "PUT", one, `{"flags":["lives_alone"]}`).wants(200)

	s.call(t, "PUT", keeps, `{"groups":`+miniGroups+`}`).wants(200).into(&set)
	if set.Forgotten != 1 || set.Revision != 3 {
		t.Errorf("off %+v", set)
	}
	s.get(t, one).refused(409, "not-kept", "")
	s.call(t, "DELETE", one, "").refused(404, "not-found", "")
}

// Who may do everything else sees no head and turns no switch, but may declare
// groups.
func TestPersonalNeedsItsOwnRight(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", but(Personal))
	home := s.homeOf(t)
	one := fmt.Sprintf("/v1/households/%d/personal", home.ID)
	keeps := fmt.Sprintf("/v1/territories/%d/keeps", s.territory)
	s.get(t, one).refused(403, "forbidden", "")
	s.call(t, "PUT", one, `{"head":"王"}`).refused(403, "forbidden", "")
	s.call(t, "DELETE", one, "").refused(403, "forbidden", "")
	s.call(t, "POST", fmt.Sprintf("/v1/households/personal/bulk?territory=%d", s.territory), `[]`).refused(403, "forbidden", "")
	s.call(t, "PUT", keeps, fmt.Sprintf(switchOn, miniGroups)).refused(403, "forbidden", "")
	more := strings.Replace(miniGroups, "[", `[{"code":"party_members","name":{"zh":"党员"}},`, 1)
	var set keepsJSON
	s.call(t, "PUT", keeps, `{"groups":`+more+`}`).wants(200).into(&set)
	if len(set.Keeps.Groups) != 4 {
		t.Errorf("declared %+v", set)
	}
	s.call(t, "POST", fmt.Sprintf("/v1/households?territory=%d", s.territory), `{"ref":"new","resident":3,"groups":{"party_members":2}}`).wants(201)
	s.call(t, "PUT", keeps, `{"groups":`+miniGroups+`}`).refused(422, "invalid-record", "groups.party_members")
	s.call(t, "PUT", keeps, `{"groups":[{"code":"disability","name":{"zh":"x"}}]}`).refused(422, "invalid-record", "keeps.groups[0]")
	s.call(t, "PUT", "/v1/territories/999/keeps", `{}`).refused(404, "not-found", "")
}

// Neither a household nor a list of them, neither tiles nor the journal over the
// wire tell a head or a flag, whoever asks.
func TestPersonalIsInNoOtherAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	home := s.homeOf(t)
	s.call(t, "PUT", fmt.Sprintf("/v1/territories/%d/keeps", s.territory), fmt.Sprintf(switchOn, miniGroups)).wants(200)
	s.call(t, "PUT", fmt.Sprintf("/v1/households/%d/personal", home.ID), `{"head":"zhuzhongjian","flags":["lives_alone"]}`).wants(200)
	lon, lat := home.At.LonLat()
	for _, path := range []string{
		fmt.Sprintf("/v1/households/%d", home.ID),
		fmt.Sprintf("/v1/households?territory=%d", s.territory),
		fmt.Sprintf("/v1/plans/%d/figures?groups=exact", s.plan),
		fmt.Sprintf("/v1/plans/%d/check", s.plan),
		fmt.Sprintf("/v1/plans/%d/edits?detail=full", s.plan),
		fmt.Sprintf("/v1/plans/%d/report?lang=en", s.plan),
		fmt.Sprintf("/v1/locate?lon=%v&lat=%v", lon, lat),
	} {
		if body := string(s.get(t, path).wants(200).body); strings.Contains(body, "zhuzhongjian") || strings.Contains(strings.ReplaceAll(body, `"code":"lives_alone"`, ""), "lives_alone") {
			t.Errorf("%s tells: %.600s", path, body)
		}
	}
	for _, key := range []string{"head", "flags"} {
		s.get(t, fmt.Sprintf("/v1/households?territory=%d&%s=x", s.territory, key)).refused(400, "invalid-request", key)
	}
}
