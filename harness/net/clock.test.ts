import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

/** This process does nothing else for so many milliseconds. */
function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a timer that rings late lets what came meanwhile be read first', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  const heard: string[] = [];
  socket.on('data', () => heard.push('octets'));
  const rung = new Promise<void>(resolve => {
    systemClock.at(systemClock.now() + 20, () => {
      heard.push('timer');
      resolve();
    });
  });
  peer.write('octets');
  stall(150);
  await rung;
  peer.destroy();
  socket.destroy();
  server.close();
  expect(heard).toEqual(['octets', 'timer']);
});

test('a timer that was called off does not ring, late or not', async () => {
  const heard: string[] = [];
  const off = systemClock.at(systemClock.now() + 10, () => heard.push('rang'));
  systemClock.at(systemClock.now() + 5, off);
  const behind = new Promise<void>(resolve => systemClock.at(systemClock.now() + 20, resolve));
  stall(100);
  await behind;
  expect(heard).toEqual([]);
});
