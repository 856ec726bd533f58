import { contentHeader, encodeFrame, type Frame, method } from '../wire/amqp091/codec.ts';
import { truncatedPayload } from '../wire/amqp091/craft.ts';
import { emptyMessages, largeBodies } from './areas.ts';
import { hungUp, overlooked, overlooks } from './departures.ts';
import type { Conversation, FrameSeam, Passing, Piece } from './fault.ts';
import { delivered, type Message, published } from './messages.ts';
import { type FaultTable, faultsIn } from './row.ts';

const carrying = faultsIn('amqp091/content/*');

const bodyEnd = 0xce;

/** Content framing. */
export const contentFaults = {
  'amqp091/4.2.6.sequence:emit': [
    carrying(
      'says something else in the middle of a content',
      largeGetOk(([first, header, ...body], { channel }) => [first, header, ...body.slice(0, 1), qosOk(channel), ...body.slice(1)]),
      largeBodies,
    ),
  ],
  'amqp091/4.2.6.interleaving:emit': [
    carrying(
      'hears only one channel while a content is under way',
      hungUp(505, (seen, at) => seen.what === 'frame' && isHeardElsewhere(seen, at) && !isHeartbeat(seen)),
      ['amqp091/content/*'],
    ),
  ],
  'amqp091/4.2.6.header-missing:enforce': [
    carrying(
      'waits for a missing header whatever comes instead',
      overlooked((seen, at) => isMethod(seen) && awaits(seen, at) === 'header'),
    ),
  ],
  'amqp091/4.2.6.body-missing:enforce': [
    carrying(
      'waits for the rest of a body whatever comes instead',
      overlooked((seen, at) => isMethod(seen) && awaits(seen, at) === 'body'),
    ),
  ],
  'amqp091/4.2.6.unexpected-header:enforce': [
    carrying(
      'takes no notice of a header that is out of place',
      overlooked((seen, at) => at.openChannels.has(seen.channel) && isOf(seen, 'header') && awaits(seen, at) !== 'header'),
    ),
  ],
  'amqp091/4.2.6.unexpected-body:enforce': [
    carrying(
      'takes no notice of a body frame that is out of place',
      overlooked((seen, at) => at.openChannels.has(seen.channel) && isOf(seen, 'body') && awaits(seen, at) !== 'body' && !isBehindContent(seen, at)),
    ),
  ],
  'amqp091/4.2.6.1.content-header:emit': [
    carrying(
      'cuts a content header short',
      largeGetOk(([first, header, ...body]) => [first, header === undefined ? undefined : truncatedPayload(octetsOf(header), 10), ...body]),
      largeBodies,
    ),
  ],
  'amqp091/4.2.6.1.content-header:enforce': [carrying('takes no notice of a content header that is cut short', overlooks('amqp091/4.2.6.1.content-header'))],
  'amqp091/4.2.6.1.class-id:emit': [
    carrying(
      'sends a content header of class queue',
      largeGetOk(([first, , ...body], message) => [first, headerOf(message, { classId: 50 }), ...body]),
      largeBodies,
    ),
  ],
  'amqp091/4.2.6.1.class-id:enforce': [
    carrying(
      'takes no notice of the class of a content header',
      overlooked(
        seen =>
          (seen.what === 'broken' && seen.violation.rule === 'amqp091/4.2.6.1.class-id') ||
          (seen.what === 'frame' && seen.frame.type === 'header' && seen.frame.header.classId !== 60),
      ),
    ),
  ],
  'amqp091/4.2.6.1.weight:emit': [
    carrying(
      'sends a content header with a weight',
      largeGetOk(([first, , ...body], message) => [first, headerOf(message, { weight: 1 }), ...body]),
      largeBodies,
    ),
  ],
  'amqp091/4.2.6.1.weight:enforce': [
    carrying(
      'takes no notice of a weight',
      overlooked(
        seen =>
          (seen.what === 'broken' && seen.violation.rule === 'amqp091/4.2.6.1.weight') ||
          (seen.what === 'frame' && seen.frame.type === 'header' && seen.frame.header.weight !== 0),
      ),
    ),
  ],
  'amqp091/4.2.6.1.body-size:emit': [
    carrying(
      'announces one octet too few',
      largeGetOk(([first, , ...body], message) => [first, headerOf(message, { bodySize: message.body.length - 1 }), ...body]),
      largeBodies,
    ),
    carrying(
      'loses messages with an empty body',
      published(message => message.body.length === 0 && []),
      [...emptyMessages, 'amqp091/fields/*'],
    ),
  ],
  'amqp091/4.2.6.1.body-size:enforce': [
    carrying(
      'takes no notice of more body than was announced',
      overlooked((seen, at) => isOf(seen, 'body') && (isBehindContent(seen, at) || isTooLong(seen, at))),
    ),
  ],
  'amqp091/4.2.6.1.property-flags:emit': [
    carrying(
      'takes the flag of reply-to for that of correlation-id',
      delivered('basic.get-ok', message => {
        const { replyTo, correlationId = replyTo, ...others } = message.properties;
        return replyTo !== undefined && correlationId !== undefined && message.with({ properties: { ...others, correlationId } });
      }),
      ['amqp091/content/*', 'amqp091/publish/content/*'],
    ),
  ],
  'amqp091/4.2.6.1.property-flags:enforce': [carrying('takes no notice of undefined property flags', overlooks('amqp091/4.2.6.1.property-flags'))],
  'amqp091/4.2.6.1.property-list:emit': [
    carrying(
      'gives a message-id for the type',
      delivered('basic.get-ok', message => {
        const { type, messageId } = message.properties;
        return type !== undefined && messageId !== undefined && message.with({ properties: { ...message.properties, type: messageId } });
      }),
      ['amqp091/content/*', 'amqp091/publish/content/*'],
    ),
  ],
  'amqp091/4.2.6.1.property-list:enforce': [
    carrying(
      'takes no notice of a property list that does not fit its flags',
      overlooks('amqp091/4.2.6.1.property-list', 'amqp091/4.2.5.5.table-truncated', 'amqp091/4.2.5.5.field-type-unknown'),
      ['amqp091/content/*', 'amqp091/fields/*', 'amqp091/open/*'],
    ),
  ],
  'amqp091/4.2.6.1.channel-zero:emit': [
    carrying(
      'sends a content header on channel 0',
      largeGetOk(([first, , ...body], message) => [first, { type: 'header', channel: 0, header: message.header }, ...body]),
      largeBodies,
    ),
  ],
  'amqp091/4.2.6.1.channel-zero:enforce': [
    carrying(
      'takes no notice of content frames on channel 0',
      overlooked(seen => seen.channel === 0 && (isOf(seen, 'header') || isOf(seen, 'body'))),
    ),
  ],
  'amqp091/4.2.6.2.body-frames:emit': [
    carrying(
      'takes the first frame for the whole of a body',
      published(message => message.parts.length > 1 && message.with({ body: message.parts[0] ?? new Uint8Array() })),
      largeBodies,
    ),
  ],
  'amqp091/4.2.6.2.opaque:emit': [
    carrying(
      'takes a CE at the end of a body for the frame-end',
      published(message => message.body.at(-1) === bodyEnd && message.body.length > 1 && message.with({ body: message.body.subarray(0, -1) })),
      ['amqp091/content/*', 'amqp091/publish/content/*'],
    ),
  ],
} as const satisfies FaultTable;

