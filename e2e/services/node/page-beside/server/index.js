require('dotenv').config();
const path = require('path');
const express = require('express');

const app = express();
const pages = path.join(__dirname, '..', 'client', 'dist');

app.get('/api/tide', (request, response) => response.json({ high: 'half past four' }));
app.use(express.static(pages));
app.get('*', (request, response) => response.sendFile(path.join(pages, 'index.html')));

app.listen(process.env.PORT || 5000);
