const { PrismaClient } = require("@prisma/client");
const { PrismaPg } = require("@prisma/adapter-pg");
const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL || "postgres://127.0.0.1:1/none" }) });
require("http").createServer(async (q, s) => {
  if (q.url === "/healthz") return s.end("ok");
  s.end(await db.note.count().then(String, (e) => `no database: ${e.code || e.name}`));
}).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
