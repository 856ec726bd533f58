import { check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { fieldTable, protocolHeader091 } from '../../harness/wire/amqp091/codec.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { ascii, methodFrame } from './frames.ts';

const credentials: DutyId = 'amqp091/connection.start-ok.credentials:enforce';

/** A user that nobody has, told apart from run to run. */
function strangerFrame(peer: Peer): Uint8Array {
  const response = ascii(`\0${peer.name()}\0${peer.name()}`);
  const clientProperties = fieldTable({ product: 'amqpspec', capabilities: { authentication_failure_close: false } });
  return methodFrame(0, 'connection.start-ok', { clientProperties, mechanism: 'PLAIN', response, locale: 'en_US' });
}

const tuneOk = methodFrame(0, 'connection.tune-ok', { channelMax: 1, frameMax: 8192 });
const open = methodFrame(0, 'connection.open', { virtualHost: '/' });

/** Stages of the opening sequence that come before they are asked for: section 2.2.4. */
export const pipelinedChecks = [
  check('amqp091/open/pipelined-behind-wrong-credentials', {
    title: 'Tune-ok and open that are sent right behind wrong credentials open nothing',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'start' });
      connection.sendBytes(joined(strangerFrame(peer), tuneOk, open));
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/open/pipelined-at-once', {
    title: 'Protocol header and wrong credentials, tune-ok and open that arrive at once open nothing',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'dial' });
      connection.sendBytes(joined(protocolHeader091, strangerFrame(peer), tuneOk, open));
      const first = await connection.next('close');
      const started = first.kind === 'method' && first.method.name === 'connection.start';
      peer.require(started || first.kind === 'ended', `Instead of start, or the end, came ${describeSeen(first)}.`);
      const last = started ? await connection.next('close') : first;
      peer.require(last.kind === 'ended', `Behind start came ${describeSeen(last)}.`);
    },
  }),
];
