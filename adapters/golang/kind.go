package golang

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// guessKind takes the kind from the Procfile, else from what the program's own
// packages call and import.
func (p *planner) guessKind() repo.Guess {
	switch {
	case p.starts(p.main.dir) && p.process.kind == slipway.KindWorker:
		return repo.Guess{Kind: slipway.KindWorker, Why: p.process.e}
	case p.custom() || p.starts(p.main.dir):
		return repo.Guess{}
	}
	s := p.signs
	switch {
	case s.http.Found != "":
		return repo.Guess{Kind: slipway.KindWeb, Why: s.http}
	case s.grpc.Found != "":
		s.grpc.Found += ", and no server of HTTP: gRPC answers none"
		return repo.Guess{Kind: slipway.KindWorker, Why: s.grpc}
	case s.listens.Found != "":
		return repo.Guess{Kind: slipway.KindWeb, Why: s.listens}
	case p.readsPort():
		return repo.Guess{}
	case s.waits.Found != "":
		s.waits.Found += ", and nothing that listens for HTTP"
		return repo.Guess{Kind: slipway.KindWorker, Why: s.waits}
	case s.rounds.Found != "" && s.signalled:
		s.rounds.Found += ", and nothing that listens for HTTP"
		return repo.Guess{Kind: slipway.KindWorker, Why: s.rounds}
	}
	return p.withoutSigns()
}

// withoutSigns takes a program that nothing shows to serve or to wait for a
// task, unless it comes with modules that are not known here and speaks of
// serving, or was not read as a whole: then it is a web service, as whatever
// is not known.
func (p *planner) withoutSigns() repo.Guess {
	s := p.signs
	switch {
	case len(p.packages) == 0 || s.partly:
		return repo.Unsure(slipway.Evidence{File: p.main.dir})
	case s.foreign != "" && s.word.Found != "":
		s.word.Found += ", beside modules that may serve"
		return repo.Unsure(s.word)
	case s.foreign != "" && repo.HandsOver(s.foreign, s.lines, s.tells):
		return repo.Unsure(slipway.Evidence{File: p.main.dir, Found: "little but " + s.foreign + ", which may serve"})
	}
	return repo.Ends(slipway.Evidence{File: p.main.dir, Found: "nothing that listens or waits in the program's packages"})
}

// servesHTTP tells whether a package of a module is of servers.
func servesHTTP(imported string) bool { return ofAny(imported, servers()) }

// ofAny tells whether a package is one of some, or below one.
func ofAny(imported string, of []string) bool {
	return slices.ContainsFunc(of, func(name string) bool {
		return imported == name || strings.HasPrefix(imported, strings.TrimSuffix(name, "/")+"/")
	})
}

// standard tells whether a package is the standard library's.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// servers are modules with which a program answers HTTP.
func servers() []string {
	return []string{
		"github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gofiber/fiber", "github.com/go-chi/chi", "github.com/gorilla/mux", "github.com/valyala/fasthttp",
		"github.com/julienschmidt/httprouter", "github.com/kataras/iris", "github.com/beego/beego", "github.com/astaxie/beego", "github.com/revel/revel", "github.com/gobuffalo/buffalo",
		"github.com/go-kratos/kratos", "github.com/zeromicro/go-zero", "github.com/cloudwego/hertz", "github.com/gogf/gf", "github.com/uptrace/bunrouter", "github.com/go-fuego/fuego",
		"github.com/danielgtaylor/huma", "github.com/emicklei/go-restful", "github.com/go-macaron/macaron", "gopkg.in/macaron.v1", "github.com/urfave/negroni", "github.com/pocketbase/pocketbase",
		"github.com/encore-dev", "encore.dev", "goa.design/goa", "github.com/twitchtv/twirp", "github.com/99designs/gqlgen/graphql/handler", "github.com/tmc/langchaingo/serve",
		"github.com/prometheus/client_golang/prometheus/promhttp", "github.com/caddyserver/caddy", "gofr.dev", "github.com/gorilla/handlers", "github.com/rs/cors", "github.com/micro/go-micro", "go-micro.dev",
		"connectrpc.com/connect", "github.com/bufbuild/connect-go", "golang.org/x/net/http2/h2c", "github.com/grpc-ecosystem/grpc-gateway", "github.com/ogen-go/ogen/ogenerrors", "github.com/GoogleCloudPlatform/functions-framework-go",
	}
}

