import { announces } from '../../endpoint/amqp091/negotiation.ts';
import type { Filter } from '../../saboteur/fault.ts';
import { type ReplyCode, replyCodes } from '../../spec/amqp091/constants.ts';
import type { FieldTable } from '../../spec/amqp091/domains.ts';
import { contentHeader, encodeFrame, method } from '../../wire/amqp091/codec.ts';
import type { ClientScene } from '../client-case.ts';
import { anyReaction, atAnswer, atRequest, behindAnswer, breach, type Departs, inPlaceOf, lawful } from './case-kit.ts';

const closes = (Object.entries(replyCodes) as unknown as readonly (readonly [string, (typeof replyCodes)[ReplyCode]])[]).map(([code, row]) => ({
  code: Number(code) as ReplyCode,
  ...row,
}));

/**
 * The server closes the channel behind the first delivery or publish, and no later than its first frame there: the broker hears a close of the client's and answers close-ok, which
 * the client gets as a close; its close-ok stays at the tap.
 */
export function closingChannel(code: ReplyCode, text: string): Departs {
  return scene => {
    let closing: number | undefined;
    let done = false;
    return passing => {
      if (passing.what !== 'frame' || passing.frame.type !== 'method')
        return closing !== undefined && !done && passing.direction === 'to-server' && passing.channel === closing ? {} : 'pass';
      const { name } = passing.frame.method;
      if (passing.direction === 'to-client' && name === 'channel.open-ok' && closing === undefined) {
        closing = passing.channel;
        scene.departed();
        const close = { type: 'method', channel: closing, method: method('channel.close', { replyCode: code, replyText: text }) } as const;
        return {
          send: [passing.bytes, close],
          back: [{ type: 'method', channel: closing, method: method('channel.close', { replyCode: 200, replyText: 'on behalf of the client' }) }],
        };
      }
      if (passing.channel !== closing || done) return 'pass';
      if (passing.direction === 'to-client') return {};
      // What was under way when the close came is nobody's any more; close-ok is the last of it.
      done = name === 'channel.close-ok';
      return {};
    };
  };
}

/** The server closes the connection instead of going on. */
export function closingConnection(code: ReplyCode): Departs {
  return scene => {
    let closing = false;
    return passing => {
      const isMethod = passing.what === 'frame' && passing.frame.type === 'method';
      if (closing) {
        if (passing.direction === 'to-client') return {};
        return isMethod && passing.frame.type === 'method' && passing.frame.method.name === 'connection.close-ok' ? { finish: 'end' } : {};
      }
      if (passing.direction !== 'to-client' || !isMethod || passing.frame.type !== 'method' || passing.frame.method.name !== 'channel.open-ok') return 'pass';
      closing = true;
      scene.departed();
      return {
        send: [passing.bytes, { type: 'method', channel: 0, method: method('connection.close', { replyCode: code, replyText: replyCodes[code].name }) }],
      };
    };
  };
}

const hard = closes
  .filter(({ severity }) => severity === 'hard')
  .map(({ code, name }) =>
    lawful(`connection/close/${code}`, {
      title: `A close of the connection with ${code} ${name} is answered with close-ok`,
      duties: ['amqp091/connection.close.close-ok:client-emit'],
      needs: 'channel',
      legal: [{ kind: 'says', name: 'connection.close-ok' }],
      departs: closingConnection(code),
    }),
  );

const soft = closes
  .filter(({ severity }) => severity === 'soft')
  .map(({ code, name }) =>
    lawful(`channel/close/${code}`, {
      title: `A close of a channel with ${code} ${name} is answered with close-ok, and ends nothing else`,
      duties: ['amqp091/channel.close.close-ok:client-emit'],
      needs: 'channel',
      legal: [{ kind: 'says', name: 'channel.close-ok' }],
      departs: closingChannel(code, name),
    }),
  );

