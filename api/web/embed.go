// Package web holds the pages people open: the planner's map, the wall, the
// public page of a grid and the page of a grid leader, built from the
// TypeScript beside this file into dist.
//
// The build is not committed. A binary compiled without it still serves a page
// that says how to make one.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built pages, index.html at its root. ok is false when the
// binary was compiled before the pages were built; the file system is then
// nil.
func FS() (pages fs.FS, ok bool) {
	pages, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	if _, err := fs.Stat(pages, "index.html"); err != nil {
		return nil, false
	}
	return pages, true
}

// missing is all that a binary without built pages can show.
const missing = `<!doctype html><html lang="en"><meta charset="utf-8"><title>gridmap</title>
<h1>The pages are not built</h1>
<p>This gridmap was compiled without its pages. The API answers all the same.
<p>To build them: <code>cd api/web &amp;&amp; npm ci &amp;&amp; npm run build</code>, then compile again, or run <code>make build</code>.
<p lang="zh-CN">此程序编译时未包含网页。请先执行 <code>make build</code>，再重新启动；接口不受影响。
</html>
`

// Policy returns the Content-Security-Policy of a page: everything from this
// origin, no inline script, font or style from elsewhere, and pictures and
// tiles of a basemap from the servers named only.
func Policy(servers ...string) string {
	and := strings.Join(append([]string{""}, servers...), " ")
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:" + and + "; connect-src 'self'" + and +
		"; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// showsBasemap reports whether a built page can lay its map on a basemap.
func showsBasemap(file string) bool { return file == "index.html" || file == "wall.html" }

// pageOf returns the built file that is the page at an address. The files'
// own names are no addresses, so that every page has one only.
func pageOf(path string) (file string, ok bool) {
	switch path {
	case "/":
		return "index.html", true
	case "/wall":
		return "wall.html", true
	case "/my":
		return "my.html", true
	}
	if code, is := strings.CutPrefix(path, "/g/"); is {
		code = strings.TrimSuffix(code, "/board") // the notice board, of the same page
		if code != "" && code != "board" && !strings.Contains(code, "/") {
			return "grid.html", true
		}
	}
	return "", false
}

// codings are the forms that the build packs text files into beside the plain
// one, the smallest first.
var codings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Handler serves the pages, or says that they are not built: the planner at /,
// the wall at /wall, the public page of a grid at /g/{code} and its
// notice board at /g/{code}/board, the page of a grid leader at /my. Files under /assets/ carry a hash of their content in their
// name and are kept by browsers for a year; everything else is asked for again.
// What the build has packed is sent packed to who accepts that. Pages with a
// basemap may take its tiles from the servers named, such as
// https://tiles.example.org, and tell these which site asks, as such servers
// want to know; all else is told nothing.
func Handler(accepts func(r *http.Request, coding string) bool, servers ...string) http.Handler {
	pages, ok := FS()
	if !ok {
		return http.HandlerFunc(serveMissing)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, isPage := pageOf(r.URL.Path)
		if !isPage {
			file = strings.TrimPrefix(r.URL.Path, "/")
		}
		if info, err := fs.Stat(pages, file); err != nil || info.IsDir() || !isPage && hidden(file) {
			http.NotFound(w, r) // and no folder listings
			return
		}
		head := w.Header()
		head.Set("Content-Security-Policy", Policy())
		head.Set("Referrer-Policy", "no-referrer")
		if len(servers) > 0 && showsBasemap(file) {
			head.Set("Content-Security-Policy", Policy(servers...))
			head.Set("Referrer-Policy", "strict-origin")
		}
		head.Set("X-Content-Type-Options", "nosniff")
		head.Add("Vary", "Accept-Encoding")
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			head.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			head.Set("Cache-Control", "no-cache")
		}
		serveFile(w, r, pages, file, accepts)
	})
}

// hidden reports whether a built file is none that has an address: a page,
// which has another, a packed form of a file, or one whose name begins with a
// dot.
func hidden(file string) bool {
	ext := path.Ext(file)
	return ext == ".html" || ext == ".br" || ext == ".gz" || strings.HasPrefix(path.Base(file), ".")
}

// serveFile sends a file in the smallest form that there is and that the
// client accepts.
func serveFile(w http.ResponseWriter, r *http.Request, pages fs.FS, file string, accepts func(r *http.Request, coding string) bool) {
	for _, c := range codings {
		if _, err := fs.Stat(pages, file+c.suffix); err == nil && accepts(r, c.name) {
			w.Header().Set("Content-Type", mediaType(file))
			w.Header().Set("Content-Encoding", c.name)
			http.ServeFileFS(w, r, pages, file+c.suffix)
			return
		}
	}
	http.ServeFileFS(w, r, pages, file)
}

// mediaType returns the type of a text file of the build. It does not ask the
// machine, whose tables differ.
func mediaType(file string) string {
	switch path.Ext(file) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

func serveMissing(w http.ResponseWriter, r *http.Request) {
	if _, isPage := pageOf(r.URL.Path); !isPage {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", Policy())
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(missing))
}
