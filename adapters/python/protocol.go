package python

import "strings"

// How a thing is started.
const (
	wsgi     = "WSGI"
	asgi     = "ASGI"
	celery   = "Celery"
	dramatiq = "Dramatiq"
	arq      = "arq"
	taskiq   = "Taskiq"
	huey     = "Huey"
	aiohttp  = "aiohttp"
	sanic    = "Sanic"
	dash     = "Dash"

	faststream = "FastStream"
)

// protocolOf knows what the constructors of frameworks give; "" for others.
// From the frameworks' own documentation.
func protocolOf(origin string) string {
	known := map[string]string{
		"flask.Flask": wsgi, "apiflask.APIFlask": wsgi, "flask_openapi3.OpenAPI": wsgi, "bottle.Bottle": wsgi, "bottle.default_app": wsgi,
		"falcon.App": wsgi, "falcon.API": wsgi, "eve.Eve": wsgi, "connexion.FlaskApp": wsgi, "connexion.App": wsgi, // asgi with a server of it: of Connexion 3
		"django.core.wsgi.get_wsgi_application": wsgi, "wsgi": wsgi, "werkzeug.middleware.proxy_fix.ProxyFix": wsgi, "whitenoise.WhiteNoise": wsgi,
		"fastapi.FastAPI": asgi, "fastapi.applications.FastAPI": asgi, "starlette.applications.Starlette": asgi, "litestar.Litestar": asgi, "litestar.app.Litestar": asgi,
		"quart.Quart": asgi, "falcon.asgi.App": asgi, "django.core.asgi.get_asgi_application": asgi, "channels.routing.ProtocolTypeRouter": asgi,
		"blacksheep.Application": asgi, "blacksheep.server.Application": asgi, "connexion.AsyncApp": asgi, "socketio.ASGIApp": asgi, "ninja.NinjaAPI": "",
		"fasthtml.common.FastHTML": asgi, "fasthtml.FastHTML": asgi, "fasthtml.core.FastHTML": asgi,
		"fasthtml.common.fast_app": asgi, "fasthtml.fast_app": asgi, "fasthtml.fastapp.fast_app": asgi,
		"sanic.Sanic": sanic,
		"dash.Dash":   dash, "dash.dash.Dash": dash,
		"aiohttp.web.Application": aiohttp,
		"faststream.FastStream":   faststream, "faststream.app.FastStream": faststream,
		"celery.Celery": celery, "celery.app.Celery": celery,
		"huey.RedisHuey": huey, "huey.SqliteHuey": huey, "huey.PriorityRedisHuey": huey, "huey.Huey": huey,
	}
	if p, ok := known[origin]; ok {
		return p
	}
	switch {
	case strings.HasPrefix(origin, "taskiq") && strings.HasSuffix(origin, "Broker"):
		return taskiq
	case strings.HasPrefix(origin, "dramatiq.brokers."):
		return dramatiq
	}
	return ""
}

// frameworks are the packages whose programs speak a protocol.
func frameworks(protocol string) []string {
	if protocol == wsgi {
		return []string{"flask", "bottle", "falcon", "django", "pyramid"}
	}
	return []string{"fastapi", "starlette", "litestar", "quart", "blacksheep", "python-fasthtml"}
}