/** Asks for flow behind the first open-ok, and takes the answer. */
function flowing(active: boolean): Departs {
  return scene => {
    let asked: number | undefined;
    let answered = false;
    const filter = behindAnswer('channel.open-ok', ({ channel }) => {
      asked = channel;
      return [{ type: 'method', channel, method: method('channel.flow', { active }) }];
    })(scene);
    return (passing, at) => {
      if (passing.direction === 'to-server' && passing.channel === asked && passing.what === 'frame' && passing.frame.type === 'method') {
        const { name, args } = passing.frame.method;
        if (name === 'basic.publish' && answered && !active)
          scene.broke('amqp091/channel.flow.active:client-emit', 'a publish behind flow-ok, while flow was off');
        if (name === 'channel.flow-ok' && !answered) {
          answered = true;
          if ('active' in args && args.active === active) scene.met();
          else scene.broke('amqp091/channel.flow-ok.active:client-emit', 'flow-ok with the other setting');
          return {};
        }
      }
      return filter(passing, at);
    };
  };
}

/** Departs only where the client announced the capability; else the case cannot be judged. */
function announced(capability: string, departs: Departs): Departs {
  return scene => {
    let known: FieldTable | undefined;
    const filter = departs(scene);
    return (passing, at) => {
      if (passing.what === 'frame' && passing.frame.type === 'method' && passing.frame.method.name === 'connection.start-ok')
        known = passing.frame.method.args.clientProperties;
      if (known !== undefined && !announces(known, capability)) scene.excused(`the client does not announce ${capability}`);
      else return filter(passing, at);
      return 'pass';
    };
  };
}

/** Delivery tags are moved up on their way to the client, and back down on the way of its acknowledgements. */
function lifted(by: bigint): Departs {
  return scene => {
    const out = new Set<bigint>();
    return passing => {
      if (passing.what !== 'frame' || passing.frame.type !== 'method') return 'pass';
      const { frame, channel } = passing;
      const { method: said } = frame;
      if (said.name === 'basic.deliver' && passing.direction === 'to-client') {
        scene.departed();
        const deliveryTag = said.args.deliveryTag + by;
        out.add(deliveryTag);
        return { send: [{ type: 'method', channel, method: method('basic.deliver', { ...said.args, deliveryTag }) }] };
      }
      if (passing.direction !== 'to-server' || (said.name !== 'basic.ack' && said.name !== 'basic.nack' && said.name !== 'basic.reject')) return 'pass';
      const { deliveryTag } = said.args;
      if (!out.has(deliveryTag) && deliveryTag !== 0n) {
        scene.broke('amqp091/basic.ack.exists:client-emit', `${said.name} of ${deliveryTag}, which was never delivered`);
        return {};
      }
      return {
        send: [
          { type: 'method', channel, method: { ...said, args: { ...said.args, deliveryTag: deliveryTag === 0n ? 0n : deliveryTag - by } } as typeof said },
        ],
      };
    };
  };
}

/** A content that nobody asked for. */
function strayDelivery(channel: number): readonly Uint8Array[] {
  const deliver = method('basic.deliver', { consumerTag: 'nobody', deliveryTag: 1_000_000n, routingKey: 'nowhere' });
  return [
    encodeFrame({ type: 'method', channel, method: deliver }),
    encodeFrame({ type: 'header', channel, header: contentHeader({ bodySize: 1n, properties: {} }) }),
    encodeFrame({ type: 'body', channel, payload: Uint8Array.of(1) }),
  ];
}

/** An acknowledgement of a delivery that the broker never made is not its business. */
function withoutStrayAcks(filter: Filter): Filter {
  return (passing, at) => {
    if (passing.direction === 'to-server' && passing.what === 'frame' && passing.frame.type === 'method') {
      const { args } = passing.frame.method;
      if ('deliveryTag' in args && args.deliveryTag === 1_000_000n) return {};
    }
    return filter(passing, at);
  };
}

/** The client closes its connection; the server says something else first. */
function crossing(scene: ClientScene): Filter {
  let crossed = false;
  return passing => {
    if (passing.what !== 'frame' || passing.frame.type !== 'method') return crossed ? {} : 'pass';
    const { name } = passing.frame.method;
    if (passing.direction === 'to-server' && name === 'connection.close' && !crossed) {
      crossed = true;
      scene.departed();
      return { back: [{ type: 'method', channel: 0, method: method('connection.close', { replyCode: 320, replyText: 'CONNECTION_FORCED' }) }] };
    }
    if (!crossed) return 'pass';
    if (name !== 'connection.close-ok') return {};
    return { back: [{ type: 'method', channel: 0, method: method('connection.close-ok') }], finish: 'end' };
  };
}

