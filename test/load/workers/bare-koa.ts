// A koa that answers every request with the same JSON text: `bare-koa.js TEXT`.
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { announce } from './parent.ts';

const [, , text = ''] = process.argv;
const app = new Koa();
app.use((context) => {
  context.type = 'application/json';
  context.body = text;
});
const server = app.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
