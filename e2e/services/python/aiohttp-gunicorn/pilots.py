"""Who is on duty."""

from aiohttp import web

PILOTS = {"day": "Ane", "night": "Birk"}


async def pilot(request):
    name = PILOTS.get(request.match_info["watch"])
    if name is None:
        raise web.HTTPNotFound
    return web.json_response({"pilot": name})


async def health(request):
    return web.Response(text="on duty")


app = web.Application()
app.add_routes([web.get("/health", health), web.get("/watch/{watch}", pilot)])
