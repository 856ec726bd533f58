import type { MethodName } from '../spec/amqp091/classes.ts';
import { frameTypes } from '../spec/amqp091/constants.ts';
import { encodeFrame, type Frame, method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { declaredSize, frameOfType, joined, onChannel, trailing, unknownMethod, wrongFrameEnd } from '../wire/amqp091/craft.ts';
import { acknowledgements, closingChannels, closingConnections, everywhere, largeBodies } from './areas.ts';
import { closedAloud, deafFrom, hungUp, miscoded, overlooked, overlooks } from './departures.ts';
import type { Conversation, FrameSeam, Passing, Rewritten } from './fault.ts';
import { delivered } from './messages.ts';
import { losesCutFrames } from './rare.ts';
import { answer, either, frames, passing, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const heading = faultsIn('amqp091/header/*', 'amqp091/tls/on-plain-port', 'amqp10/header/*');
const framing = faultsIn('amqp091/framing/*');
const calling = faultsIn('amqp091/methods/*');
/** Checks that get a body of the length that is spoilt. */
const someBodies = ['amqp091/framing/*', 'amqp091/routing/topic/many-words'];

const knownTypes: readonly number[] = Object.values(frameTypes);

/** Octets that begin with no known frame type, behind the protocol header. */
const isUnknownType = (seen: Passing, at: Conversation): boolean =>
  seen.what === 'octets' && at.previous('to-server') !== undefined && !knownTypes.includes(seen.bytes[0] ?? 0);

/** A frame whose size leads to something else than a frame-end. */
const isMisframed = (seen: Passing): boolean => seen.what === 'broken' && seen.violation.rule === 'amqp091/4.2.3.frame-end';

const isOversized = (seen: Passing, at: Conversation): boolean =>
  seen.what === 'octets' && at.frames['to-server'] > 0 && knownTypes.includes(seen.bytes[0] ?? 0) && seen.bytes.length >= 7;

const frameError: Frame = { type: 'method', channel: 0, method: method('connection.close', { replyCode: 501, replyText: 'frame-error' }) };

/** Protocol header, frames and method payloads. */
export const framingFaults = {
  'amqp091/4.2.2.protocol-header:enforce': [
    heading(
      'closes without a header where a frame came first',
      rejects(
        seen => seen.what === 'octets' && seen.bytes[0] === frameTypes.heartbeat,
        () => ({}),
      ),
    ),
  ],
  'amqp091/4.2.2.unknown-protocol:enforce': [
    heading(
      'closes without a header where another protocol was asked for',
      rejects(
        seen => seen.what === 'octets' || (seen.what === 'header' && seen.bytes[4] !== 0),
        () => ({}),
      ),
    ),
  ],
  'amqp091/4.2.2.unsupported-version:enforce': [
    heading(
      'serves any version of the protocol',
      passing('to-server', 'header', ({ bytes }) => bytes[4] === 0 && !isOurs(bytes) && { send: [protocolHeader091] }),
    ),
  ],
  'amqp091/4.2.2.valid-header:emit': [
    heading(
      'rejects a header with one that does not begin with AMQP',
      rejects(
        () => true,
        bytes => ({ send: [Uint8Array.of(0x58, ...bytes.subarray(1))] }),
      ),
    ),
    heading(
      'sends a frame behind the header that it rejects another with',
      rejects(
        () => true,
        bytes => ({ send: [bytes, { type: 'heartbeat', channel: 0 }] }),
      ),
    ),
    heading(
      'offers a protocol that it then rejects',
      rejects(
        seen => seen.what === 'header' && seen.bytes[4] !== 9,
        bytes => ({ send: [Uint8Array.of(...bytes.subarray(0, 4), 9, 1, 0, 9)] }),
      ),
    ),
  ],
  'amqp091/4.2.2.accepted-header:emit': [
    heading(
      'rejects the header of 0-9-1 with the same',
      passing('to-server', 'header', ({ bytes }) => ({ back: [bytes], finish: 'end' })),
      [...everywhere, 'amqp10/header/*', 'amqp10/message/durable/*'],
    ),
  ],
  'amqp091/connection.start.server-support:emit': [
    heading(
      'offers a version from the future',
      rejects(
        () => true,
        bytes => ({ send: [Uint8Array.of(...bytes.subarray(0, 5), 0, 10, 0)] }),
      ),
    ),
  ],
  'amqp091/2.3.4.segmentation:emit': [
    framing(
      'loses a frame that comes in three pieces or more',
      overlooked(seen => seen.pieces >= 3 && seen.what !== 'header'),
      ['amqp091/framing/*', 'amqp091/heartbeat/*'],
    ),
    heading(
      'loses a protocol header that comes in pieces',
      overlooked(seen => seen.pieces > 1 && seen.what === 'header'),
    ),
    losesCutFrames,
  ],
  'amqp091/2.3.5.frame-size:emit': [
    framing(
      'counts the frame-end in the size of a body frame',
      someBody(bytes => declaredSize(bytes, bytes.length - 7)),
      someBodies,
    ),
  ],
  'amqp091/4.2.3.frame-end:emit': [
    framing(
      'ends a body frame with zero',
      someBody(bytes => wrongFrameEnd(bytes)),
      someBodies,
    ),
  ],
  'amqp091/4.2.3.frame-end:enforce': [
    framing('takes no notice of a frame with a wrong end', deafFrom(isMisframed), ['amqp091/framing/*', 'amqp091/open/*']),
    framing(
      'says frame-error before it closes over a wrong end',
      closedAloud(at => wasMisframed(at), frameError),
      ['amqp091/framing/*', 'amqp091/open/*'],
    ),
  ],
  'amqp091/4.2.3.frame-type:emit': [
    framing(
      'sends a body in frames of an unknown type',
      someBody(bytes => Uint8Array.of(7, ...bytes.subarray(1))),
      someBodies,
    ),
  ],
  'amqp091/4.2.3.frame-type:enforce': [
    framing('takes no notice of frames of unknown type', deafFrom(isUnknownType), ['amqp091/framing/*', 'amqp091/open/*']),
    framing(
      'says frame-error before it closes over an unknown type',
      closedAloud(at => at.previous('to-server')?.what === 'octets' && at.previous('to-client')?.what !== 'header', frameError),
      ['amqp091/framing/*', 'amqp091/open/*', 'amqp091/negotiation/*'],
    ),
  ],
  'amqp091/4.2.3.frame-max:emit': [framing('sends every body in one frame', inOneFrame(), largeBodies)],
  'amqp091/4.2.3.frame-max:enforce': [
    framing('takes no notice of a frame that is too large', deafFrom(isOversized), ['amqp091/{framing,open,content,limits}/*']),
    framing(
      'calls a frame that is too large unexpected',
      miscoded(505, { scope: 'connection', code: 501, when: at => at.previous('to-server')?.what === 'octets' }),
    ),
  ],
  'amqp091/4.2.3.channel-zero:emit': [
    framing(
      'sends the last close-ok on channel 1',
      answer('connection.close-ok', draft => draft.on(1)),
      closingConnections,
    ),
  ],
  'amqp091/4.2.3.channel-zero:enforce': [
    calling(
      'takes methods of class connection on any channel',
      request(['connection.close', 'connection.tune-ok'], draft => draft.channel !== 0 && draft.swallowed()),
    ),
  ],
  'amqp091/4.2.3.channel-number:emit': [
    framing(
      'opens a channel on channel 0',
      answer('channel.close-ok', draft => draft.on(0)),
      closingChannels,
    ),
  ],
  'amqp091/4.2.3.channel-number:enforce': [calling('takes no notice of methods on channel 0 that do not belong there', overlooked(isStray))],
  'amqp091/4.2.4.method-identifiers:emit': [calling('sends a method without a method id', beforeGetOk(frameOfType(1, 1, Uint8Array.of(0, 60))))],
  'amqp091/4.2.4.method-identifiers:enforce': [calling('takes no notice of a method without identifiers', overlooks('amqp091/4.2.4.method-identifiers'))],
  'amqp091/4.2.4.class-unknown:emit': [calling('sends a method of a class of its own', beforeGetOk(unknownMethod(1, 0xf00d, 10)))],
  'amqp091/4.2.4.class-unknown:enforce': [calling('takes no notice of unknown classes', overlooks('amqp091/4.2.4.class-unknown'))],
  'amqp091/4.2.4.method-unknown:emit': [calling('sends a method that its class does not define', beforeGetOk(unknownMethod(1, 60, 999)))],
  'amqp091/4.2.4.method-unknown:enforce': [
    calling('takes no notice of unknown methods', overlooks('amqp091/4.2.4.method-unknown'), ['amqp091/methods/*', 'amqp091/open/*']),
  ],
  'amqp091/4.2.4.method-direction:emit': [
    calling('sends a request that only clients send', beforeGetOk(encodeFrame({ type: 'method', channel: 1, method: method('basic.get') }))),
  ],
  'amqp091/4.2.4.method-direction:enforce': [calling('takes no notice of what only a server says', overlooked(isOfServer))],
  'amqp091/4.2.4.arguments:emit': [
    calling(
      'adds an argument to get-ok',
      plainGetOk(bytes => trailing(bytes)),
    ),
  ],
  'amqp091/4.2.4.arguments-truncated:enforce': [
    calling('takes no notice of methods cut short', overlooks('amqp091/4.2.4.arguments-truncated'), [
      'amqp091/methods/*',
      'amqp091/fields/*',
      'amqp091/open/*',
    ]),
  ],
  'amqp091/4.2.4.arguments-trailing:enforce': [calling('takes no notice of octets behind the last argument', cutToSize())],
  'amqp091/4.2.4.reserved-fields:emit': [
    calling(
      'puts something into a reserved field',
      answer('channel.open-ok', draft => draft.with({ reserved1: Uint8Array.of(1) })),
    ),
  ],
  'amqp091/2.2.3.silent-success:emit': [
    calling(
      'confirms each ack with one of its own',
      request('basic.ack', draft => ({ ...draft.followedBy(), ...draft.answered(method('basic.ack', draft.args)) })),
      [...acknowledgements, 'amqp091/{channel,methods}/*', 'amqp091/{confirm,qos,deliver}/**', 'amqp091/consume/**'],
    ),
  ],
  'amqp091/3.2.1.pipelining:emit': [
    calling('loses the third declare in a row', thirdInARow(), [
      'amqp091/methods/*',
      'amqp091/queue/declare/*',
      'amqp091/{confirm,redelivery,sender-selected}/**',
      'amqp091/{blocked,competition,deliver,single-active-consumer}/*',
      'amqp091/channel/independent',
    ]),
    calling('hangs up on a client that does not wait for the end of its commit', impatientOfCommits(), ['amqp091/tx/**']),
  ],
} as const satisfies FaultTable;

function isOurs(header: Uint8Array): boolean {
  return header.every((octet, at) => octet === protocolHeader091[at]);
}

/** A protocol header of the server, sent because of what the client began with. */
function rejects(because: (seen: Passing) => boolean, change: (bytes: Uint8Array) => Rewritten): FrameSeam {
  return passing('to-client', 'header', ({ bytes }, at) => {
    const came = at.previous('to-server');
    return came !== undefined && because(came) && change(bytes);
  });
}

function wasMisframed(at: Conversation): boolean {
  const last = at.previous('to-server');
  return last !== undefined && isMisframed(last);
}

/** Body frames of about a hundred octets, as they go to the client. */
function someBody(change: (bytes: Uint8Array) => Uint8Array): FrameSeam {
  return frames(seen => {
    const isIt = seen.direction === 'to-client' && seen.what === 'frame' && seen.frame.type === 'body' && seen.bytes.length > 100 && seen.bytes.length < 120;
    return isIt ? { send: [change(seen.bytes)] } : 'pass';
  });
}

function inOneFrame(): FrameSeam {
  return delivered('basic.get-ok', (message, at) => {
    if (message.body.length + 8 <= at.frameMax) return false;
    const { channel, header, body } = message;
    return {
      send: [
        { type: 'method', channel, method: message.method },
        { type: 'header', channel, header },
        { type: 'body', channel, payload: body },
      ],
    };
  });
}

const ofServer: ReadonlySet<MethodName> = new Set(['queue.declare-ok', 'basic.deliver']);

/** Replies and deliveries of a client, with their content. */
function isOfServer(seen: Passing, at: Conversation): boolean {
  if (seen.what !== 'frame') return false;
  if (seen.frame.type === 'method') return ofServer.has(seen.frame.method.name);
  return at.content('to-server', seen.channel)?.method.name === 'basic.deliver';
}

function isStray(seen: Passing): boolean {
  return seen.what === 'frame' && seen.channel === 0 && seen.frame.type === 'method' && !seen.frame.method.name.startsWith('connection.');
}

/** A get-ok for a message without properties that says `plain`, with other octets for its method. */
function plainGetOk(change: (bytes: Uint8Array) => Uint8Array): FrameSeam {
  return delivered('basic.get-ok', message => {
    if (message.header.propertyFlags !== 0 || Buffer.from(message.body).toString() !== 'plain') return false;
    const [first, ...others] = message.frames();
    return first !== undefined && { send: [change(first instanceof Uint8Array ? first : encodeFrame(first)), ...others] };
  });
}

function beforeGetOk(stray: Uint8Array): FrameSeam {
  return plainGetOk(bytes => joined(onChannel(stray, new DataView(bytes.buffer, bytes.byteOffset).getUint16(1)), bytes));
}

/** Methods with octets behind their last argument reach the server without them, or not at all. */
function cutToSize(): FrameSeam {
  return overlooks('amqp091/4.2.4.arguments-trailing');
}

function thirdInARow(): FrameSeam {
  return remembering(() => {
    let row = 0;
    return frames(seen => {
      if (seen.direction === 'to-client' || seen.what !== 'frame' || seen.frame.type !== 'method') return 'pass';
      row = seen.frame.method.name === 'queue.declare' ? row + 1 : 0;
      return row === 3 ? {} : 'pass';
    });
  });
}

function impatientOfCommits(): FrameSeam {
  return remembering(() => {
    const pending = new Set<number>();
    const asking = request('tx.commit', ({ channel }) => {
      pending.add(channel);
      return false;
    });
    const answering = answer('tx.commit-ok', ({ channel }) => {
      pending.delete(channel);
      return false;
    });
    return either(
      hungUp(504, ({ channel }) => pending.has(channel)),
      asking,
      answering,
    );
  });
}
