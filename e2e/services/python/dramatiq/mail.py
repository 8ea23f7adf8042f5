"""Sends the harbour's letters, one after another."""

import dramatiq
from dramatiq.brokers.stub import StubBroker

broker = StubBroker()
broker.emit_after("process_boot")
dramatiq.set_broker(broker)


@dramatiq.actor(max_retries=0)
def send(to):
    print(f"a letter to {to} is on its way", flush=True)


class Greeting(dramatiq.Middleware):
    """Has something to do as soon as a worker runs."""

    def after_worker_boot(self, broker, worker):
        send.send("the pilot")


broker.add_middleware(Greeting())
