import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../net/clock.ts';
import { tcpTransport } from '../net/dial.ts';
import type { Protocol } from '../spec/catalogue.ts';
import { letsIn } from './readiness.ts';
import { startBroker } from './reference.ts';

const login = { user: 'guest', password: 'guest', virtualHost: '/' };
const at = (port: number, protocol: Protocol, credentials = login) => ({
  transport: tcpTransport({ host: '127.0.0.1', port }),
  clock: systemClock,
  credentials,
  protocol,
});

test.each<[Protocol]>([['0-9-1'], ['1.0']])('a broker lets in who knows the password, in %s', async protocol => {
  await using broker = await startBroker();
  const port = Number(new URL(broker.url).port);
  expect(await letsIn(at(port, protocol), 5000)).toBe(true);
  expect(await letsIn(at(port, protocol, { ...login, password: 'wrong' }), 300)).toBe(false);
});

test('who takes connections and says nothing lets nobody in', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await letsIn(at(port, '1.0'), 300)).toBe(false);
  server.close();
});
