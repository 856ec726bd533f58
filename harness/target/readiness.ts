import { ConnectionMachine } from '../endpoint/amqp091/connection.ts';
import { ClientHandshake } from '../endpoint/amqp091/handshake.ts';
import type { HandshakeResult } from '../endpoint/amqp091/negotiation.ts';
import { drive } from '../endpoint/drive.ts';
import { plainClient } from '../endpoint/sasl.ts';
import type { Clock, Stream, Transport } from '../endpoint/transport.ts';
import type { Credentials } from './target.ts';

/** What a broker is asked before it is judged. */
export interface Reachable {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: Credentials;
}

const pauseMs = 100;
const eachTryMs = 5_000;

/**
 * Resolves once the broker has let a client into its virtual host, or with false when it has not within `withinMs` milliseconds. An accepted
 * socket or a first octet proves too little: a container engine's proxy accepts before the broker listens, and a broker may listen before its
 * virtual host is there.
 */
export async function letsIn(broker: Reachable, withinMs: number): Promise<boolean> {
  const { clock } = broker;
  const end = clock.now() + withinMs;
  while (clock.now() < end) {
    if (await opens(broker, Math.min(eachTryMs, end - clock.now()))) return true;
    await new Promise<void>(resolve => clock.at(clock.now() + pauseMs, resolve));
  }
  return false;
}

async function opens({ transport, clock, credentials }: Reachable, withinMs: number): Promise<boolean> {
  const stream = await transport.dial().catch(() => undefined);
  if (stream === undefined) return false;
  return new Promise(resolve => {
    const finish = (opened: boolean): void => {
      cancel();
      stream.destroy();
      resolve(opened);
    };
    const cancel = clock.at(clock.now() + withinMs, () => finish(false));
    handshake(stream, clock, credentials, ({ kind }) => {
      if (kind !== 'pending') finish(kind === 'done');
    });
  });
}

function handshake(stream: Stream, clock: Clock, credentials: Credentials, heard: (result: HandshakeResult<unknown>) => void): void {
  const limits = { channelMax: 0, frameMax: 0, heartbeatS: 0 };
  const { machine } = drive(
    stream,
    clock,
    wire => new ConnectionMachine({ role: 'client', limits }, { ...wire, event: event => heard(dialogue.handle(event, clock.now())) }),
  );
  const dialogue = new ClientHandshake(machine, { mechanisms: [plainClient(credentials)], properties: [], virtualHost: credentials.virtualHost });
  dialogue.begin(clock.now());
}
