import type { CommandOf, Effect, EffectOf } from '../broker/vocabulary.ts';
import { announces } from '../endpoint/amqp091/negotiation.ts';
import type { MethodArguments, MethodName } from '../spec/amqp091/classes.ts';
import { method } from '../wire/amqp091/codec.ts';
import { everywhere } from './areas.ts';
import { type CloseMatch, forgiven, overpunished, unpunished } from './departures.ts';
import { effects } from './effect-seam.ts';
import type { Around, EffectSeam, FrameSeam, Piece } from './fault.ts';
import { announcing, isWhole, ofRestricted, plainGuest } from './logins.ts';
import { published } from './messages.ts';
import { refused } from './refusals.ts';
import { answer, either, remembering, replyTo, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const securing = faultsIn('amqp091/tls/*');
const authenticating = faultsIn('amqp091/authentication/*', 'amqp091/tls/*');
const permitting = faultsIn('amqp091/permission/**', 'amqp091/connection/secret-*');
const blocking = faultsIn('amqp091/blocked/*');
const renewing = faultsIn('amqp091/connection/secret-*');
const separating = faultsIn('amqp091/virtual-host/*');

/** TLS of the listener itself. */
const tls = (settings: Readonly<Record<string, unknown>>) => ({ kind: 'listener', settings: { tls: settings } }) as const;

const configuring: readonly MethodName[] = ['queue.declare', 'queue.delete', 'exchange.declare', 'exchange.delete'];
const binding: readonly MethodName[] = ['queue.bind', 'queue.unbind', 'exchange.bind', 'exchange.unbind'];
const reading: readonly MethodName[] = ['basic.get', 'basic.consume', 'queue.purge'];

/** Octets of a body from which on a large one is lost. */
const largeBody = 200_000;

/** Users, permissions, virtual hosts, TLS, alarms. */
export const securityFaults = {
  'amqp091/tls.version-1-2:emit': [securing('speaks TLS 1.3 alone', tls({ minVersion: 'TLSv1.3' }))],
  'amqp091/tls.version-1-3:emit': [securing('speaks TLS 1.2 alone', tls({ maxVersion: 'TLSv1.2' }))],
  'amqp091/tls.same-protocol:emit': [
    securing(
      'loses the end of large bodies',
      published(message => message.body.length > largeBody && message.with({ body: message.body.subarray(0, largeBody) })),
      everywhere,
    ),
    securing('delivers to nobody but who published', effects(deliversToPublishers()), everywhere),
  ],
  'amqp091/tls.plaintext:enforce': [securing('speaks plain on its port for TLS', tls({ terminated: true }))],
  'amqp091/tls.stalled-handshake:emit': [securing('has room for three connections, whole or not', tls({ connectionMax: 3 }))],
  'amqp091/tls.client-certificate:emit': [
    securing(
      'lets nobody with a certificate in by a password',
      request('connection.start-ok', (draft, at) => draft.args.mechanism === 'PLAIN' && offersExternal(at.method('to-client', 0)) && draft.cut('end')),
    ),
  ],
  'amqp091/tls.foreign-authority:enforce': [securing('trusts whatever certificate it is shown', tls({ verify: false }))],
  'amqp091/sasl.external:emit': [
    securing(
      'ends the connection of who comes by EXTERNAL',
      request('connection.start-ok', draft => draft.args.mechanism === 'EXTERNAL' && draft.cut('end')),
    ),
    authenticating('takes everybody who comes by EXTERNAL for the same user', externalAsGuest()),
  ],
  'amqp091/sasl.external-unknown-user:enforce': [authenticating('lets in by EXTERNAL whom it does not know', externalAsGuest())],
  'amqp091/sasl.external-without-certificate:enforce': [authenticating('lets in by EXTERNAL who showed no certificate', externalAsGuest())],
  'amqp091/sasl.plain-message:enforce': [
    authenticating(
      'lets in whoever sends a PLAIN response that is none',
      request('connection.start-ok', draft => isBrokenPlain(draft.args) && draft.with(plainGuest)),
    ),
  ],
  'amqp091/permission.configure:enforce': [permitting('lets anybody configure', lenient(configuring, 'configure'))],
  'amqp091/permission.write:enforce': [
    permitting('lets anybody bind what he may not write to, and have messages go on to there', lenient([...binding, ...configuring], 'write')),
    permitting('lets anybody publish', unpunished(lacking(['basic.publish'], 'write'))),
  ],
  'amqp091/permission.read:enforce': [
    permitting('lets anybody read', unpunished(lacking(reading, 'read'))),
    permitting('lets anybody bind to what he may not read, and have messages go on from there', lenient([...binding, ...configuring], 'read')),
  ],
  'amqp091/permission.granted:emit': [
    permitting(
      'wants permission to configure of passive declares',
      ofRestricted(refused(['queue.declare', 'exchange.declare'], 403, ({ args }) => args.passive)),
    ),
    permitting('lets nobody bind, consume or publish who lacks anything', ofRestricted(refused(['queue.bind', 'basic.consume', 'queue.delete'], 403))),
  ],
  'amqp091/permission.without-effect:emit': [permitting('does what it refuses', doesAllTheSame())],
  'amqp091/permission.channel-alone:emit': [permitting('ends the connection over a lack of permission', overpunished(lacking()))],
  'amqp091/connection.open.virtual-host-separation:emit': [
    separating(
      'keeps all virtual hosts in one',
      request('connection.open', draft => draft.args.virtualHost === 'amqpspec-other' && draft.with({ virtualHost: '/' })),
    ),
  ],
  'amqp091/connection.open.virtual-host-security:enforce': [
    separating(
      'lets everybody into every virtual host',
      answer(
        'connection.close',
        draft => draft.args.replyCode === 530 && draft.args.classId === 10 && draft.args.methodId === 40 && method('connection.open-ok'),
      ),
    ),
  ],
  'amqp091/connection.blocked.notice:emit': [
    blocking(
      'does not say that it blocks',
      answer('connection.blocked', draft => draft.swallowed()),
    ),
  ],
  'amqp091/connection.unblocked.notice:emit': [
    blocking(
      'does not say that it goes on',
      answer('connection.unblocked', draft => draft.swallowed()),
    ),
  ],
  'amqp091/connection.blocked.publishing:emit': [blocking('loses a message of those that waited', losesOneOfThoseThatWaited())],
  'amqp091/connection.blocked.consuming:emit': [blocking('delivers nothing during an alarm', { kind: 'effects', start: deliversNothingMeanwhile })],
  'amqp091/connection.blocked.announced:emit': [
    blocking(
      'tells everybody of an alarm',
      request(
        'connection.start-ok',
        draft =>
          !announces(draft.args.clientProperties, 'connection.blocked') && draft.with({ clientProperties: announcing(draft.args, 'connection.blocked') }),
      ),
    ),
  ],
  'amqp091/connection.blocked.once:emit': [
    blocking('tells of each alarm', { kind: 'effects', start: tellsOfEach }),
    blocking('goes on when the first of two alarms is over', { kind: 'effects', start: goesOnTooSoon }),
  ],
  'amqp091/connection.update-secret.goes-on:emit': [
    renewing(
      'closes the channels of who renews a secret',
      answer('connection.update-secret-ok', draft => draft.followedBy(closedChannel)),
    ),
    renewing('gives every right with a new secret', rightsWithSecret()),
  ],
} as const satisfies FaultTable;

const closedChannel: Piece = { type: 'method', channel: 1, method: method('channel.close', { replyCode: 403, replyText: 'access-refused' }) };

function isBrokenPlain({ mechanism, response }: MethodArguments<'connection.start-ok'>): boolean {
  return mechanism === 'PLAIN' && response.length > 0 && !isWhole(response);
}

function offersExternal(last: ReturnType<typeof method> | undefined): boolean {
  return last?.name === 'connection.start' && new TextDecoder().decode(last.args.mechanisms).includes('EXTERNAL');
}

function externalAsGuest(): FrameSeam {
  return request('connection.start-ok', draft => draft.args.mechanism === 'EXTERNAL' && draft.with(plainGuest));
}

/** A refusal for lack of this permission, or of any. */
function lacking(about?: readonly MethodName[], permission = ''): CloseMatch {
  return { code: 403, ...(about !== undefined && { about }), when: (_at, close) => close.args.replyText.includes(`lacks permission to ${permission}`) };
}

/** Where a user lacks this permission, the server answers as if all was well. */
function lenient(about: readonly MethodName[], permission: string): FrameSeam {
  return forgiven(lacking(about, permission), (at, close) => {
    const asked = at.method('to-server', close.channel)?.name;
    return method((asked && replyTo(asked)) ?? 'channel.flow-ok');
  });
}

/** Who is to get what another connection published is refused it. */
function deliversToPublishers(): Around {
  const isOfOther = (each: Effect): each is EffectOf<'deliver'> => each.kind === 'deliver' && each.message.publisher !== each.connection;
  return (command, apply) => {
    const came = apply(command);
    if (!came.some(isOfOther)) return came;
    return came.map(each =>
      isOfOther(each) ? { kind: 'refused', connection: each.connection, channel: each.channel, scope: 'connection', code: 541, text: 'lost' } : each,
    );
  };
}

/** The same list where none is left out. */
function withoutSome<T>(all: readonly T[], out: (each: T) => boolean): readonly T[] {
  return all.some(out) ? all.filter(each => !out(each)) : all;
}

type Done = CommandOf<'declare-queue' | 'delete-exchange' | 'purge-queue' | 'publish'>;

/** What is refused to a user is done in the name of the first one. */
function doesAllTheSame(): EffectSeam {
  const privileged: readonly string[] = ['declare-queue', 'delete-exchange', 'purge-queue', 'publish'];
  return {
    kind: 'effects',
    start: () => {
      let owner = 0;
      return (command, apply) => {
        if (command.kind === 'connect' && command.user === 'guest') owner = command.connection;
        const came = apply(command);
        const isRefused = came.some(each => each.kind === 'refused' && each.text.includes('lacks permission'));
        if (!isRefused || !privileged.includes(command.kind)) return came;
        const again = { ...(command as Done), connection: owner, channel: 1, ...(command.kind !== 'publish' && { noWait: true }) } as Done;
        return [...came, ...apply(again)];
      };
    },
  };
}

/** The first message that a connection sent while it was blocked does not arrive. */
function losesOneOfThoseThatWaited(): FrameSeam {
  return remembering(() => {
    let lost = true;
    const noting = answer('connection.unblocked', () => {
      lost = false;
      return false;
    });
    const losing = published(() => {
      if (lost) return false;
      lost = true;
      return {};
    });
    return either(noting, losing);
  });
}

function deliversNothingMeanwhile(): Around {
  let raised = 0;
  return (command, apply) => {
    if (command.kind === 'alarm') raised += command.raised ? 1 : -1;
    return raised > 0 ? withoutSome(apply(command), each => each.kind === 'deliver') : apply(command);
  };
}

/** Connections that are held, with why. */
function knowingHeld(make: (held: ReadonlyMap<number, EffectOf<'hold'>>) => Around): Around {
  const held = new Map<number, EffectOf<'hold'>>();
  const around = make(held);
  return (command, apply, broker) => {
    const came = around(command, apply, broker);
    for (const each of came) {
      if (each.kind === 'hold' && each.held) held.set(each.connection, each);
      else if (each.kind === 'hold') held.delete(each.connection);
    }
    return came;
  };
}

function tellsOfEach(): Around {
  return knowingHeld(held => (command, apply) => {
    const came = apply(command);
    return command.kind === 'alarm' && command.raised && held.size > 0 ? [...came, ...held.values()] : came;
  });
}

function goesOnTooSoon(): Around {
  return (command, apply) => {
    if (command.kind !== 'alarm' || command.raised) return apply(command);
    const other = command.resource === 'memory' ? 'disk' : 'memory';
    return [...apply({ ...command, resource: other }), ...apply(command)];
  };
}

/** Once the secret was renewed, nothing is refused to the user any more. */
function rightsWithSecret(): FrameSeam {
  return remembering(() => {
    let renewed = false;
    const noting = request('connection.update-secret', () => {
      renewed = true;
      return false;
    });
    return either(noting, unpunished({ code: 403, when: () => renewed }));
  });
}
