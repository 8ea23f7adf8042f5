from importlib.metadata import version

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from soundings import shallowest


async def least(request):
    depths = [float(text) for text in request.query_params.getlist("at")]
    return JSONResponse({"shallowest": shallowest(depths), "version": version("soundings")})


async def healthz(request):
    return JSONResponse("well")


app = Starlette(routes=[Route("/least", least), Route("/healthz", healthz)])
