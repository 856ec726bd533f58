import { method } from '../../wire/amqp091/codec.ts';
import { atAnswer, atRequest, breach, lawful } from './case-kit.ts';

const unchanged = atAnswer('connection.tune', ({ bytes }) => ({ send: [bytes] }));
/** Enough for a client to open channels, publish and settle under the limits. */
const atWork = { stayMs: 3_000, until: 'settle' } as const;

/** What the server offers in tune, and heartbeats. */
export const tuningCases = [
  lawful('tuning/unlimited', {
    title: 'An offer of zeros sets no limits, and the client goes on',
    duties: ['amqp091/connection.tune-ok.channel-max-upper-limit:client-emit', 'amqp091/connection.tune-ok.frame-max-upper-limit:client-emit'],
    needs: 'connect',
    settings: { limits: { channelMax: 0, frameMax: 0, heartbeatS: 0 } },
    ...atWork,
    departs: unchanged,
  }),
  lawful('tuning/frame-max-least', {
    title: 'A frame-max of 4096 is agreed on and kept',
    duties: ['amqp091/connection.tune-ok.frame-max-upper-limit:client-emit', 'amqp091/4.2.3.frame-max:client-emit'],
    needs: 'connect',
    settings: { limits: { frameMax: 4096 } },
    ...atWork,
    departs: unchanged,
  }),
  lawful('tuning/frame-max-below', {
    title: 'A frame-max below 4096 is not agreed on',
    duties: ['amqp091/connection.tune-ok.frame-max-minimum:client-emit'],
    needs: 'connect',
    legal: [{ kind: 'drops' }],
    departs: atAnswer('connection.tune', ({ frame }) => ({
      send: [{ type: 'method', channel: 0, method: method('connection.tune', { ...frame.method.args, frameMax: 100 }) }],
    })),
  }),
  lawful('tuning/channel-max-one', {
    title: 'A channel-max of 1 is agreed on and kept',
    duties: ['amqp091/connection.tune-ok.channel-max-upper-limit:client-emit', 'amqp091/connection.tune.channel-max:client-emit'],
    needs: 'connect',
    settings: { limits: { channelMax: 1 } },
    ...atWork,
    departs: unchanged,
  }),
  lawful('tuning/largest', {
    title: 'The largest limits that can be offered are taken, or lowered',
    duties: ['amqp091/connection.tune-ok.frame-max-upper-limit:client-emit'],
    needs: 'connect',
    settings: { limits: { channelMax: 65_535, frameMax: 0xffff_ffff, heartbeatS: 65_535 } },
    ...atWork,
    departs: unchanged,
  }),
  breach('tuning/twice', {
    title: 'A second tune makes the client close the socket, or the connection where it counts as open already',
    duties: ['amqp091/connection.sequence-before-open:client-enforce', 'amqp091/connection.sequence:client-enforce'],
    needs: 'connect',
    departs: atRequest('connection.tune-ok', ({ bytes, frame }) => ({
      send: [bytes],
      back: [{ type: 'method', channel: 0, method: method('connection.tune', frame.method.args) }],
    })),
  }),
  lawful('heartbeat/every-second', {
    title: 'A heartbeat interval of one second is kept both ways',
    duties: ['amqp091/4.2.7.heartbeat-interval:client-emit'],
    needs: 'open',
    settings: { limits: { heartbeatS: 1 } },
    stayMs: 3_500,
    departs: atAnswer('connection.open-ok', ({ bytes }) => ({ send: [bytes] })),
  }),
  lawful('heartbeat/traffic-is-enough', {
    title: 'Other traffic of the server counts as much as a heartbeat',
    duties: ['amqp091/4.2.7.any-octet:client-emit'],
    needs: 'consume',
    settings: { limits: { heartbeatS: 1 } },
    stayMs: 3_500,
    departs: scene => {
      const filter = atAnswer('basic.consume-ok', ({ bytes }) => ({ send: [bytes] }))(scene);
      return (passing, at) => {
        const isHeartbeat = passing.direction === 'to-client' && passing.what === 'frame' && passing.frame.type === 'heartbeat';
        return isHeartbeat ? {} : filter(passing, at);
      };
    },
  }),
  breach('heartbeat/silent-server', {
    title: 'A server that says nothing for two heartbeat intervals and longer is left',
    duties: ['amqp091/4.2.7.peer-silent:client-enforce'],
    needs: 'channel',
    settings: { limits: { heartbeatS: 1 } },
    stayMs: 10_000,
    thorough: true,
    unheard: true,
    departs: atAnswer('channel.open-ok', ({ bytes }) => ({ send: [bytes], finish: 'stall' })),
  }),
];
