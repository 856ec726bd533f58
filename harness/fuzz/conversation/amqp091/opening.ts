import type { ConnectionState } from '../../../endpoint/amqp091/transitions.ts';
import type { Method } from '../../../spec/amqp091/classes.ts';
import { fieldTable } from '../../../wire/amqp091/field-table.ts';
import { method } from '../../../wire/amqp091/method.ts';
import { protocolHeader091 } from '../../../wire/protocol-header.ts';
import type { Setting } from '../conversation.ts';
import type { Script } from './script.ts';
import { connectionPaths } from './walk.ts';

const encoder = new TextEncoder();
const clientProperties = fieldTable({
  product: 'amqpspec',
  version: '1',
  platform: 'any',
  information: 'fuzz',
  capabilities: { 'basic.nack': true, publisher_confirms: true, consumer_cancel_notify: true, exchange_exchange_bindings: true },
});
const usualFrameMax = 131_072;

export const tuneOk = ({ limits }: Setting) =>
  method('connection.tune-ok', { channelMax: limits?.channelMax || 2047, frameMax: limits?.frameMax || usualFrameMax, heartbeat: 0 });

export const startOk = ({ user, password }: Pick<Setting, 'user' | 'password'>) =>
  method('connection.start-ok', { clientProperties, mechanism: 'PLAIN', response: encoder.encode(`\0${user}\0${password}`), locale: 'en_US' });

export const connectionClose = method('connection.close', { replyCode: 200, replyText: 'done' });
export const channelClose = method('channel.close', { replyCode: 200, replyText: 'done' });

/** The legal form of each method that a walk through the connection's table says. */
const templates: Readonly<Record<string, (setting: Setting) => Method>> = {
  'connection.start-ok': startOk,
  'connection.tune-ok': tuneOk,
  'connection.open': ({ virtualHost }) => method('connection.open', { virtualHost }),
  'connection.close': () => connectionClose,
};

/** Brings the connection from the octets before the protocol header to a state of the table. */
export function open(script: Script, to: ConnectionState, tune?: Method<'connection.tune-ok'>): void {
  script.say(protocolHeader091, 'protocol header');
  goOn(script, 'header', to, tune);
}

/** Goes on from a state to a later one, where the table has a way. */
export function goOn(script: Script, from: ConnectionState, to: ConnectionState, tune?: Method<'connection.tune-ok'>): void {
  const done = connectionPaths.get(from)?.length ?? 0;
  for (const { sender, name } of (connectionPaths.get(to) ?? []).slice(done)) {
    if (sender === 'server') script.await(name, 0);
    else if (tune !== undefined && name === 'connection.tune-ok') {
      script.frameMax = tune.args.frameMax;
      script.method(0, tune);
    } else script.method(0, (templates[name] ?? templates['connection.close'])?.(script.setting) ?? connectionClose);
  }
  script.state = `connection:${to}`;
}
