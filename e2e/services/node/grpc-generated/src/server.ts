import { createServer } from "node:http";
import { fromBinary, create, toBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { NextReplySchema } from "./gen/ferry_pb.js";

// The service is read from its protocol when the program starts; the messages
// that are kept are made of it in the build.
const { ferry } = grpc.loadPackageDefinition(loadSync("proto/ferry.proto")) as any;

const inside = new grpc.Server();
inside.addService(ferry.Ferry.service, {
  next: (call: any, done: any) => done(null, { pier: call.request.pier, minutes: 12 }),
});
inside.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const client = new ferry.Ferry(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const server = createServer((_, answer) => {
    client.next({ pier: "Oban" }, (failed: Error | null, reply: any) => {
      if (failed) return void answer.writeHead(502).end();
      const kept = toBinary(NextReplySchema, create(NextReplySchema, reply));
      const next = fromBinary(NextReplySchema, kept);
      answer.end(`${next.pier} in ${next.minutes} minutes\n`);
    });
  });
  server.listen(Number(process.env.PORT ?? 8080));
  process.on("SIGTERM", () => {
    server.close();
    inside.tryShutdown(() => process.exit(0));
  });
});
