package repo_test

import (
	"testing"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestOwnPort(t *testing.T) {
	for line, want := range map[string]int{
		`port := flag.Int("port", 4000, "API server port")`:                       4000,
		`	viper.SetDefault("server.port", 9000)`:                                  9000,
		`port = "3000"`:                                                           3000,
		`port := getenv("SERVER_PORT", "3000")`:                                   3000,
		"Addr string `envconfig:\"HTTP_PORT\" default:\"9090\"`":                  9090,
		`serveCmd.Flags().StringVarP(&port, "port", "p", "8081", "port")`:         8081,
		`const PORT_NO: u16 = 3333;`:                                              3333,
		`env::var("SERVER_PORT").unwrap_or("5000".into())`:                        5000,
		`static final int PORT_NUMBER = 7000;`:                                    7000,
		`#[arg(long, default_value_t = 3000)] port: u16,`:                         0, // the number comes first
		`DB_PORT = getenv("DB_PORT", "5432")`:                                     0,
		`port := envOr("OTEL_EXPORTER_JAEGER_PORT", "6831")`:                      0,
		`redisPort = 6379`:                                                        0,
		`metricsPort := 9100`:                                                     0,
		`if port < 1024 || port > 65535 {`:                                        0,
		`import "example.com/export4000"`:                                         0,
		`// the port is 4000`:                                                     0,
		`port: 80`:                                                                0,
		`conn, err := dial(host, port, 5*time.Second)`:                            0,
		`srv := &http.Server{Addr: fmt.Sprintf(":%d", port), ReadTimeout: 5000 }`: 0,
	} {
		if got, found := repo.OwnPort(line); got != want {
			t.Errorf("%s: port %d, found %q; want %d", line, got, found, want)
		}
	}
}

func TestOwnHost(t *testing.T) {
	for text, want := range map[string]repo.HostDefault{
		`host := getenv("SERVER_HOST", "localhost")`:                                           {Variable: "SERVER_HOST"},
		`let host = std::env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_string());`:        {Variable: "HOST"},
		"addr := os.Getenv(\"ADDR\")\n\tif addr == \"\" {\n\t\taddr = \"127.0.0.1:8080\"\n\t}": {Variable: "ADDR", Port: ":8080"},
		`#[arg(long, env = "LISTEN_ADDR", default_value = "127.0.0.1:4000")]`:                  {Variable: "LISTEN_ADDR", Port: ":4000"},
		`getenv("API_HOST", "localhost")`:                                                      {},
		"api := env(\"API_ADDR\", \"localhost:9000\")\nhost := env(\"HOST\", \"localhost\")":   {Variable: "HOST"},
		`getenv("DB_HOST", "localhost")`:                                                       {},
		`getenv("HOST", "0.0.0.0")`:                                                            {},
	} {
		got, _ := repo.OwnHost(text)
		if got.Variable != want.Variable || got.Port != want.Port {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestAside(t *testing.T) {
	for _, c := range []struct {
		said, port string
		want       bool
	}{
		{`http.ListenAndServe(":9090", promhttp.Handler())`, "9090", true},
		{`metricsAddr := flag.String("metrics-addr", ":9100", "")`, "9100", true},
		{`net.Listen("tcp", ":50051")`, "50051", true},
		{`http.ListenAndServe(":8080", handler)`, "8080", false},
	} {
		if got := repo.Aside(c.said, c.port); got != c.want {
			t.Errorf("%s, %s: %t, want %t", c.said, c.port, got, c.want)
		}
	}
}

func FuzzOwnPort(f *testing.F) {
	f.Add(`port := flag.Int("port", 4000, "")`)
	f.Add(`addr := os.Getenv("ADDR"); if addr == "" { addr = "localhost:1" }`)
	f.Fuzz(func(t *testing.T, text string) {
		if port, found := repo.OwnPort(text); port != 0 && found == "" {
			t.Errorf("port %d of nothing", port)
		}
		repo.OwnHost(text)
	})
}
