import express from 'express';
import { pence } from '@stall/money';

const app = express();
const goods = ['tea', 'bread'];

app.get('/healthz', (_, res) => void res.send('ok'));
app.get('/', (_, res) => void res.send(goods.map((name, i) => `${name} ${pence(120 + 30 * i)}`).join('\n')));

app.listen(Number(process.env.PORT ?? 3333), () => console.log('the stall is open'));
