package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/slipway-ci/slipway"
)

// serverFlags are the knobs of `up`, `serve` and `worker`. Each may also stand
// in the file that --config names, or in SLIPWAY_NAME.
type serverFlags struct {
	engineFlags
	stepFlags

	config string

	listen         string
	url            string
	cert, key      string
	registryListen string
	database       string
	sealKey        string
	queueListen    string
	queuePlain     bool
	cluster        string
	registryURL    string

	name      string
	slots     int
	trust     string
	timeout   time.Duration
	silence   time.Duration
	contract  string
	frontends []string

	hosts          hostList
	teamLimit      int
	keepDeliveries age
	keepLogs       age
	keepBuilds     age
	reconcile      time.Duration
	logFormat      string
}

// Ages that the record keeps what may go.
const (
	keptDeliveries = 90 * 24 * time.Hour // forges send again for days, not months
	keptLogs       = 90 * 24 * time.Hour
	keptBuilds     = 2 * 365 * 24 * time.Hour
)

// roleFlags are those of every role.
func (f *serverFlags) roleFlags(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "file of settings, YAML: the names of these flags with their values")
	flags.StringVar(&f.logFormat, "log", "text", "form of the service's own log: text or json")
}

// controlFlags are those of a control plane.
func (f *serverFlags) controlFlags(flags *pflag.FlagSet) {
	f.keepDeliveries, f.keepLogs, f.keepBuilds = age(keptDeliveries), age(keptLogs), age(keptBuilds)
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of the API and of the forges' hooks; port 0 chooses one")
	flags.StringVar(&f.url, "url", "", "base URL under which forges and people reach it (default: http://ADDRESS)")
	flags.StringVar(&f.cert, "tls-cert", "", "file of the certificate, PEM; with one the API and the workers' listener speak TLS")
	flags.StringVar(&f.key, "tls-key", "", "file of the certificate's key, PEM")
	flags.StringVar(&f.registryListen, "registry", registryAddress, "loopback address of the embedded registry; port 0 chooses one; any wider address needs SLIPWAY_REGISTRY_PASSWORD")
	flags.StringVar(&f.database, "database", "", "where the record is: sqlite:FILE or postgres://… (default: record.db in the data directory)")
	flags.StringVar(&f.sealKey, "seal-key", "", "file of the 32 bytes that seal the record's secrets; several control planes have the same (default: keys/seal in the data directory, made at the first start)")
	flags.StringVar(&f.queueListen, "queue-listen", "", "address for workers on other machines (default: none; 'slipway worker' joins here)")
	flags.BoolVar(&f.queuePlain, "queue-plain", false, "let that address do without TLS beyond loopback: something else keeps the network private")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Minute, "limit of a whole build")
	flags.DurationVar(&f.silence, "silence", 10*time.Minute, "limit of a build's time without output or progress")
	flags.Var(&f.hosts, "hosts", "hosts of repositories, forges and Jenkins that maintainers of teams may name: NAME, *.DOMAIN or 10.0.0.0/8, with commas between (default: all)")
	flags.IntVar(&f.teamLimit, "team-limit", 0, "builds of one team at once (0: as many as there are slots)")
	flags.Var(&f.keepDeliveries, "keep-deliveries", "how long a forge's delivery is known when it comes again")
	flags.Var(&f.keepLogs, "keep-logs", "how long logs of builds that ended are kept")
	flags.Var(&f.keepBuilds, "keep-builds", "how long builds that ended are kept; the last success of a ref stays")
	flags.DurationVar(&f.reconcile, "reconcile", 10*time.Minute, "how often the heads of repositories are compared with the record, for pushes that nobody told of (0: never)")
}

// scaleFlags are those of a control plane that is not alone.
func (f *serverFlags) scaleFlags(flags *pflag.FlagSet) {
	flags.StringVar(&f.cluster, "queue", "", "NATS cluster to use in place of the queue inside: nats://A,nats://B,… (tls:// too); user and password in SLIPWAY_QUEUE_USER and SLIPWAY_QUEUE_PASSWORD")
	flags.StringVar(&f.registryURL, "registry-url", "", "another control plane's registry to use in place of an own one: http://HOST:PORT, with its SLIPWAY_REGISTRY_PASSWORD")
}

// apart sees that nothing is asked for twice, in two ways.
func (f *serverFlags) apart(flags *pflag.FlagSet) error {
	for _, pair := range [][2]string{{"queue", "queue-listen"}, {"registry-url", "registry"}} {
		if flags.Changed(pair[0]) && flags.Changed(pair[1]) {
			return slipway.Errorf(slipway.CodeUsage, "--%s and --%s do not go together", pair[0], pair[1]).
				WithHint("--%s takes something that is elsewhere, --%s offers it here", pair[0], pair[1])
		}
	}
	return nil
}

// workFlags are those of a worker.
func (f *serverFlags) workFlags(flags *pflag.FlagSet) {
	flags.StringVar(&f.name, "name", "", "name of the worker, a label (default: the machine's name)")
	flags.IntVar(&f.slots, "slots", 2, "builds at once, at least 1")
	flags.StringVar(&f.trust, "trust", string(slipway.TrustMember), "whose code the engine builds: member, or stranger for pull requests from forks; an engine serves one")
	f.register(flags)
	flags.StringVar(&f.contract, "contract", "", "what breaking the image contract does: fail, warn or off (default: warn for a Dockerfile, off for what Slipway planned)")
	flags.StringArrayVar(&f.frontends, "allow-frontend", nil, "let this program read a Dockerfile in BuildKit's place (REF@sha256:…)")
}
