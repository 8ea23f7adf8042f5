package main

import (
	"path"
	"strings"
)

// types are the media types of files, by extension. The table is our own: an
// image has no /etc/mime.types, and a type must not depend on one.
type types map[string]string

func newTypes() types {
	t := types{
		".html": "text/html", ".htm": "text/html", ".css": "text/css", ".txt": "text/plain", ".md": "text/plain",
		".js": "text/javascript", ".mjs": "text/javascript", ".cjs": "text/javascript",
		".csv": "text/csv", ".xml": "text/xml", ".xsl": "text/xml", ".ics": "text/calendar", ".vtt": "text/vtt",
	}
	for ext := range t {
		t[ext] += "; charset=utf-8"
	}
	for ext, subtype := range map[string]string{
		".json": "json", ".map": "json", ".jsonld": "ld+json", ".geojson": "geo+json", ".webmanifest": "manifest+json",
		".rss": "rss+xml", ".atom": "atom+xml", ".wasm": "wasm", ".pdf": "pdf", ".zip": "zip", ".gz": "gzip",
	} {
		t[ext] = "application/" + subtype
	}
	for ext, media := range map[string]string{
		".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".ico": "image/x-icon", ".png": "image/png",
		".apng": "image/apng", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".jxl": "image/jxl", ".bmp": "image/bmp",
		".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
		".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
		".wav": "audio/wav", ".flac": "audio/flac", ".aac": "audio/aac",
		".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".mov": "video/quicktime",
	} {
		t[ext] = media
	}
	return t
}

// of gives the type of a file by its name.
func (t types) of(name string) string {
	if known := t[strings.ToLower(path.Ext(name))]; known != "" {
		return known
	}
	return "application/octet-stream"
}
