const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const { harbour } = grpc.loadPackageDefinition(loader.loadSync(path.join(__dirname, 'proto/harbour.proto')));
const server = new grpc.Server();

server.addService(harbour.Pilot.service, {
  Greet: (call, answer) => answer(null, { text: `Good morning, ${call.request.name}` }),
});

const address = `0.0.0.0:${process.env.GRPC_PORT || 50051}`;
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const client = new harbour.Pilot(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  client.Greet({ name: 'harbour' }, (failed, greeting) => {
    console.log(failed ? failed.message : greeting.text);
    client.close();
  });
});

process.on('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
