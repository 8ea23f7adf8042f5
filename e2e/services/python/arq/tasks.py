"""Counts the ships, when somebody asks for it."""

import os
import subprocess

from arq.connections import RedisSettings

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6399")

if "REDIS_URL" not in os.environ:  # on a desk: a Redis of its own, which ends with its parent
    subprocess.Popen(["redis-server", "--port", "6399", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"])


async def count(ctx, harbour):
    print(f"{harbour} has 12 ships", flush=True)


async def startup(ctx):
    await ctx["redis"].enqueue_job("count", "Elsinore")


class WorkerSettings:
    functions = [count]
    on_startup = startup
    redis_settings = RedisSettings.from_dsn(REDIS)
