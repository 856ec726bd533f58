import picomatch from 'picomatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profiles } from '../../fixtures/brokers/index.ts';
import type { InteropRecord } from '../../harness/check/record-interop.ts';
import { type ClientName, clientNames, clientRow } from '../../harness/interop/clients.ts';
import { pairIds, play } from '../../harness/interop/play.ts';
import { MissingError, workshop } from '../../harness/interop/toolchain.ts';
import { systemClock } from '../../harness/net/clock.ts';
import { tcpTransport } from '../../harness/net/dial.ts';
import { type RunningBroker, startBroker } from '../../harness/target/reference.ts';
import type { Target } from '../../harness/target/target.ts';
import { interopCases } from './cases.ts';

const host = '127.0.0.1';

const targetAt = ({ port }: RunningBroker): Target => ({
  kind: 'url',
  url: `amqp://guest@${host}:${port}/`,
  credentials: { user: 'guest', password: 'guest', virtualHost: '/' },
  transport: tcpTransport({ host, port }),
  clock: systemClock,
  async [Symbol.asyncDispose]() {},
});

async function played(broker: RunningBroker, clients: readonly ClientName[], wanted: (id: string) => boolean): Promise<InteropRecord> {
  const options = { address: { host, port: broker.port }, protocols: ['0-9-1', '1.0'], gate: 'must', version: null, seed: 1, cases: interopCases } as const;
  return play(targetAt(broker), { ...options, clients, wanted });
}

/** What is neither passed nor beyond a client. */
const unlike = ({ results }: InteropRecord) => results.filter(({ outcome }) => !['pass', 'unsupported', 'client'].includes(outcome));

