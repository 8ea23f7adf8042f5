from money import euros
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from .version import VERSION


async def price(request):
    return PlainTextResponse(f"{euros(1999)} ({VERSION})")


app = Starlette(routes=[Route("/", price)])
