import { once } from 'node:events';
import rhea from 'rhea';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../net/clock.ts';
import { tcpTransport } from '../../net/dial.ts';
import { listen } from '../../net/listen.ts';
import { type Driven, drive } from '../drive.ts';
import { anonymousClient, anonymousServer, plainClient, plainServer } from '../sasl.ts';
import type { Stream } from '../transport.ts';
import { ConnectionMachine } from './connection.ts';
import { acceptAll } from './recorded.test-kit.ts';
import type { ConnectionEvent, ConnectionSettings, LinkEndpoint } from './vocabulary.ts';

const accepted = { settled: true, state: { type: 'accepted' } } as const;
const closers: (() => unknown)[] = [];

afterAll(async () => {
  for (const close of closers) await close();
});

type OnEvent = (event: ConnectionEvent, driven: Driven<ConnectionMachine>) => void;

function driven(stream: Stream, settings: Omit<ConnectionSettings, 'open'>, onEvent: OnEvent): Driven<ConnectionMachine> {
  const whole: ConnectionSettings = { open: { containerId: 'machine', maxFrameSize: 4096, idleTimeOut: 30_000 }, ...settings };
  const made: Driven<ConnectionMachine> = drive(stream, systemClock, wire => new ConnectionMachine(whole, { ...wire, event: event => onEvent(event, made) }));
  return made;
}

const kindsOf = (events: readonly ConnectionEvent[]): readonly string[] =>
  events
    .filter(({ kind }) => kind !== 'frame' && kind !== 'flow')
    .map(event => (event.kind === 'violation' ? `${event.violation.rule} ${event.violation.detail}` : event.kind));

/** A server that keeps every delivery, and sends back the payloads to whoever receives. */
async function server(events: ConnectionEvent[]) {
  const mechanisms = [plainServer(({ user, password }) => user === 'u' && password === 'p'), anonymousServer('guest')];
  const kept: Uint8Array[] = [];
  const senders = new Set<LinkEndpoint>();
  const feed = (made: Driven<ConnectionMachine>) => {
    for (const link of senders) {
      while (kept.length > 0 && link.credit > 0)
        made.machine.deliver(link, { tag: Uint8Array.of(kept.length), payload: kept.shift() as Uint8Array }, systemClock.now());
      if (link.drain && link.credit > 0) made.machine.drained(link, systemClock.now());
    }
  };
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    accept: stream =>
      void driven(stream, { role: 'server', sasl: { role: 'server', mechanisms, required: true }, automatic: { drain: false } }, (event, made) => {
        events.push(event);
        acceptAll(made.machine, event, 50);
        if (event.kind === 'delivery') {
          kept.push(Buffer.concat(event.delivery.payload));
          made.machine.settle(event.link, [event.delivery.deliveryId], accepted, systemClock.now());
        }
        if (event.kind === 'link-attached' && event.link.role === 'sender') senders.add(event.link);
        if (event.kind === 'link-over') senders.delete(event.link);
        feed(made);
      }),
  });
  closers.push(() => listening.close());
  return listening.port;
}

test.each([
  ['PLAIN', { username: 'u', password: 'p' }],
  ['ANONYMOUS', { username: 'anyone' }],
])('rhea as the client sends, receives, settles, drains, detaches and closes (%s)', async (mechanism, login) => {
  const events: ConnectionEvent[] = [];
  const port = await server(events);
  const connection = rhea.create_container().connect({ host: '127.0.0.1', port, reconnect: false, ...login });
  await once(connection, 'connection_open');
  const sender = connection.open_sender('q');
  await once(sender, 'sendable');
  const body = 'x'.repeat(20_000);
  sender.send({ body });
  sender.send({ body: 'short', message_id: 7 });
  await once(sender, 'accepted');
  const receiver = connection.open_receiver({ source: 'q', credit_window: 0 });
  receiver.add_credit(5);
  const [first] = await once(receiver, 'message');
  expect(first.message.body).toBe(body);
  const drained = once(receiver, 'receiver_drained');
  (receiver as unknown as { drain_credit(): void }).drain_credit();
  await drained;
  expect((receiver as unknown as { credit: number }).credit).toBe(0);
  const closed = once(sender, 'sender_close');
  sender.close();
  await closed;
  const over = once(connection, 'connection_close');
  connection.close();
  await over;
  const dispositions = events.flatMap(event => (event.kind === 'disposition' ? event.deliveries.map(() => event.disposition.state?.type) : []));
  expect(dispositions).toEqual(['accepted', 'accepted']);
  expect(events.find(({ kind }) => kind === 'authenticated')).toMatchObject({ mechanism, user: mechanism === 'PLAIN' ? 'u' : 'guest' });
  expect(kindsOf(events).filter(kind => kind.startsWith('amqp10/'))).toEqual([]);
  expect(kindsOf(events)).toContain('closed');
});

