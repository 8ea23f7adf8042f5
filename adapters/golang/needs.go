package golang

// need is what a module needs of C.
type need struct {
	why     string
	library string // of Debian, "" when the module brings it along
}

// needsC are modules that do not work, or not as anybody expects, without
// cgo, and why. It is asked because the sources of modules are not in the
// tree; slipway.yaml says better.
func needsC() map[string]need {
	return map[string]need{
		"github.com/mattn/go-sqlite3":                {why: "SQLite in C; without cgo it compiles and then fails at run time"},
		"gorm.io/driver/sqlite":                      {why: "uses github.com/mattn/go-sqlite3"},
		"github.com/mutecomm/go-sqlcipher":           {why: "SQLCipher in C"},
		"github.com/tursodatabase/go-libsql":         {why: "libSQL as a C library"},
		"github.com/marcboeker/go-duckdb":            {why: "DuckDB as a C++ library"},
		"github.com/duckdb/duckdb-go":                {why: "DuckDB as a C++ library"},
		"github.com/confluentinc/confluent-kafka-go": {why: "librdkafka, a C library"},
		"github.com/godror/godror":                   {why: "Oracle's ODPI-C"},
		"github.com/ibmdb/go_ibm_db":                 {why: "IBM's CLI driver in C"},
		"github.com/linxGnu/grocksdb":                {why: "RocksDB, a C++ library", library: "rocksdb"},
		"github.com/bytecodealliance/wasmtime-go":    {why: "Wasmtime's C interface"},
		"github.com/DataDog/zstd":                    {why: "zstd in C"},
		"github.com/valyala/gozstd":                  {why: "zstd in C"},
		"github.com/pebbe/zmq4":                      {why: "libzmq, a C++ library", library: "zmq"},
		"github.com/h2non/bimg":                      {why: "libvips, a C library", library: "vips"},
		"github.com/davidbyttow/govips":              {why: "libvips, a C library", library: "vips"},
		"github.com/google/gopacket/pcap":            {why: "libpcap, a C library", library: "pcap"},
		"github.com/gopacket/gopacket/pcap":          {why: "libpcap, a C library", library: "pcap"},
		"gocv.io/x/gocv":                             {why: "OpenCV, a C++ library"},
	}
}

// debs are the packages of Debian 12 that have a library: its headers for the
// build, and what the program loads at run time.
type debs struct{ build, run string }

// libraries are by the name that stands behind -l, or that pkg-config knows
// without the "lib" in front.
func libraries() map[string]debs {
	return map[string]debs{
		"sqlite3": {"libsqlite3-dev", "libsqlite3-0"},
		"pq":      {"libpq-dev", "libpq5"},
		"pcap":    {"libpcap-dev", "libpcap0.8"},
		"vips":    {"libvips-dev", "libvips42"},
		"zmq":     {"libzmq3-dev", "libzmq5"},
		"rocksdb": {"librocksdb-dev", "librocksdb7.8"},
		"z":       {"zlib1g-dev", "zlib1g"},
		"ssl":     {"libssl-dev", "libssl3"},
		"crypto":  {"libssl-dev", "libssl3"},
		"xml2":    {"libxml2-dev", "libxml2"},
		"curl":    {"libcurl4-openssl-dev", "libcurl4"},
		"git2":    {"libgit2-dev", "libgit2-1.5"},
		"zstd":    {"libzstd-dev", "libzstd1"},
		"lz4":     {"liblz4-dev", "liblz4-1"},
		"rdkafka": {"librdkafka-dev", "librdkafka1"},
		"webp":    {"libwebp-dev", "libwebp7"},
		"usb-1.0": {"libusb-1.0-0-dev", "libusb-1.0-0"},
	}
}
