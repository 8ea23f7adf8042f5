import { createServer } from 'node:http';
import Database from 'better-sqlite3';

const db = new Database(':memory:');
db.exec("CREATE TABLE stock (what TEXT, n INTEGER); INSERT INTO stock VALUES ('paper', 12)");
const server = createServer((req, res) => res.end(JSON.stringify(db.prepare('SELECT * FROM stock').all())));
server.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());
