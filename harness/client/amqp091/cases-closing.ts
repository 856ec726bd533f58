import type { Filter, Passing } from '../../saboteur/fault.ts';
import { type ReplyCode, replyCodes } from '../../spec/amqp091/constants.ts';
import { contentHeader, encodeFrame, type MethodName, method } from '../../wire/amqp091/codec.ts';
import type { ClientScene } from '../client-case.ts';
import { atRequest, atWork, breach, type Departs, inPlaceOf, lawful } from './case-kit.ts';
import { strayDelivery } from './delivery-kit.ts';

const closes = (Object.entries(replyCodes) as unknown as readonly (readonly [string, (typeof replyCodes)[ReplyCode]])[]).map(([code, row]) => ({
  code: Number(code) as ReplyCode,
  ...row,
}));

/** Closes the channel instead of the next delivery. The broker hears a close of the client's; what either says on the channel stays at the tap until the client's close-ok. */
export function closingChannel(code: ReplyCode, text: string): Departs {
  return scene => {
    let closing: number | undefined;
    let done = false;
    const isAtWork = atWork();
    return passing => {
      if (closing === undefined && isAtWork(passing)) {
        closing = passing.channel;
        scene.departed();
        const close = { type: 'method', channel: closing, method: method('channel.close', { replyCode: code, replyText: text }) } as const;
        return { send: [close], back: [onBehalf(closing)] };
      }
      if (closing === undefined || done || passing.channel !== closing || passing.what !== 'frame') return 'pass';
      if (passing.direction === 'to-client') return {};
      done = passing.frame.type === 'method' && passing.frame.method.name === 'channel.close-ok';
      return {};
    };
  };
}

const onBehalf = (channel: number) =>
  ({ type: 'method', channel, method: method('channel.close', { replyCode: 200, replyText: 'on behalf of the client' }) }) as const;

/** Closes the connection instead of the next delivery; nothing but close-ok is heard then. */
export function closingConnection(code: ReplyCode): Departs {
  return scene => {
    let closing = false;
    const isAtWork = atWork();
    return passing => {
      if (closing) return passing.direction === 'to-server' && isNamed(passing, 'connection.close-ok') ? { finish: 'end' } : {};
      if (!isAtWork(passing)) return 'pass';
      closing = true;
      scene.departed();
      return { send: [{ type: 'method', channel: 0, method: method('connection.close', { replyCode: code, replyText: replyCodes[code].name }) }] };
    };
  };
}

const isNamed = (passing: Passing, name: MethodName): boolean =>
  passing.what === 'frame' && passing.frame.type === 'method' && passing.frame.method.name === name;

const hard = closes
  .filter(({ severity }) => severity === 'hard')
  .map(({ code, name }) =>
    lawful(`connection/close/${code}`, {
      title: `A close of the connection with ${code} ${name} is answered with close-ok`,
      duties: ['amqp091/connection.close.close-ok:client-emit'],
      needs: 'consume',
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
      needs: 'consume',
      legal: [{ kind: 'says', name: 'channel.close-ok' }],
      departs: closingChannel(code, name),
    }),
  );

/** Closes the connection instead of a delivery, and keeps the stream open for what comes behind the client's close-ok. */
function listening(scene: ClientScene): Filter {
  let state: 'open' | 'closing' | 'closed' = 'open';
  const isAtWork = atWork();
  return passing => {
    if (state === 'open') {
      if (!isAtWork(passing)) return 'pass';
      state = 'closing';
      scene.departed();
      return { send: [{ type: 'method', channel: 0, method: method('connection.close', { replyCode: 320, replyText: 'CONNECTION_FORCED' }) }] };
    }
    if (passing.what === 'end') return 'pass';
    if (passing.direction === 'to-client') return {};
    if (state === 'closed')
      scene.broke('amqp091/connection.sequence:client-emit', `a ${passing.what === 'frame' ? passing.frame.type : passing.what} behind close-ok`);
    else if (isNamed(passing, 'connection.close-ok')) {
      state = 'closed';
      scene.met();
    }
    return {};
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

/** How the server closes channels and connections, and what it says while the client does. */
export const closingCases = [
  ...hard,
  ...soft,
  lawful('channel/close/mid-content', {
    title: 'A close of the channel in the middle of a content is answered with close-ok, or is a body that is missing',
    duties: ['amqp091/channel.close.close-ok:client-emit', 'amqp091/4.2.6.body-missing:client-enforce'],
    needs: 'consume',
    legal: [
      { kind: 'says', name: 'channel.close-ok' },
      { kind: 'closes', scope: 'connection', codes: ['505'] },
    ],
    departs: midContent,
  }),
  lawful('connection/nothing-behind-close-ok', {
    title: 'Nothing comes behind the close-ok of a client',
    duties: ['amqp091/connection.sequence:client-emit'],
    needs: 'consume',
    owes: 'answer connection.close-ok, and say nothing behind it',
    departs: listening,
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
    departs: atRequest('connection.close', (_close, { openChannels }) => ({
      back: [
        ...[...openChannels].slice(0, 1).flatMap(channel => strayDelivery(channel)),
        { type: 'method', channel: 0, method: method('connection.close-ok') },
      ],
      finish: 'end',
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