describe('on the reference broker', () => {
  let broker: RunningBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.close());

  test('amqplib and rhea understand each other, and themselves, in every case', { timeout: 120_000 }, async () => {
    const record = await played(broker, ['amqplib', 'rhea'], () => true);
    expect(unlike(record)).toEqual([]);
    expect(record.results.filter(({ outcome }) => outcome === 'client')).toEqual([]);
    expect(record.results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(150);
    expect(broker.health().queues).toBe(0);
  });

  // Tests fetch no toolchains, unless AMQPSPEC_INTEROP=fetch says so: they take what an earlier run has prepared.
  test.for(clientNames.filter(name => !['amqplib', 'rhea'].includes(name)))(
    '%s understands itself in every case',
    { timeout: 400_000 },
    async (name, { skip }) => {
      const missing = await clientRow(name)
        .prepare({ ...workshop(), fetches: process.env['AMQPSPEC_INTEROP'] === 'fetch' })
        .then(
          () => undefined,
          error => {
            if (error instanceof MissingError) return error.message;
            throw error;
          },
        );
      skip(missing !== undefined, missing);
      const record = await played(broker, [name], () => true);
      expect(unlike(record)).toEqual([]);
      expect(record.results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(30);
    },
  );
});

/** Cases of pairs in 1.0 that begin so, of types that rhea has. */
const contentsOf = (start: string): readonly string[] =>
  interopCases.filter(({ id, rules }) => id.startsWith(start) && rules['1.0'] !== undefined && !/decimal|null/.test(id)).map(({ id }) => id);

/** Each case is seen to fail where the broker breaks what it is about. */
describe('on a broker that is broken on purpose', () => {
  test.each([
    ['amqp091/4.7.order:emit', 'flow/in-order', 'amqplib'],
    ['amqp091/basic.nack.requeue:emit', 'settle/released', 'amqplib'],
    ['amqp091/basic.reject.discard:emit', 'settle/rejected', 'amqplib'],
    ['amqp091/3.1.1.properties-intact:emit', 'property/content-encoding', 'amqplib'],
  ] as const)('%s: %s fails', async (duty, name, client) => {
    await using broker = await startBroker({ faults: [`violation:${duty}`] });
    const { results } = await played(broker, [client], id => id === `interop/${name}/${client}/${client}`);
    expect(results).toMatchObject([{ case: name, outcome: 'fail', surprise: true, where: 'no other pair shows it' }]);
  });

  test.each([
    ['2.6.12.settled-sent:emit', ['settle/sent-settled']],
    ['3.3.1.order:emit', ['flow/in-order']],
    ['3.4.2.accepted:emit', ['settle/accepted']],
    ['3.4.3.rejected:emit', ['settle/rejected']],
    ['3.4.4.released:emit', ['settle/released']],
    ['3.4.4.released:emit#2', ['settle/released']],
    ['3.4.5.delivery-failed:emit', ['settle/modified']],
    ['3.4.5.message-annotations:emit', ['settle/modified-annotations']],
    ['3.2.1.durable-kept:emit', ['header/durable']],
    ['3.2.1.priority-levels:emit', ['header/priority']],
    ['3.2.3.message-annotations:emit', ['annotation/optional']],
    ['3.2.4.properties-unaltered:emit', ['property/subject']],
    ['3.2.4.properties-unaltered:emit#2', ['property/to', 'property/reply-to', 'pattern/request-reply']],
    ['3.2.4.properties-unaltered:emit#3', ['property/content-type', 'property/content-encoding']],
    ['3.2.4.properties-unaltered:emit#5', ['property/user-id']],
    ['3.2.4.message-id-types:emit', ['property/message-id-ulong', 'property/message-id-uuid', 'property/message-id-binary']],
    ['3.2.5.application-properties:emit', contentsOf('application/')],
    ['3.2.6.data:emit', ['body/data-many']],
    ['3.2.6.data:emit#2', ['body/octets', 'body/large', 'settle/given-back']],
    ['3.2.7.amqp-sequence:emit', ['body/sequence-many']],
    ['3.2.7.amqp-sequence:emit#2', ['body/sequence']],
    ['3.2.8.amqp-value:emit', contentsOf('body/value-').filter(id => id !== 'body/value-null')],
    ['3.2.8.amqp-value:emit#2', ['body/value-null']],
  ] as const)('amqp10/%s: %j fail', { timeout: 120_000 }, async (duty, names) => {
    await using broker = await startBroker({ faults: [`violation:amqp10/${duty}`] });
    const ids = names.map(name => `interop/${name}/rhea/rhea`);
    const { results } = await played(broker, ['rhea'], id => ids.includes(id));
    expect(results.filter(({ outcome }) => outcome === 'fail').map(result => result.case)).toEqual(results.map(result => result.case));
    expect(results).toHaveLength(names.length);
  });

  test('what fails where one client publishes, and passes where another does, is told so', { timeout: 60_000 }, async () => {
    await using broker = await startBroker({ faults: ['violation:amqp091/3.1.1.properties-intact:emit'] });
    const { results } = await played(broker, ['amqplib', 'rhea'], id => id.startsWith('interop/property/content-encoding/'));
    expect(results.map(({ publisher, consumer, outcome }) => `${publisher} ${consumer} ${outcome}`)).toEqual([
      'amqplib amqplib fail',
      'amqplib rhea observed',
      'rhea amqplib pass',
      'rhea rhea pass',
    ]);
    expect(results[0]?.where).toBe('only where amqplib publishes; 2 other pairs of 2 pass on this broker');
  });

  test('a broker that is gone fails each case, and takes no time about it', { timeout: 60_000 }, async () => {
    const broker = await startBroker();
    const gone = targetAt(broker);
    await broker.close();
    const options = { address: { host, port: broker.port }, protocols: ['1.0'], gate: 'must', version: null, seed: 1, cases: interopCases } as const;
    const { results } = await play(gone, { ...options, clients: ['rhea'], wanted: id => id.startsWith('interop/settle/') });
    const survived = results.filter(({ outcome, surprise }) => outcome !== 'fail' || !surprise);
    expect(survived).toEqual([]);
    expect(results.length).toBeGreaterThan(5);
  });
});

test('cases have an id and a title of their own, and every kind of pair has some', () => {
  const ids = pairIds(interopCases);
  expect(new Set(ids).size).toBe(ids.length);
  for (const pair of ['pika/amqplib', 'rhea/proton', 'pika/protonj2', 'go-amqp/rabbitmq-java'])
    expect(ids.filter(id => id.endsWith(pair)).length, pair).toBeGreaterThan(20);
});

test('what is declared of pairs, and what clients are known for, speaks of cases that exist, with a public source', () => {
  const ids = pairIds(interopCases);
  const known = Object.values(profiles).flatMap(({ name, interop = [] }) => interop.map(({ cases, source }) => ({ name, cases, source, ids })));
  const names = [...new Set(interopCases.map(({ id }) => id))];
  const faults = clientNames.flatMap(name => (clientRow(name).faults ?? []).map(({ cases, source }) => ({ name, cases, source, ids: names })));
  const all = [...known, ...faults];
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter(each => !each.ids.some(id => picomatch.isMatch(id, each.cases))).map(({ name, cases }) => `${name} ${cases}`)).toEqual([]);
  expect(all.filter(({ source }) => !source.startsWith('https://')).map(({ name, cases }) => `${name} ${cases}`)).toEqual([]);
});