test('rhea hears that credentials do not hold', async () => {
  const events: ConnectionEvent[] = [];
  const port = await server(events);
  const connection = rhea.create_container().connect({ host: '127.0.0.1', port, reconnect: false, username: 'u', password: 'wrong' });
  connection.on('disconnected', () => {});
  await once(connection, 'connection_error').catch(() => {});
  await expect.poll(() => kindsOf(events)).toEqual(['protocol-header', 'authentication-failed', 'ended']);
});

test.each([
  ['PLAIN', [plainClient({ user: 'u', password: 'p' })]],
  ['ANONYMOUS', [anonymousClient()]],
] as const)('rhea as the server takes what the machine sends, and sends (%s)', async (_, mechanisms) => {
  const container = rhea.create_container();
  container.sasl_server_mechanisms.enable_anonymous();
  container.sasl_server_mechanisms.enable_plain((user: string, password: string) => user === 'u' && password === 'p');
  const received: unknown[] = [];
  const toSend = ['one', 'y'.repeat(10_000)];
  container.on('message', ({ message }) => received.push(message?.body));
  container.on('sendable', ({ sender }) => {
    if (sender) for (const body of toSend.splice(0)) sender.send({ body });
  });
  container.on('sender_draining', ({ sender }) => sender?.set_drained(true));
  const listening = container.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => listening.close());
  await once(listening, 'listening');
  const { port } = listening.address() as { port: number };
  const stream = await tcpTransport({ host: '127.0.0.1', port }).dial();
  const events: ConnectionEvent[] = [];
  const links: LinkEndpoint[] = [];
  let bodies = 0;
  const made = driven(stream, { role: 'client', sasl: { role: 'client', mechanisms } }, (event, { machine }) => {
    events.push(event);
    const now = systemClock.now();
    if (event.kind === 'delivery') {
      machine.settle(event.link, [event.delivery.deliveryId], accepted, now);
      bodies += 1;
      if (bodies === 2) machine.grant(event.link, { credit: event.link.credit, drain: true }, now);
    }
    if (event.kind === 'link-attached' && event.link.role === 'receiver') machine.grant(event.link, { credit: 10 }, now);
    if (event.kind === 'flow' && event.link?.role === 'sender' && event.link.credit > 0 && event.link.deliveryCount === 0) {
      machine.deliver(event.link, { tag: Uint8Array.of(1), payload: Uint8Array.of(0, 0x53, 0x77, 0xa1, 2, 0x68, 0x69) }, now);
    }
    if (event.kind === 'flow' && event.link?.role === 'receiver' && event.link.credit === 0) for (const link of links) machine.detach(link, now);
    if (event.kind === 'session-over') machine.close(now);
    if (event.kind === 'link-detached' && links.every(({ state }) => state === 'DETACHED')) machine.end(event.link.session, now);
  });
  const { machine } = made;
  machine.start(systemClock.now());
  machine.open(systemClock.now());
  await expect.poll(() => machine.state).toBe('OPENED');
  const session = machine.begin(systemClock.now());
  const sender = machine.attach(
    session,
    { name: 's', role: 'sender', source: { type: 'source' }, target: { type: 'target', address: 'q' } },
    systemClock.now(),
  );
  links.push(
    sender,
    machine.attach(session, { name: 'r', role: 'receiver', source: { type: 'source', address: 'q' }, target: { type: 'target' } }, systemClock.now()),
  );
  await expect.poll(() => kindsOf(events).at(-1)).toBe('ended');
  expect(received).toEqual(['hi']);
  expect(bodies).toBe(2);
  const dispositions = events.flatMap(event => (event.kind === 'disposition' ? event.deliveries.map(() => event.disposition.state?.type) : []));
  expect(dispositions).toEqual(['accepted']);
  expect(events.at(-1)).toMatchObject({ kind: 'ended', handshake: true });
  expect(kindsOf(events).filter(kind => kind.startsWith('amqp10/'))).toEqual([]);
});
