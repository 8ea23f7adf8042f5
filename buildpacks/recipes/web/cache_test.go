package main

import (
	"net/http"
	"testing"
)

func TestHashed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"assets/index-BwK3x9Q_.js":                           true, // Vite
		"assets/index-DiwrgTda.css":                          true, // Vite, letters only
		"assets/logo-B-K3x9Q_.svg":                           true, // with a dash in it
		"static/js/main.7e4cf9a1.js":                         true, // Create React App
		"static/js/main.7e4cf9a1.js.map":                     true,
		"static/js/main.7e4cf9a1.js.LICENSE.txt":             true,
		"static/js/2.7e4cf9a1.chunk.js":                      true,
		"main.3f2a9c0d1e4b5a697887.js":                       true, // webpack
		"chunk-K3XYA2BC.js":                                  true, // esbuild, Angular
		"_next/static/chunks/pages/_app-0a1b2c3d4e5f6071.js": true,
		"fonts/inter.a1b2c3d4.woff2":                         true,
		"index.html":                                         false,
		"index-BwK3x9Q_.html":                                false,
		"app.js":                                             false,
		"service-bootstrap.js":                               false,
		"my-component.css":                                   false,
		"hero-Background.png":                                false,
		"assets/my-component.css":                            false,
		"trip-IMG_1234.jpg":                                  false,
		"photo-holiday2023.jpg":                              false,
		"report-20240131.pdf":                                false,
		"jquery-3.7.1.min.js":                                false,
		"picture-chapter1.png":                               false,
		"7e4cf9a1":                                           false,
		"7e4cf9a1.js":                                        false, // nothing before it
		"a.b":                                                false,
		".js":                                                false,
		"":                                                   false,
	} {
		if got := hashed(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}

func TestSite_SaysHowLongToKeep(t *testing.T) {
	t.Parallel()
	s := shop(t, "index.html", "missing.html")
	for target, want := range map[string]string{
		"/":                        "no-cache",
		"/plain.css":               "no-cache",
		"/assets/app-BwK3x9Q_.js":  "public, max-age=31536000, immutable",
		"/assets/gone-12ab34cd.js": "no-cache",
	} {
		if r := ask(t, s, http.MethodGet, target); r.Get("Cache-Control") != want {
			t.Errorf("%s: %q, want %q", target, r.Get("Cache-Control"), want)
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	known := newTypes()
	for name, want := range map[string]string{
		"a.js": "text/javascript; charset=utf-8", "a.MJS": "text/javascript; charset=utf-8", "a.css": "text/css; charset=utf-8",
		"a.wasm": "application/wasm", "a.svg": "image/svg+xml", "a.webmanifest": "application/manifest+json", "a.woff2": "font/woff2",
		"a.avif": "image/avif", "a.js.map": "application/json", "a": "application/octet-stream", "a.unknown": "application/octet-stream",
	} {
		if got := known.of(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
