import type { AnyCase } from '../client-case.ts';
import { lawful, once } from './case-kit.ts';
import { channelCases } from './cases-channel.ts';
import { closingCases } from './cases-closing.ts';
import { brokenContentCases } from './cases-content.ts';
import { framingCases } from './cases-framing.ts';
import { handshakeCases } from './cases-handshake.ts';
import { lawfulContentCases } from './cases-messages.ts';
import { observedCases } from './cases-observed.ts';
import { tuningCases } from './cases-tuning.ts';

export const healthy091 = 'amqp091/client/healthy';

const healthy = lawful('healthy', {
  title: 'A client that meets nothing but the law opens, uses and leaves its connection',
  duties: ['amqp091/connection.close.close-ok:client-emit', 'amqp091/2.3.7.close-handshake:client-emit'],
  needs: 'connect',
  farewell: true,
  stayMs: 8_000,
  until: 'settle',
  departs: once(passing => passing.direction === 'to-server' && passing.what !== 'end' && { send: [passing.bytes] }),
});

/** All cases of AMQP 0-9-1. */
export const cases091: readonly AnyCase[] = [
  healthy,
  ...observedCases,
  ...handshakeCases,
  ...tuningCases,
  ...framingCases,
  ...brokenContentCases,
  ...lawfulContentCases,
  ...closingCases,
  ...channelCases,
];
