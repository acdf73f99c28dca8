package api

import (
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gridmap/geo"
)

// BasemapUsage says what a setting of a basemap may be.
const BasemapUsage = "xyz:URL with {z}, {x} and {y} or {-y} (and {ratio}, which becomes @2x on sharp screens), tianditu:KEY (vec and img), or pmtiles:FILE; " +
	"tiles must be in Web Mercator of WGS 84 or CGCS2000: those in GCJ-02 or BD-09 lie hundreds of metres off and are not moved"

// ParseBasemaps reads settings as [BasemapUsage] says them; attribution is the
// text that must stand on the map of xyz. Tianditu gives two basemaps. Each may
// be given once. The errors name the setting, but for what is secret in it, and
// the reason.
func ParseBasemaps(settings []string, attribution string) ([]Basemap, error) {
	var all []Basemap
	for _, setting := range settings {
		kind, rest, named := strings.Cut(setting, ":")
		var some []Basemap
		var err error
		switch kind {
		case "xyz":
			some, err = xyzBasemap(rest, attribution)
		case "tianditu":
			some, err = tiandituBasemaps(rest)
		case "pmtiles":
			var one Basemap
			one, err = openArchive(rest)
			some = []Basemap{one}
		default:
			if !named && setting != "" {
				kind = "…" // may be a key alone
			}
			return nil, fmt.Errorf("a basemap is xyz:URL, tianditu:KEY or pmtiles:FILE, not %q", clip(kind))
		}
		if err != nil {
			return nil, fmt.Errorf("basemap %s: %w", kind, err)
		}
		if slices.ContainsFunc(all, func(b Basemap) bool { return b.ID == some[0].ID }) {
			return nil, fmt.Errorf("basemap %s: is given twice", kind)
		}
		all = append(all, some...)
	}
	if attribution != "" && !slices.ContainsFunc(all, func(b Basemap) bool { return b.ID == "xyz" }) {
		return nil, errors.New("the attribution is that of a basemap xyz:URL, which is not given; other basemaps bring their own")
	}
	return all, nil
}

// hole finds what stands in braces in an address.
var hole = regexp.MustCompile(`\{[^}]*\}`)

// shown is what an error tells of an address: neither a query, in which keys
// are, nor a password; nothing where one may hold the other.
func shown(template string) string {
	address, query, _ := strings.Cut(template, "?")
	if strings.Contains(query, "@") {
		return "…"
	}
	return clip(address[strings.LastIndex(address, "@")+1:])
}

// hostname is a host that a content security policy can name.
var hostname = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)

// xyzMaxZoom is how deep public tile servers go; beyond it tiles are enlarged.
const xyzMaxZoom = 19

func xyzBasemap(template, attribution string) ([]Basemap, error) {
	holes := hole.FindAllString(template, -1)
	source := BasemapSource{Tiles: []string{template}, MaxZoom: xyzMaxZoom}
	if slices.Contains(holes, "{-y}") {
		source.Scheme = "tms"
		source.Tiles[0] = strings.ReplaceAll(template, "{-y}", "{y}")
		holes = hole.FindAllString(source.Tiles[0], -1)
	}
	for _, needed := range []string{"{z}", "{x}", "{y}"} {
		if !slices.Contains(holes, needed) {
			return nil, fmt.Errorf("%q lacks %s", shown(template), needed)
		}
	}
	for _, h := range holes {
		if !slices.Contains([]string{"{z}", "{x}", "{y}", "{ratio}"}, h) {
			if !strings.Contains(shown(template), h) {
				h = "{…}" // in the query, with the keys
			}
			return nil, fmt.Errorf("%q has %s, which is not known; there are {z}, {x}, {y}, {-y} and {ratio}", shown(template), h)
		}
	}
	origin, err := originOf(source.Tiles[0])
	if err != nil {
		return nil, fmt.Errorf("%q %w", shown(template), err)
	}
	_, server, _ := strings.Cut(origin, "://")
	return []Basemap{{ID: "xyz", Name: geo.Name{ZH: server}, Kind: RasterBasemap,
		Sources: []BasemapSource{source}, Attribution: plainText(attribution)}}, nil
}

// originOf returns scheme, host and port of an address, as a policy names them.
func originOf(template string) (string, error) {
	u, err := url.Parse(hole.ReplaceAllString(template, "0"))
	switch {
	case err != nil:
		return "", errors.New("is no address")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("must begin with https:// or http://")
	case u.User != nil:
		return "", errors.New("must not hold a name and a password, which every page would show")
	case !strings.HasPrefix(template, u.Scheme+"://"+u.Host+"/") || !hostname.MatchString(u.Host):
		return "", errors.New("must name one server, by name or by IPv4 address")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// tiandituKey is the form of a key of www.tianditu.gov.cn.
var tiandituKey = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// tiandituMaxZoom is the last level of the whole country.
const tiandituMaxZoom = 18

// tiandituBasemaps returns the national map and its imagery, each with names
// over it, by the servers t0 to t7 of its WMTS. Its matrix set w is that of Web
// Mercator, in CGCS2000 and not shifted.
func tiandituBasemaps(key string) ([]Basemap, error) {
	if !tiandituKey.MatchString(key) {
		return nil, errors.New("the key is not one of 32 hexadecimal digits, as the site gives them (for browsers)")
	}
	source := func(layer string) BasemapSource {
		s := BasemapSource{MinZoom: 1, MaxZoom: tiandituMaxZoom}
		for n := range 8 {
			s.Tiles = append(s.Tiles, fmt.Sprintf("https://t%d.tianditu.gov.cn/%s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=%s&STYLE=default"+
				"&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=%s", n, layer, layer, key))
		}
		return s
	}
	const owner = "© 天地图 · 国家地理信息公共服务平台"
	return []Basemap{
		{ID: "vec", Name: geo.Name{ZH: "天地图（矢量）", EN: "Tianditu map"}, Kind: RasterBasemap, Attribution: owner,
			Sources: []BasemapSource{source("vec"), source("cva")}},
		{ID: "img", Name: geo.Name{ZH: "天地图（影像）", EN: "Tianditu imagery"}, Kind: RasterBasemap, Attribution: owner,
			Sources: []BasemapSource{source("img"), source("cia")}},
	}, nil
}

// tag finds markup, in which archives tell who made them.
var tag = regexp.MustCompile(`<[^>]*>`)

// plainText returns the text of a piece of HTML.
func plainText(markup string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(markup, ""))), " ")
}

// BasemapOrigins returns the servers from which a page takes the tiles of
// basemaps, each once, in order: none for those of this service's own.
func BasemapOrigins(basemaps []Basemap) []string {
	var origins []string
	for _, b := range basemaps {
		for _, source := range b.Sources {
			for _, template := range source.Tiles {
				if origin, err := originOf(template); err == nil && b.archive == nil {
					origins = append(origins, origin)
				}
			}
		}
	}
	slices.Sort(origins)
	return slices.Compact(origins)
}
