package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// A Problem is what every refusal says (RFC 9457). Type is stable: programs
// branch on it, people read Title, Field and Reason.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Field names the part of the request at fault: a query parameter, a
	// header, or the path of a member in the body.
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Line is the line, record or array element at fault, the first being 1;
	// a CSV header is line 1.
	Line int `json:"line,omitempty"`
	// Message says in both languages why an edit cannot be done, or a plan not
	// go where it was asked to.
	Message *check.Message `json:"message,omitempty"`
	// Findings is what is wrong with the plan, each where it is: a GeoJSON
	// feature collection.
	Findings *collectionJSON `json:"findings,omitempty"`
	// Changed says, with status 412, what was done since the revision that
	// the edit was drawn against.
	Changed *changedJSON `json:"changed,omitempty"`
	// Clashes says, with type clash, what an edit of the draft and the plan in
	// force both changed; Findings shows the same grounds on a map.
	Clashes []clashJSON `json:"clashes,omitempty"`
	// Allow lists the methods a path answers, for status 405.
	allow string
	// retry is after how many seconds to ask again, 0 for no advice.
	retry int
}

// Refusals of the face itself. Those of the domain are in package geo.
var (
	// ErrForbidden is what an [Allow] returns for a caller who may not.
	ErrForbidden = errors.New("forbidden")
	// ErrBehind says that the picture has not reached the asked-for revision.
	ErrBehind        = errors.New("not at the asked-for revision yet")
	errNoRoute       = errors.New("no such path")
	errNotAcceptable = errors.New("no format that the client accepts")
	errNotReady      = errors.New("not ready")
)

// An inputError is a request that cannot be read: what is wrong, where.
type inputError struct {
	Field  string
	Reason string
	Line   int // 0 when the request has no lines
}

func (e *inputError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s: %s", e.Line, e.Field, e.Reason)
	}
	return e.Field + ": " + e.Reason
}

// bad returns the refusal of one field of the request.
func bad(field, reason string, args ...any) error {
	return &inputError{Field: field, Reason: fmt.Sprintf(reason, args...)}
}

// asInput makes a refusal of a parameter by the domain one of bad input: nothing
// was to be recorded.
func asInput(err error) error {
	var refused *geo.InvalidError
	if errors.As(err, &refused) {
		return bad(refused.Field, "%s", refused.Reason)
	}
	return err
}

// atLine says on which line err, a refusal of one record, stands.
func atLine(err error, line int) error {
	var input *inputError
	if errors.As(err, &input) {
		return &inputError{Field: input.Field, Reason: input.Reason, Line: line}
	}
	var invalid *geo.InvalidError
	if errors.As(err, &invalid) {
		return &lineError{line: line, err: invalid}
	}
	var edit *redraw.EditError
	if errors.As(err, &edit) {
		return &lineError{line: line, err: edit}
	}
	return err
}

// A lineError is a well-formed record or edit that the domain refuses.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// A mediaTypeError is a body of a type the route does not read.
type mediaTypeError struct{ got, want string }

func (e *mediaTypeError) Error() string {
	return fmt.Sprintf("Content-Type %q, want %s", e.got, e.want)
}

// invalid returns the refusal of a well-formed value by a rule.
func invalid(field, reason string, args ...any) error {
	return &geo.InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)}
}

// A methodError is a known path asked with another method.
type methodError struct{ allow string }

func (e *methodError) Error() string { return "method not allowed; try " + e.allow }

// problem describes err to the client and is the only place where an error
// becomes a status code. What it does not know is an internal error: logged
// in full, shown without detail.
func problem(err error) Problem {
	p := kindOf(err)
	if m, told := redraw.MessageOf(err); told && p.Status < http.StatusInternalServerError {
		p.Message = &m
	} else if m := planMessage(err); m != nil {
		p.Message = m
	}
	return p
}

// kindOf finds what kind of refusal err is.
func kindOf(err error) Problem {
	if p, ok := protocolProblem(err); ok {
		return p
	}
	if p, ok := planProblem(err); ok {
		return p
	}
	if p, ok := keepsProblem(err); ok {
		return p
	}
	if p, ok := domainProblem(err); ok {
		return p
	}
	if p, ok := outageProblem(err); ok {
		return p
	}
	return Problem{Type: "/problems/internal", Title: "Internal error", Status: http.StatusInternalServerError}
}

