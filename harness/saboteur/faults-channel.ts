import type { MethodName } from '../spec/amqp091/classes.ts';
import { method } from '../wire/amqp091/codec.ts';
import { closingChannels, consumers, everywhere, missingQueues } from './areas.ts';
import { heldOpen, hungUp, overlooked, overlooks, overpunished } from './departures.ts';
import type { Conversation, FrameSeam, Passing } from './fault.ts';
import { deafAfterClose } from './faults-connection.ts';
import { knowingConsumers } from './memories.ts';
import { answer, either, frames, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const channelling = faultsIn('amqp091/channel/*');
const flowing = faultsIn('amqp091/flow/*');
const beating = faultsIn('amqp091/heartbeat/*');
/** Class channel, and heartbeats. */
export const channelFaults = {
  'amqp091/channel.open.open-ok:emit': [
    channelling(
      'does not answer the opening of a channel',
      request('channel.open', draft => draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp091/channel.open.state:enforce': [
    channelling(
      'opens a channel twice',
      request('channel.open', (draft, at) => at.openChannels.has(draft.channel) && draft.accepted()),
      ['amqp091/channel/*', 'amqp091/connection/*', 'amqp091/heartbeat/until-closed'],
    ),
  ],
  'amqp091/channel.not-open:emit': [
    channelling('delivers once more when a channel is closed', deliversOnceMore(), [
      'amqp091/channel/*',
      'amqp091/queue/auto-delete/channel-closed',
      'amqp091/consume/**',
      'amqp091/{competition,consumer-priority,flow,redelivery,single-active-consumer}/*',
    ]),
  ],
  'amqp091/channel.not-open:enforce': [
    channelling(
      'takes no notice of methods on a channel that is not open',
      overlooked((seen, at) => isOnClosed(seen, at) && isOrFollowsMethod(seen, at)),
      ['amqp091/channel/*', 'amqp091/open/*'],
    ),
  ],
  'amqp091/channel.not-open-content:enforce': [
    channelling(
      'takes no notice of content frames on a channel that is not open',
      overlooked((seen, at) => isOnClosed(seen, at) && (seen.frame.type === 'header' || seen.frame.type === 'body')),
      ['amqp091/channel/*', 'amqp091/open/*'],
    ),
  ],
  'amqp091/channel.flow.flow-ok:emit': [
    flowing(
      'does not answer flow',
      request('channel.flow', (draft, at) => at.method('to-server', draft.channel)?.name === 'channel.open' && draft.swallowed()),
      ['amqp091/{flow,channel,fields,content,acknowledgement-timeout}/*', 'amqp091/connection/secret-*'],
    ),
  ],
  'amqp091/channel.flow-ok.active:emit': [
    flowing(
      'says the contrary of the flow asked for',
      answer('channel.flow-ok', draft => draft.with({ active: !draft.args.active })),
      ['amqp091/flow/*', 'amqp091/fields/*'],
    ),
  ],
  'amqp091/channel.flow.active:emit': [
    flowing(
      'goes on delivering in spite of flow',
      request('channel.flow', draft => !draft.args.active && draft.accepted({ active: false })),
    ),
  ],
  'amqp091/channel.flow.get:emit': [flowing('answers get with nothing on a paused channel', emptyWhilePaused())],
  'amqp091/channel.flow.initial-state:emit': [
    flowing('begins every channel paused', pausedAtFirst(), [
      ...consumers,
      'amqp091/{blocked,field-types}/*',
      'amqp091/publish/immediate/*',
      'amqp091/connection/secret-*',
      'amqp091/permission/**',
    ]),
  ],
  'amqp091/channel.close.close-ok:emit': [
    channelling(
      'does not answer the closing of a channel',
      request('channel.close', draft => draft.swallowed()),
      closingChannels,
    ),
  ],
  'amqp091/channel.close.stability:emit': [
    channelling('goes on working on a channel after it sent close', deafAfterClose('channel', false)),
    channelling('does not answer a channel.close that crosses its own', deafAfterClose('channel', true)),
  ],
  'amqp091/channel.close.reuse:emit': [
    channelling('allows three uses of a channel number', usedUp()),
    channelling('hands the consumers of a closed channel on to the next of its number', inheriting(), [
      'amqp091/{channel,competition,consumer-priority,flow,redelivery,single-active-consumer}/*',
      'amqp091/queue/auto-delete/channel-closed',
      'amqp091/consume/**',
    ]),
    channelling(
      'does not open a channel again that an exception closed',
      remembering(() => {
        const failed = new Set<number>();
        return either(
          answer('channel.close', draft => {
            failed.add(draft.channel);
            return false;
          }),
          request('channel.open', draft => failed.has(draft.channel) && draft.swallowed()),
        );
      }),
      missingQueues,
    ),
  ],
  'amqp091/channel.close.reply-code:emit': [channelling('closes a channel with a code that nobody defined', notFound({ replyCode: 999 }), missingQueues)],
  'amqp091/channel.close.reply-text:emit': [channelling('closes a channel without a text', notFound({ replyText: '' }))],
  'amqp091/channel.close.failing-method:emit': [channelling('does not say which method it closes a channel for', notFound({ classId: 0, methodId: 0 }))],
  'amqp091/4.3.multiple-channels:emit': [
    channelling(
      'hears no declare on a third channel',
      request('queue.declare', (draft, at) => at.openChannels.size === 3 && draft.channel === 3 && draft.swallowed()),
      ['amqp091/channel/*', 'amqp091/queue/**'],
    ),
  ],
  'amqp091/4.8.1.soft-error:emit': [
    channelling(
      'closes the connection when a queue is not found',
      overpunished({ about: 'queue.declare', code: 404, when: (at, close) => close.channel === 1 && at.openChannels.size > 1 }),
    ),
  ],
  'amqp091/4.2.7.heartbeat-channel:emit': [
    beating(
      'sends heartbeats on channel 1',
      heartbeats(() => ({ send: [{ type: 'heartbeat', channel: 1 }] })),
    ),
  ],
  'amqp091/4.2.7.heartbeat-channel:enforce': [
    beating(
      'takes heartbeats on any channel',
      overlooked(seen => seen.what === 'frame' && seen.frame.type === 'heartbeat' && seen.channel !== 0),
    ),
  ],
  'amqp091/4.2.7.heartbeat-format:emit': [
    beating(
      'says the time in its heartbeats',
      heartbeats(() => ({ send: [Uint8Array.of(8, 0, 0, 0, 0, 0, 1, 42, 0xce)] })),
    ),
  ],
  'amqp091/4.2.7.heartbeat-format:enforce': [beating('takes heartbeats with a payload', overlooks('amqp091/4.2.7.heartbeat-format'))],
  'amqp091/4.2.7.heartbeat-discarded:emit': [
    beating(
      'takes offence at heartbeats that were not agreed on',
      hungUp(501, (seen, at) => at.opened && at.heartbeatS === 0 && seen.what === 'frame' && seen.frame.type === 'heartbeat' && seen.channel === 0),
      ['amqp091/heartbeat/*', 'amqp091/content/heartbeat-meanwhile'],
    ),
  ],
  'amqp091/4.2.7.heartbeat-start:emit': [
    beating(
      'sends no heartbeats before the connection is open',
      heartbeats(at => (at.opened ? 'pass' : {})),
    ),
  ],
  'amqp091/4.2.7.heartbeat-interval:emit': [
    beating(
      'sends no heartbeats',
      heartbeats(() => ({})),
    ),
  ],
  'amqp091/4.2.7.any-octet:emit': [
    beating('counts nothing but whole frames', { kind: 'frames', wholeFrames: true, start: () => () => 'pass' }),
    beating('counts nothing but heartbeats', countingHeartbeats()),
    beating(
      'does not count heartbeats',
      overlooked(seen => seen.what === 'frame' && seen.frame.type === 'heartbeat' && seen.channel === 0),
    ),
  ],
  'amqp091/4.2.7.peer-silent:enforce': [
    beating(
      'keeps a silent client',
      heldOpen(at => at.heartbeatS > 0 && at.opened),
    ),
  ],
  'amqp091/4.2.7.heartbeat-until-closed:emit': [
    beating(
      'sends no heartbeats while it waits for close-ok',
      heartbeats(at => (at.method('to-client', 0)?.name === 'connection.close' ? {} : 'pass')),
    ),
  ],
  'amqp091/connection.tune-ok.heartbeat:emit': [
    beating(
      'takes no heartbeat above the one it offered',
      request('connection.tune-ok', (draft, at) => {
        const proposed = at.method('to-client', 0);
        return proposed?.name === 'connection.tune' && draft.args.heartbeat > Math.max(1, proposed.args.heartbeat) && draft.cut('end');
      }),
      ['amqp091/{heartbeat,negotiation}/*'],
    ),
    beating(
      'sends heartbeats at an interval of its own',
      request('connection.tune-ok', draft => draft.args.heartbeat > 0 && draft.with({ heartbeat: Math.min(0xffff, 20 * draft.args.heartbeat) })),
    ),
  ],
  'amqp091/connection.tune-ok.heartbeat-zero:emit': [
    beating(
      'heartbeats although the client wants none',
      request('connection.tune-ok', (draft, at) => {
        const proposed = at.method('to-client', 0);
        return draft.args.heartbeat === 0 && proposed?.name === 'connection.tune' && draft.with({ heartbeat: Math.max(1, proposed.args.heartbeat) });
      }),
    ),
  ],
} as const satisfies FaultTable;

const opensOrCloses: ReadonlySet<MethodName> = new Set(['channel.open', 'channel.close-ok']);

/** A method that neither opens nor closes, or the content that goes with it. */
function isOrFollowsMethod({ frame, channel }: Extract<Passing, { what: 'frame' }>, at: Conversation): boolean {
  return frame.type === 'method' ? !opensOrCloses.has(frame.method.name) : at.content('to-server', channel) !== undefined;
}

function isOnClosed(seen: Passing, at: Conversation): seen is Extract<Passing, { what: 'frame' }> {
  return seen.what === 'frame' && seen.channel > 0 && !at.openChannels.has(seen.channel);
}

function isMethod(seen: Passing, name: string): boolean {
  return seen.what === 'frame' && seen.frame.type === 'method' && seen.frame.method.name === name;
}

function heartbeats(change: (at: Parameters<ReturnType<FrameSeam['start']>>[1]) => ReturnType<ReturnType<FrameSeam['start']>>): FrameSeam {
  return frames((seen, at) => (seen.direction === 'to-client' && seen.what === 'frame' && seen.frame.type === 'heartbeat' ? change(at) : 'pass'));
}

/** The close by which a missing queue is answered, with other arguments. */
function notFound(changes: { readonly replyCode?: number; readonly replyText?: string; readonly classId?: number; readonly methodId?: number }): FrameSeam {
  return answer('channel.close', draft => draft.args.replyCode === 404 && draft.args.classId === 50 && draft.args.methodId === 10 && draft.with(changes));
}

function deliversOnceMore(): FrameSeam {
  return knowingConsumers(channels =>
    answer('channel.close-ok', draft => channels.has(draft.channel) && draft.followedBy(method('basic.deliver', { consumerTag: 'late', deliveryTag: 1000n }))),
  );
}

/** A channel with consumers is closed and opened again for the client only. */
function inheriting(): FrameSeam {
  return knowingConsumers(channels => {
    const closed = new Set<number>();
    return either(
      request('channel.close', draft => {
        if (!channels.has(draft.channel)) return false;
        closed.add(draft.channel);
        return draft.accepted();
      }),
      request('channel.open', draft => closed.delete(draft.channel) && draft.accepted()),
    );
  });
}

function usedUp(): FrameSeam {
  return remembering(() => {
    const uses = new Map<number, number>();
    return hungUp(504, seen => {
      if (!isMethod(seen, 'channel.open')) return false;
      const count = (uses.get(seen.channel) ?? 0) + 1;
      uses.set(seen.channel, count);
      return count > 3;
    });
  });
}

function emptyWhilePaused(): FrameSeam {
  return remembering(() => {
    const paused = new Set<number>();
    return either(
      request('channel.flow', ({ args, channel }) => {
        if (args.active) paused.delete(channel);
        else paused.add(channel);
        return false;
      }),
      request('basic.get', draft => paused.has(draft.channel) && draft.answered(method('basic.get-empty'))),
    );
  });
}

/** No delivery on a channel whose client never asked for flow. */
function pausedAtFirst(): FrameSeam {
  return remembering(() => {
    const flowing = new Set<number>();
    return frames((seen, at) => {
      if (seen.direction === 'to-server') {
        if (isMethod(seen, 'channel.flow')) flowing.add(seen.channel);
        return 'pass';
      }
      const isDelivery = isMethod(seen, 'basic.deliver') || at.content('to-client', seen.channel)?.method.name === 'basic.deliver';
      return isDelivery && !flowing.has(seen.channel) ? {} : 'pass';
    });
  });
}

/** Cuts a client off that sends frames but no heartbeat for two intervals. */
function countingHeartbeats(): FrameSeam {
  return remembering(() => {
    let last: number | undefined;
    return frames((seen, at) => {
      if (seen.direction === 'to-client' || !at.opened || at.heartbeatS === 0) return 'pass';
      last ??= at.now;
      if (seen.what === 'frame' && seen.frame.type === 'heartbeat') last = at.now;
      return at.now - last > 2000 * at.heartbeatS ? { finish: 'end' } : 'pass';
    });
  });
}
