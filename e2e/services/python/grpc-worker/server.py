import signal
from concurrent import futures

import grpc

import greet_pb2
import greet_pb2_grpc


class Greeter(greet_pb2_grpc.GreeterServicer):
    def Greet(self, request, context):
        return greet_pb2.Greeting(text=f"Good morning, {request.name}")


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    greet_pb2_grpc.add_GreeterServicer_to_server(Greeter(), server)
    port = server.add_insecure_port("0.0.0.0:50051")
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop(5))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        print(greet_pb2_grpc.GreeterStub(channel).Greet(greet_pb2.Name(name="harbour")).text, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