function isMethod(seen: Passing): boolean {
  return isOf(seen, 'method');
}

function isOf(seen: Passing, type: Frame['type']): boolean {
  return seen.what === 'frame' && seen.frame.type === type;
}

function isHeartbeat(seen: Passing): boolean {
  return isOf(seen, 'heartbeat');
}

/** Which frame the content under way on this channel wants next. */
function awaits({ direction, channel }: Passing, at: Conversation): 'header' | 'body' | undefined {
  const content = at.content(direction, channel);
  if (content === undefined) return undefined;
  return content.left === undefined ? 'header' : 'body';
}

function isHeardElsewhere({ direction, channel }: Passing, at: Conversation): boolean {
  return at.busy(direction).some(busy => busy !== channel);
}

/** A body frame whose content is complete already. */
function isBehindContent({ direction, channel }: Passing, at: Conversation): boolean {
  return at.content(direction, channel) === undefined && at.method(direction, channel)?.name === 'basic.publish';
}

function isTooLong(seen: Passing, at: Conversation): boolean {
  const left = at.content(seen.direction, seen.channel)?.left;
  return left !== undefined && seen.what === 'frame' && seen.frame.type === 'body' && BigInt(seen.frame.payload.length) > left;
}

/** A get-ok whose body takes several frames, with the frames that `change` makes of its own. */
function largeGetOk(change: (pieces: readonly Piece[], message: Message<'basic.get-ok'>) => readonly (Piece | undefined)[]): FrameSeam {
  return delivered('basic.get-ok', message => {
    const pieces = message.frames();
    return pieces.length > 3 && { send: change(pieces, message).filter(piece => piece !== undefined) };
  });
}

function headerOf(message: Message, changes: { readonly classId?: number; readonly weight?: number; readonly bodySize?: number }): Frame {
  const { properties, body, channel } = message;
  return { type: 'header', channel, header: contentHeader({ properties, bodySize: body.length, ...changes }) };
}

function octetsOf(piece: Piece): Uint8Array {
  return piece instanceof Uint8Array ? piece : encodeFrame(piece);
}

function qosOk(channel: number): Frame {
  return { type: 'method', channel, method: method('basic.qos-ok') };
}
