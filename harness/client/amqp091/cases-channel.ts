import { announces } from '../../endpoint/amqp091/negotiation.ts';
import type { Filter } from '../../saboteur/fault.ts';
import type { FieldTable } from '../../spec/amqp091/domains.ts';
import { method } from '../../wire/amqp091/codec.ts';
import { anyReaction, atAnswer, atWork, behindAnswer, breach, type Departs, lawful, once } from './case-kit.ts';
import { strayDelivery } from './delivery-kit.ts';

/** Asks for flow behind the first open-ok, and takes the answer. */
function flowing(active: boolean): Departs {
  return scene => {
    let asked: number | undefined;
    let answered = false;
    const isAtWork = atWork();
    const filter = once(passing => {
      if (!isAtWork(passing)) return false;
      asked = passing.channel;
      return { send: [{ type: 'method', channel: asked, method: method('channel.flow', { active }) }, passing.bytes] };
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

/** Channels and the connection as they are closed, paused and told of things. */
export const channelCases = [
  lawful('flow/off', {
    title: 'Flow that is switched off is answered with flow-ok, and nothing is published behind it',
    duties: ['amqp091/channel.flow.flow-ok:client-emit', 'amqp091/channel.flow-ok.active:client-emit', 'amqp091/channel.flow.active:client-emit'],
    needs: 'consume',
    owes: 'answer flow-ok with the same setting',
    stayMs: 500,
    departs: flowing(false),
  }),
  lawful('flow/on', {
    title: 'Flow that is switched on, as it was, is answered with flow-ok',
    duties: ['amqp091/channel.flow.flow-ok:client-emit', 'amqp091/channel.flow-ok.active:client-emit'],
    needs: 'consume',
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
];
