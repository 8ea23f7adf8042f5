const path = require('node:path');
const express = require('express');
const orders = require('./routes/orders');

const app = express();
app.use(express.static(path.join(__dirname, 'public')));
app.use('/orders', orders);
app.get('/healthz', (req, res) => res.send('well'));

module.exports = app;