// protocolProblem describes refusals of the request's form.
func protocolProblem(err error) (Problem, bool) {
	var input *inputError
	var media *mediaTypeError
	var method *methodError
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &input):
		return Problem{Type: "/problems/invalid-request", Title: "The request cannot be read", Status: http.StatusBadRequest,
			Detail: input.Error(), Field: input.Field, Reason: input.Reason, Line: input.Line}, true
	case errors.As(err, &size):
		reason := fmt.Sprintf("more than %d bytes", size.Limit)
		return Problem{Type: "/problems/too-large", Title: "The body is too large", Status: http.StatusRequestEntityTooLarge,
			Detail: "body: " + reason, Field: "body", Reason: reason}, true
	case errors.As(err, &media):
		return Problem{Type: "/problems/media-type", Title: "The body is of a type this call does not read",
			Status: http.StatusUnsupportedMediaType, Detail: media.Error(), Field: "Content-Type", Reason: "must be " + media.want}, true
	case errors.As(err, &method):
		return Problem{Type: "/problems/method", Title: "This path does not answer that method",
			Status: http.StatusMethodNotAllowed, Detail: method.Error(), allow: method.allow}, true
	case errors.Is(err, errNoRoute):
		return Problem{Type: "/problems/no-such-path", Title: "No such path", Status: http.StatusNotFound}, true
	case errors.Is(err, errNotAcceptable):
		return Problem{Type: "/problems/not-acceptable", Title: "No format that the client accepts",
			Status: http.StatusNotAcceptable, Detail: err.Error(), Field: "Accept", Reason: err.Error()}, true
	case errors.Is(err, ErrForbidden):
		return Problem{Type: "/problems/forbidden", Title: "Not allowed", Status: http.StatusForbidden, Detail: err.Error()}, true
	}
	return Problem{}, false
}

// planProblem describes refusals to change a plan.
func planProblem(err error) (Problem, bool) {
	var edit *redraw.EditError
	var topology *redraw.TopologyError
	var findings *FindingsError
	var stale *postgis.StaleError
	var state *postgis.StateError
	var clash *postgis.ClashError
	p := Problem{Status: http.StatusUnprocessableEntity, Detail: err.Error()}
	switch {
	case errors.As(err, &edit):
		p.Type, p.Title = "/problems/edit", "The edit cannot be done"
		p.Field, p.Reason, p.Findings = edit.Field, edit.Reason, editFeatures(edit)
	case errors.As(err, &topology):
		p.Type, p.Title, p.Findings = "/problems/topology", "The grids would no longer fit together", faultFeatures(topology)
	case errors.As(err, &findings):
		p.Type, p.Title, p.Findings = "/problems/findings", "Error findings stand against the plan", refusedFeatures(findings)
	case errors.As(err, &stale):
		p.Type, p.Title, p.Status = "/problems/stale", "It changed since you read it", http.StatusPreconditionFailed
		p.Field, p.Changed = "If-Match", changedSince(stale)
	case errors.As(err, &clash):
		p.Type, p.Title, p.Status = "/problems/clash", "The plan in force changed what the draft changes", http.StatusConflict
		p.Clashes, p.Findings = showClashes(clash)
	case errors.As(err, &state):
		p.Type, p.Title, p.Status = "/problems/state", "The plan is in a state that does not allow this", http.StatusConflict
		p.Reason = state.Reason
	default:
		return Problem{}, false
	}
	p.Line = listedAt(err)
	return p, true
}

// listedAt returns which edit of a list err is about, the first being 1, or 0.
func listedAt(err error) int {
	var listed *postgis.InEdit
	var line *lineError
	switch {
	case errors.As(err, &listed):
		return listed.Index + 1
	case errors.As(err, &line):
		return line.line
	}
	return 0
}

