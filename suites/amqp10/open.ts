import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';

const channelNumberMax = 0xffff;
const minMaxFrameSize = 512;

/** Opening and closing connections: sections 2.4 and 2.7.1. */
export const open10Checks: readonly Check[] = [
  check('amqp10/open/container-id', {
    title: 'Open names the container of the broker',
    duties: ['amqp10/2.7.1.container-id:emit'],
    async run(peer: Peer) {
      const { open } = await peer.connection10();
      peer.require(open.containerId.length > 0, 'The container-id of the broker is empty.');
    },
  }),
  check('amqp10/open/pipelined', {
    title: 'What is sent before the open of the broker has come is served as if it had waited',
    duties: ['amqp10/2.4.2.pipelined-open:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent' });
      connection.send(0, 'begin');
      await connection.expect('open');
      await connection.expect('begin', { channel: 0 });
    },
  }),
  check('amqp10/open/first', {
    title: 'A begin before open is told to be wrong by close, or ends the connection',
    duties: ['amqp10/2.4.1.open-first:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'header' });
      connection.send(0, 'begin');
      await connection.answersTo('amqp10/2.4.1.open-first:enforce');
    },
  }),
  check('amqp10/open/once', {
    title: 'A second open closes the connection',
    duties: ['amqp10/2.4.1.open-once:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(0, 'open', { containerId: peer.name() });
      await connection.answersTo('amqp10/2.4.1.open-once:enforce');
    },
  }),
  check('amqp10/open/max-frame-size-minimum', {
    title: 'A max-frame-size below 512 octets is refused',
    duties: ['amqp10/2.7.1.max-frame-size-minimum:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent', open: { maxFrameSize: minMaxFrameSize - 1 } });
      await connection.answersTo('amqp10/2.7.1.max-frame-size-minimum:enforce');
    },
  }),
  check('amqp10/open/channel-beyond', {
    title: 'A frame on a channel above channel-max closes the connection with framing-error',
    duties: ['amqp10/2.7.1.channel-beyond:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { channelMax } = connection.limits;
      if (channelMax >= channelNumberMax) peer.notApplicable('No channel is above the channel-max of the broker.');
      connection.send(channelMax + 1, 'begin');
      await connection.answersTo('amqp10/2.7.1.channel-beyond:enforce');
    },
  }),
  check('amqp10/close/answered', {
    title: 'A close is answered with a close',
    duties: ['amqp10/2.4.3.close-answered:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      await connection.close();
    },
  }),
];
