import { afterEach, expect, test } from 'vitest';
import { ClientError, ClientProcess, LackingError, LostError } from './client-process.ts';

const started: ClientProcess[] = [];

afterEach(async () => {
  for (const each of started.splice(0)) await each.end();
});

/** A client whose process answers each line by what this code says. */
function client(code: string, patienceMs = 10_000): ClientProcess {
  const script = `const { createInterface } = require('node:readline'); let n = 0; createInterface({ input: process.stdin }).on('line', line => { n += 1; ${code} });`;
  const made = new ClientProcess({ command: process.execPath, args: ['-e', script] }, { patienceMs });
  started.push(made);
  return made;
}

test('answers come in the order of the questions', async () => {
  const one = client('console.log(JSON.stringify({ ok: { address: String(n) } }))');
  expect(await Promise.all([one.ask('reply', {}), one.ask('reply', {})])).toEqual([{ address: '1' }, { address: '2' }]);
});

test('what a client lacks and what it refuses are told apart', async () => {
  await expect(client('console.log(JSON.stringify({ unsupported: "no transactions" }))').ask('begin', {})).rejects.toThrow(LackingError);
  await expect(client('console.log(JSON.stringify({ error: "404 not found" }))').ask('rest', {})).rejects.toThrow(ClientError);
});

test('a client that falls silent is given up, with what it said', async () => {
  const silent = client('console.error("stuck")', 500);
  await expect(silent.ask('rest', {})).rejects.toThrow(/^rest was not answered within 0.5 s; it said: stuck$/);
  expect(silent.lost).toBe(true);
  await expect(silent.ask('rest', {})).rejects.toThrow(LostError);
});

test('a client that dies, or answers what is no JSON, is lost', async () => {
  await expect(client('process.exit(3)').ask('rest', {})).rejects.toThrow('its process ended at rest');
  await expect(client('console.log("oh")').ask('rest', {})).rejects.toThrow('no answer: oh');
  const nowhere = new ClientProcess({ command: '/nonexistent/program', args: [] });
  started.push(nowhere);
  await expect(nowhere.ask('hello', {})).rejects.toThrow(/ENOENT/);
});