// waiters are modules whose programs run until they are told to stop: they
// take from a queue, wait for a time, or speak in a chat.
func waiters() []string {
	return []string{
		"github.com/segmentio/kafka-go", "github.com/IBM/sarama", "github.com/Shopify/sarama", "github.com/confluentinc/confluent-kafka-go", "github.com/twmb/franz-go",
		"github.com/nats-io/nats.go", "github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp", "github.com/hibiken/asynq", "github.com/RichardKnop/machinery", "github.com/riverqueue/river",
		"github.com/ThreeDotsLabs/watermill", "go.temporal.io/sdk/worker", "github.com/nsqio/go-nsq", "github.com/apache/pulsar-client-go", "github.com/eclipse/paho.mqtt.golang", "github.com/gocraft/work",
		"github.com/robfig/cron", "github.com/go-co-op/gocron", "cloud.google.com/go/pubsub", "github.com/bwmarrin/discordgo", "gopkg.in/telebot.v3", "github.com/go-telegram-bot-api/telegram-bot-api", "github.com/go-telegram/bot",
		"sigs.k8s.io/controller-runtime", "k8s.io/client-go/informers", "github.com/aws/aws-lambda-go/lambda",
	}
}

// harmless are modules that everybody uses and none of which serves.
func harmless() []string {
	return []string{
		"github.com/spf13", "github.com/urfave/cli", "github.com/alecthomas", "github.com/jessevdk/go-flags", "github.com/mitchellh", "github.com/sirupsen/logrus", "github.com/rs/zerolog", "go.uber.org/zap", "go.uber.org/multierr",
		"golang.org/x", "gopkg.in/yaml.v2", "gopkg.in/yaml.v3", "go.yaml.in/yaml", "github.com/goccy", "github.com/BurntSushi/toml", "github.com/pelletier/go-toml", "github.com/tidwall", "github.com/json-iterator/go",
		"github.com/google/uuid", "github.com/google/go-cmp", "github.com/google/go-github", "github.com/pkg/errors", "github.com/joho/godotenv", "github.com/caarlos0/env", "github.com/kelseyhightower/envconfig",
		"github.com/lib/pq", "github.com/jackc", "github.com/go-sql-driver/mysql", "github.com/mattn", "modernc.org/sqlite", "github.com/jmoiron/sqlx", "gorm.io", "github.com/redis/go-redis", "go.mongodb.org/mongo-driver",
		"github.com/charmbracelet", "github.com/fatih/color", "github.com/olekukonko/tablewriter", "github.com/schollz/progressbar", "github.com/cheggaaa/pb", "github.com/manifoldco/promptui", "github.com/AlecAivazis/survey",
		"github.com/aws/aws-sdk-go", "github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "cloud.google.com/go/storage", "github.com/Azure/azure-sdk-for-go", "github.com/minio/minio-go", "github.com/go-resty/resty",
		"github.com/hashicorp/go-retryablehttp", "github.com/hashicorp/go-multierror", "github.com/stretchr/testify", "github.com/samber/lo", "github.com/xuri/excelize", "github.com/PuerkitoBio/goquery", "github.com/gocolly/colly",
	}
}

// readImports reads what a package's imports show; signs of calls are stronger.
func (p *planner) readImports(s *signs) {
	for _, k := range p.packages {
		for _, imported := range slices.Sorted(slices.Values(k.Imports)) {
			file, line := k.importedAt(imported)
			e := slipway.Evidence{File: file, Line: line, Found: imported}
			_, local := p.layout.find(imported)
			s.tells = s.tells || imported == "fmt" || imported == "log"
			switch {
			case imported == "C" || local || standard(imported):
			case servesHTTP(imported):
				keep(&s.http, e)
			case ofAny(imported, waiters()):
				keep(&s.waits, e)
			case !ofAny(imported, harmless()):
				if s.foreign == "" || repo.OfServers(imported) && !repo.OfServers(s.foreign) {
					s.foreign = imported
				}
			}
		}
	}
}
