from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Watch(AsyncJsonWebsocketConsumer):
    """Tells who watches what comes in."""

    async def receive_json(self, content):
        await self.send_json({"seen": content.get("ship")})
