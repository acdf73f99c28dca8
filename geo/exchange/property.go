package exchange

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gridmap/geo"
)

// A Property is one member of a feature's properties.
type Property struct {
	Name string
	Kind PropertyKind
	// Text is the value as written; of a string, what the quotes hold.
	Text string
}

// A PropertyKind is the JSON type of a property.
type PropertyKind byte

const (
	NullProperty PropertyKind = iota
	StringProperty
	NumberProperty
	BoolProperty
	// NestedProperty is an array or an object; its text is kept, without white
	// space, where [Options] ask for it.
	NestedProperty
)

// Properties are those of one feature, in the order of the file.
type Properties []Property

// Get returns the property named, and false when there is none.
func (p Properties) Get(name string) (Property, bool) {
	for _, prop := range p {
		if prop.Name == name {
			return prop, true
		}
	}
	return Property{}, false
}

// excelDigits is how many digits a spreadsheet keeps of a number (DOMAIN:
// longer all-digit codes are damaged).
const excelDigits = 15

// Code returns a property as the text of a code: full-width digits folded,
// blanks around it cut. A whole number is taken as it is written. The warning
// is not empty when a number is longer than a spreadsheet keeps, so that its
// last digits may have been lost on the way here. A missing or null property
// is the empty code.
func (p Properties) Code(name string) (code, warning string, err error) {
	prop, _ := p.Get(name)
	switch prop.Kind {
	case NullProperty:
		return "", "", nil
	case StringProperty:
		return strings.TrimSpace(geo.FoldWidth(prop.Text)), "", nil
	case NumberProperty:
		return numberCode(prop.Text)
	case BoolProperty:
		return "", "", fmt.Errorf("%s is no code", prop.Text)
	}
	return "", "", errors.New("an array or object is no code")
}

// numberCode writes a whole number without exponent or decimal point.
func numberCode(text string) (code, warning string, err error) {
	code = strings.TrimSuffix(text, ".0")
	if strings.ContainsAny(code, ".eE") {
		f, _ := strconv.ParseFloat(text, 64)
		if f < 0 || f >= 1<<53 || f != float64(int64(f)) {
			return "", "", fmt.Errorf("the number %s is no code", text)
		}
		code = strconv.FormatInt(int64(f), 10)
	}
	if strings.HasPrefix(code, "-") {
		return "", "", fmt.Errorf("the number %s is no code", text)
	}
	if len(code) > excelDigits {
		warning = fmt.Sprintf("a number of %d digits; a spreadsheet keeps %d, write it as text", len(code), excelDigits)
	}
	return code, warning, nil
}

// Text returns a property as text for people: numbers and booleans as
// written, nothing for null.
func (p Properties) Text(name string) (string, error) {
	prop, _ := p.Get(name)
	if prop.Kind == NestedProperty {
		return "", errors.New("an array or object stands where text is expected")
	}
	return strings.TrimSpace(prop.Text), nil
}

// properties reads the properties member of a feature.
func (p *parser) properties() (Properties, error) {
	c, err := p.next()
	if err != nil {
		return nil, err
	}
	if c == 'n' {
		_, err := p.word()
		return nil, err
	}
	if err := p.open('{'); err != nil {
		return nil, err
	}
	var props Properties
	for first := true; ; first = false {
		more, err := p.more('}', first)
		if err != nil || !more {
			return props, err
		}
		prop, err := p.property()
		if err != nil {
			return props, err
		}
		if _, twice := props.Get(prop.Name); twice {
			return props, fmt.Errorf("the property %q stands twice", prop.Name)
		}
		if len(props) == maxProperties {
			return props, fmt.Errorf("more than %d properties", maxProperties)
		}
		props = append(props, prop)
	}
}

// maxProperties bounds the properties of one feature; shapefiles hold 255.
const maxProperties = 1000

func (p *parser) property() (Property, error) {
	name, err := p.key()
	if err != nil {
		return Property{}, err
	}
	c, err := p.next()
	if err != nil {
		return Property{}, err
	}
	prop := Property{Name: name}
	switch {
	case c == '"':
		prop.Kind = StringProperty
		prop.Text, err = p.string()
	case c == '-' || '0' <= c && c <= '9':
		prop.Kind = NumberProperty
		var text []byte
		text, err = p.number()
		prop.Text = string(text)
	case c == '{' || c == '[':
		prop.Kind = NestedProperty
		if p.opts.Nested {
			var text []byte
			text, err = p.value(nil)
			prop.Text = string(text)
		} else {
			err = p.skip()
		}
	default:
		if prop.Text, err = p.word(); prop.Text == "null" {
			return Property{Name: name}, err
		}
		prop.Kind = BoolProperty
	}
	if err != nil {
		err = fmt.Errorf("property %q: %w", name, err)
	}
	return prop, err
}
