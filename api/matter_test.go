package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	ruralHome = "lon=110.4809304&lat=37.5207414" // in 990199100201001
	urbanHome = "lon=110.5235971&lat=37.4917249" // in 990199101004002-001
)

// A point yields grid, chain, department and who answers for the matter; where
// it is not admitted the call is refused, naming the matter and the grid.
func TestLocateAnswersForAMatter(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	type answer struct {
		Matter struct {
			Code       string
			Admitted   bool
			Department struct{ ZH string }
			Grid       struct{ Code, Tier string }
			Chain      []struct{ Code string }
			Role       string
			Answers    []struct{ Name, Role, Grid string }
		}
	}
	ask := func(query string) (a answer) {
		s.get(t, "/v1/locate?"+query+"&as_of=2025-06-30").wants(200).into(&a)
		return a
	}
	rural := ask(ruralHome + "&matter=SX-002").Matter
	if rural.Code != "SX-002" || !rural.Admitted || rural.Department.ZH != "县城管局" || rural.Grid.Code != "990199100201001" ||
		len(rural.Chain) != 4 || rural.Chain[3].Code != rural.Grid.Code || rural.Role != "leader" ||
		len(rural.Answers) != 1 || rural.Answers[0].Name != "陶武芳" || rural.Answers[0].Grid != rural.Grid.Code {
		t.Errorf("%+v", rural)
	}
	// The micro grid has no leader: that of the grid above answers.
	if urban := ask(urbanHome + "&matter=SX-002").Matter; urban.Grid.Tier != "micro" || len(urban.Answers) != 1 || urban.Answers[0].Grid != "990199101004002" {
		t.Errorf("%+v", urban)
	}
	// Nobody holds the role, and the grid takes it all the same.
	if urban := ask(urbanHome + "&matter=SX-001").Matter; urban.Role != "grid_worker" || len(urban.Answers) != 0 || !urban.Admitted {
		t.Errorf("%+v", urban)
	}
	if village := ask(ruralHome + "&matter=SX-008").Matter; village.Grid.Tier != "village" {
		t.Errorf("%+v", village)
	}
	if plain := ask(ruralHome).Matter; plain.Code != "" {
		t.Errorf("nobody asked of %+v", plain)
	}
	s.get(t, "/v1/locate?lon=1&lat=1&matter=SX-002").wants(200) // nobody covers the point
	for matter, want := range map[string]string{"SX-001": "990199100201001", "SX-018": "990199100201001"} {
		refused := s.get(t, "/v1/locate?"+ruralHome+"&matter="+matter)
		refused.refused(http.StatusUnprocessableEntity, "matter", "matter")
		if body := string(refused.body); !strings.Contains(body, matter) || !strings.Contains(body, want) || !strings.Contains(body, "网格 "+want) {
			t.Errorf("%s: %s", matter, body)
		}
	}
	s.get(t, "/v1/locate?"+ruralHome+"&matter=SX-002&as_of=2024-06-30").wants(200) // nor is there a plan on that day
	s.get(t, "/v1/locate?"+ruralHome+"&matter=XX").refused(400, "invalid-request", "matter")
	s.get(t, "/v1/locate?"+ruralHome+"&matter=").refused(400, "invalid-request", "matter")
	s.call(t, "POST", "/v1/locate?matter=XX", `[[110.5,37.5]]`).refused(400, "invalid-request", "matter")
}

// A batch answers point by point, those that do not admit the matter too.
func TestBatchAnswersForAMatter(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	body := `[[110.4809304,37.5207414],[110.5235971,37.4917249],[1,1]]`
	var answers []struct {
		Found  bool
		Matter *struct {
			Admitted bool
			Reason   string
			Grid     struct{ Code string }
		}
	}
	s.call(t, "POST", "/v1/locate?matter=SX-009&as_of=2025-06-30", body).wants(200).into(&answers)
	if len(answers) != 3 || answers[0].Matter == nil || answers[0].Matter.Admitted || !strings.Contains(answers[0].Matter.Reason, "990199100201001") ||
		answers[1].Matter == nil || !answers[1].Matter.Admitted || answers[1].Matter.Grid.Code != "990199101004002-001" ||
		answers[2].Found || answers[2].Matter != nil {
		t.Errorf("%+v", answers)
	}
	table := string(s.call(t, "POST", "/v1/locate?matter=SX-009&as_of=2025-06-30&f=csv", body).wants(200).body)
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if len(lines) != 4 || !strings.HasSuffix(lines[0], ",admitted,matter_grid,department,role,answers,answers_phone") ||
		!strings.HasSuffix(lines[1], ",false,,,,,") || !strings.Contains(lines[2], ",true,990199101004002-001,县住建局,leader,") {
		t.Errorf("%s", table)
	}
	if plain := s.call(t, "POST", "/v1/locate?f=csv", body).wants(200).body; strings.Contains(string(plain), "admitted") {
		t.Error("nobody asked of a matter")
	}
}

// A catalogue names only tiers, roles and kinds that there are.
func TestMattersNameWhatThereIs(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("/v1/matters?territory=%d", s.territory)
	for member, field := range map[string]string{`"tiers":["village","hamlet"]`: "tiers[1]", `"role":"sheriff"`: "role", `"kinds":["round"]`: "kinds"} {
		s.call(t, "POST", of, `{"code":"T-1","admitted":false,"department":{"zh":""},`+member+`}`).refused(422, "invalid-record", field)
	}
	s.call(t, "POST", fmt.Sprintf("/v1/matters/bulk?territory=%d", s.territory), "code,tiers\nT-1,village\nT-2,hamlet\n", "Content-Type", typeCSV).
		refused(422, "invalid-record", "tiers[0]")
	s.call(t, "POST", of, `{"code":"T-1","admitted":true,"tiers":["village"],"role":"leader","department":{"zh":"局"}}`).wants(201)
}
