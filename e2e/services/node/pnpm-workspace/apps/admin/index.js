require('node:http').createServer((q, s) => s.end(require('@shop/money').money(1))).listen(process.env.PORT);