// domainProblem describes refusals by the rules of the domain.
func domainProblem(err error) (Problem, bool) {
	var invalid *geo.InvalidError
	var matter *geo.MatterError
	var files *importError
	switch {
	case errors.As(err, &files):
		return Problem{Type: "/problems/import", Title: "The files hold rows that cannot be taken", Status: http.StatusUnprocessableEntity,
			Detail: files.Error(), Reason: files.first}, true
	case errors.As(err, &matter):
		return Problem{Type: "/problems/matter", Title: "The matter is not admitted there", Status: http.StatusUnprocessableEntity,
			Detail: matter.Error(), Field: "matter", Reason: matter.Reason()}, true
	case errors.As(err, &invalid):
		p := Problem{Type: "/problems/invalid-record", Title: "The record breaks a rule", Status: http.StatusUnprocessableEntity,
			Detail: invalid.Error(), Field: invalid.Field, Reason: invalid.Reason}
		if p.Line = listedAt(err); p.Line > 0 {
			p.Detail = fmt.Sprintf("line %d: %v", p.Line, invalid)
		}
		return p, true
	case errors.Is(err, geo.ErrNotFound):
		return Problem{Type: "/problems/not-found", Title: "Not found", Status: http.StatusNotFound, Detail: err.Error(), Line: listedAt(err)}, true
	case errors.Is(err, geo.ErrStale):
		return Problem{Type: "/problems/stale", Title: "It changed since you read it", Status: http.StatusPreconditionFailed,
			Detail: err.Error(), Field: "If-Match"}, true
	case errors.Is(err, geo.ErrConflict):
		return Problem{Type: "/problems/conflict", Title: "It is already there", Status: http.StatusConflict, Detail: err.Error()}, true
	case errors.Is(err, tiles.ErrTooMuch):
		return Problem{Type: "/problems/too-much-in-tile", Title: "The tile would hold more than can be sent", Status: http.StatusUnprocessableEntity,
			Detail: err.Error(), Field: "z", Reason: "the tier has too many grids in this tile: ask for a deeper zoom, a higher tier or the layer grids"}, true
	case errors.Is(err, geo.ErrInvalid), errors.Is(err, topo.ErrCoordinate):
		return Problem{Type: "/problems/invalid-record", Title: "The record breaks a rule", Status: http.StatusUnprocessableEntity,
			Detail: err.Error(), Reason: err.Error()}, true
	}
	return Problem{}, false
}

// outageProblem describes what may pass when asked again.
func outageProblem(err error) (Problem, bool) {
	var network net.Error
	switch {
	case errors.Is(err, ErrBehind):
		return Problem{Type: "/problems/behind", Title: "This server has not reached that revision yet", Detail: err.Error(),
			Status: http.StatusServiceUnavailable, Field: "min_revision", retry: 1}, true
	case errors.Is(err, postgis.ErrUnavailable):
		return Problem{Type: "/problems/unavailable", Title: "The service is not ready", Status: http.StatusServiceUnavailable, retry: 1}, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return Problem{Type: "/problems/deadline", Title: "The answer took too long", Status: http.StatusServiceUnavailable, retry: 1}, true
	case errors.Is(err, context.Canceled):
		return Problem{Type: "/problems/cancelled", Title: "The client went away", Status: statusClientGone}, true
	case errors.Is(err, errNotReady), errors.As(err, &network):
		return Problem{Type: "/problems/unavailable", Title: "The service is not ready", Status: http.StatusServiceUnavailable, retry: 1}, true
	}
	return Problem{}, false
}

// statusClientGone is logged when nobody is left to read an answer.
const statusClientGone = 499

// writeProblem answers err. Only what the server is to blame for is logged.
func writeProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	p := problem(err)
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, ErrBehind) && !errors.Is(err, errNotReady) {
		log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "status", p.Status, "err", err)
	}
	h := w.Header()
	h.Del("ETag")
	h.Del("Content-Disposition")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.retry > 0 {
		h.Set("Retry-After", fmt.Sprint(p.retry))
	}
	w.WriteHeader(p.Status)
	body, err := json.Marshal(p)
	if err != nil {
		log.ErrorContext(r.Context(), "problem not encoded", "err", err)
		return
	}
	// Nobody is left to tell when the client has gone.
	_, _ = w.Write(body)
}

// isDeadline reports whether err says that the request ran out of time or
// that its client has gone.
func isDeadline(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded)
}
