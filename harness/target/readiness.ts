import { ConnectionMachine } from '../endpoint/amqp091/connection.ts';
import { ClientHandshake } from '../endpoint/amqp091/handshake.ts';
import type { ConnectionEvent } from '../endpoint/amqp091/vocabulary.ts';
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

async function opens(broker: Reachable, withinMs: number): Promise<boolean> {
  const admitted = await admit(broker, withinMs);
  admitted?.leave();
  return admitted !== undefined;
}

/** A connection that a broker has let into its virtual host, and that asks for nothing there. */
export interface Admitted {
  /** Whether the connection ends within some milliseconds, or nothing can be dialled any more, as where a whole machine is gone. */
  goneWithin(ms: number): Promise<boolean>;
  leave(): void;
}

/** Opens a connection without heartbeats; undefined where the broker has not let it in within `withinMs` milliseconds. */
export async function admit({ transport, clock, credentials }: Reachable, withinMs: number): Promise<Admitted | undefined> {
  const stream = await transport.dial().catch(() => undefined);
  if (stream === undefined) return undefined;
  let tellEnd = () => {};
  const ended = new Promise<true>(resolve => {
    tellEnd = () => resolve(true);
  });
  const opened = new Promise<boolean>(resolve => handshake(stream, clock, credentials, { settled: resolve, ended: tellEnd }));
  if (!(await within(clock, opened, withinMs))) {
    stream.destroy();
    return undefined;
  }
  return {
    async goneWithin(ms) {
      for (const until = clock.now() + ms; clock.now() < until; ) {
        if ((await within(clock, ended, pauseMs)) || !(await dialled(transport))) return true;
      }
      return false;
    },
    leave: () => stream.destroy(),
  };
}

/** What is promised, or false where it does not come within some milliseconds. */
function within(clock: Clock, promised: Promise<boolean>, ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const cancel = clock.at(clock.now() + ms, () => resolve(false));
    promised.then(value => {
      cancel();
      resolve(value);
    });
  });
}

function dialled(transport: Transport): Promise<boolean> {
  return transport.dial().then(
    stream => {
      stream.destroy();
      return true;
    },
    () => false,
  );
}

interface Told {
  settled(opened: boolean): void;
  ended(): void;
}

function handshake(stream: Stream, clock: Clock, credentials: Credentials, { settled, ended }: Told): void {
  const limits = { channelMax: 0, frameMax: 0, heartbeatS: 0 };
  const { machine } = drive(stream, clock, wire => {
    const event = (each: ConnectionEvent) => {
      const { kind } = dialogue.handle(each, clock.now());
      if (kind !== 'pending') settled(kind === 'done');
      if (each.kind === 'ended') ended();
    };
    return new ConnectionMachine({ role: 'client', limits }, { ...wire, event });
  });
  const dialogue = new ClientHandshake(machine, { mechanisms: [plainClient(credentials)], properties: [], virtualHost: credentials.virtualHost });
  dialogue.begin(clock.now());
}