/** Channels and the connection as they are closed, paused and told of things. */
export const channelCases = [
  ...hard,
  ...soft,
  lawful('channel/close/mid-content', {
    title: 'A close of the channel in the middle of a content is answered with close-ok',
    duties: ['amqp091/channel.close.close-ok:client-emit'],
    needs: 'consume',
    legal: [{ kind: 'says', name: 'channel.close-ok' }],
    departs: midContent,
  }),
  lawful('flow/off', {
    title: 'Flow that is switched off is answered with flow-ok, and nothing is published behind it',
    duties: ['amqp091/channel.flow.flow-ok:client-emit', 'amqp091/channel.flow-ok.active:client-emit', 'amqp091/channel.flow.active:client-emit'],
    needs: 'channel',
    owes: 'answer flow-ok with the same setting',
    stayMs: 500,
    departs: flowing(false),
  }),
  lawful('flow/on', {
    title: 'Flow that is switched on, as it was, is answered with flow-ok',
    duties: ['amqp091/channel.flow.flow-ok:client-emit', 'amqp091/channel.flow-ok.active:client-emit'],
    needs: 'channel',
    owes: 'answer flow-ok with the same setting',
    departs: flowing(true),
  }),
  breach('consumer/cancelled', {
    title: 'A cancel of the server brings nobody down who announced to be told',
    duties: ['amqp091/channel.unsolicited-reply:client-emit'],
    needs: 'consume',
    legal: [{ kind: 'goes-on' }, { kind: 'closes', scope: 'channel' }],
    lawful: true,
    departs: announced(
      'consumer_cancel_notify',
      behindAnswer('basic.consume-ok', ({ channel, frame }) => [
        { type: 'method', channel, method: method('basic.cancel', { consumerTag: frame.method.args.consumerTag, noWait: true }) },
      ]),
    ),
  }),
  breach('consumer/unknown', {
    title: 'A delivery to a consumer that there is not brings nobody down',
    duties: ['amqp091/basic.consume.tag-channel:client-emit'],
    needs: 'consume',
    legal: anyReaction,
    departs: scene => withoutStrayAcks(behindAnswer('basic.consume-ok', ({ channel }) => strayDelivery(channel))(scene)),
  }),
  breach('consumer/before-consume-ok', {
    title: 'A delivery before consume-ok brings nobody down',
    duties: ['amqp091/basic.consume.tag-channel:client-emit'],
    needs: 'consume',
    legal: anyReaction,
    departs: scene => withoutStrayAcks(atAnswer('basic.consume-ok', ({ channel, bytes }) => ({ send: [...strayDelivery(channel), bytes] }))(scene)),
  }),
  breach('consumer/no-channel', {
    title: 'A delivery on a channel that the client never opened brings nobody down',
    duties: ['amqp091/channel.not-open:client-emit'],
    needs: 'consume',
    legal: anyReaction,
    departs: scene => withoutStrayAcks(behindAnswer('basic.consume-ok', () => strayDelivery(1_999))(scene)),
  }),
  lawful('delivery/redelivered', {
    title: 'A delivery that came before is taken',
    duties: ['amqp091/domain.redelivered.hinting:client-emit'],
    needs: 'consume',
    departs: atAnswer('basic.deliver', ({ channel, frame }) => ({
      send: [{ type: 'method', channel, method: method('basic.deliver', { ...frame.method.args, redelivered: true }) }],
    })),
  }),
  lawful('delivery/names', {
    title: 'A delivery with an exchange of 127 octets and a routing key of 255 is taken',
    duties: ['amqp091/4.2.5.3.short-string-length:client-emit'],
    needs: 'consume',
    departs: atAnswer('basic.deliver', ({ channel, frame }) => ({
      send: [{ type: 'method', channel, method: method('basic.deliver', { ...frame.method.args, exchange: 'e'.repeat(127), routingKey: 'k'.repeat(255) }) }],
    })),
  }),
  lawful('delivery/tag-32-bits', {
    title: 'A delivery tag beyond 32 bits is acknowledged as it came',
    duties: ['amqp091/basic.ack.exists:client-emit', 'amqp091/4.2.5.1.integers:client-emit'],
    needs: 'settle',
    stayMs: 300,
    departs: lifted(2n ** 33n),
  }),
  lawful('delivery/tag-64-bits', {
    title: 'A delivery tag beyond 53 bits is acknowledged as it came',
    duties: ['amqp091/basic.ack.exists:client-emit', 'amqp091/4.2.5.1.integers:client-emit'],
    needs: 'settle',
    stayMs: 300,
    departs: lifted(2n ** 60n + 1n),
  }),
  lawful('confirm/nack', {
    title: 'A nack of the server for a publish is taken',
    duties: ['amqp091/basic.nack.from-server:client-enforce'],
    needs: 'publish',
    departs: atAnswer('basic.ack', ({ channel, frame }) => ({ send: [{ type: 'method', channel, method: method('basic.nack', { ...frame.method.args }) }] })),
  }),
  breach('confirm/unknown', {
    title: 'A confirm of what was never published brings nobody down',
    duties: ['amqp091/basic.nack.from-server:client-enforce'],
    needs: 'publish',
    legal: anyReaction,
    departs: behindAnswer('basic.ack', ({ channel }) => [
      { type: 'method', channel, method: method('basic.ack', { deliveryTag: 123_456_789n, multiple: false }) },
    ]),
  }),
  lawful('connection/blocked', {
    title: 'Blocked and unblocked are taken by a client that announced it',
    duties: ['amqp091/connection.blocked.notice:client-emit', 'amqp091/connection.unblocked.notice:client-emit'],
    needs: 'channel',
    departs: announced(
      'connection.blocked',
      behindAnswer('channel.open-ok', () => [
        { type: 'method', channel: 0, method: method('connection.blocked', { reason: 'low on memory' }) },
        { type: 'method', channel: 0, method: method('connection.unblocked') },
      ]),
    ),
  }),
  lawful('connection/close-crossing', {
    title: "A close that crosses the client's own is answered with close-ok",
    duties: ['amqp091/connection.close.stability:client-emit'],
    needs: 'close',
    legal: [{ kind: 'says', name: 'connection.close-ok' }],
    departs: crossing,
  }),
  breach('connection/deliveries-behind-close', {
    title: 'What comes between close and close-ok is discarded',
    duties: ['amqp091/connection.close.stability:client-emit'],
    needs: 'close',
    legal: [{ kind: 'goes-on' }],
    ends: true,
    departs: atRequest('connection.close', ({ bytes }, { openChannels }) => ({
      send: [bytes],
      back: [...openChannels].slice(0, 1).flatMap(channel => strayDelivery(channel)),
    })),
  }),
];

/** Its method, its header and one octet of its body; then the close. */
function midContent(scene: ClientScene): Filter {
  let closing: number | undefined;
  const filter = inPlaceOf('basic.deliver', ({ channel, method: deliver }) => {
    closing = channel;
    const header = encodeFrame({ type: 'header', channel, header: contentHeader({ bodySize: 100n, properties: {} }) });
    const body = encodeFrame({ type: 'body', channel, payload: Uint8Array.of(1) });
    const close = method('channel.close', { replyCode: 406, replyText: 'PRECONDITION_FAILED' });
    return { send: [deliver.bytes, header, body, { type: 'method', channel, method: close }] };
  })(scene);
  let done = false;
  return (passing, at) => {
    if (closing === undefined || passing.channel !== closing || passing.what !== 'frame') return filter(passing, at);
    if (passing.direction === 'to-client' || done) return {};
    done = passing.frame.type === 'method' && passing.frame.method.name === 'channel.close-ok';
    return done
      ? { send: [{ type: 'method', channel: closing, method: method('channel.close', { replyCode: 200, replyText: 'on behalf of the client' }) }] }
      : {};
  };
}
