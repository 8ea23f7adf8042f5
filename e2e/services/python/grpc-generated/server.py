"""Greets: over gRPC inside, over HTTP to everybody. The modules of the
protocols are made when the image is built."""

import os
import signal
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc

from greet.v1 import greet_pb2, greet_pb2_grpc
from greet.v1.words_pb2 import Name


class Greeter(greet_pb2_grpc.GreeterServicer):
    def Greet(self, request, context):
        return greet_pb2.Greeting(text=f"Good morning, {request.name}")


def main():
    inside = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    greet_pb2_grpc.add_GreeterServicer_to_server(Greeter(), inside)
    port = inside.add_insecure_port("127.0.0.1:0")
    inside.start()
    greeter = greet_pb2_grpc.GreeterStub(grpc.insecure_channel(f"127.0.0.1:{port}"))

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            text = greeter.Greet(Name(name="harbour")).text.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Page)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    inside.stop(5).wait()


if __name__ == "__main__":
    main()
