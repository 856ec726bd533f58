import { frames10 } from '../../saboteur/rewrites10.ts';
import type { AnyCase } from '../client-case.ts';
import { attachCases } from './cases-attach.ts';
import { beginCases, endCases } from './cases-begin.ts';
import { detachCases } from './cases-detach.ts';
import { dispositionCases } from './cases-disposition.ts';
import { flowCases } from './cases-flow.ts';
import { frameCases, streamCases } from './cases-frame.ts';
import { headerCases } from './cases-header.ts';
import { messageCases } from './cases-message.ts';
import { closeCases, openCases } from './cases-open.ts';
import { saslCases } from './cases-sasl.ts';
import { transferCases } from './cases-transfer.ts';
import { case10, departs } from './words.ts';

export const healthy10 = 'amqp10/client/healthy';

const healthy = case10({
  id: 'healthy',
  title: 'A client that meets nothing but the law opens, uses and leaves its connection',
  duties: ['amqp10/2.4.3.close-answered:client-emit', 'amqp10/2.2.client-immediately:client-emit'],
  needs: 'connect',
  stayMs: 8_000,
  until: 'settle',
  seam: departs(frames10(seen => (seen.direction === 'to-server' && seen.what === 'header' ? { send: [seen.bytes] } : 'pass'))),
});

/** All cases of AMQP 1.0. */
export const cases10: readonly AnyCase[] = [
  healthy,
  ...headerCases,
  ...saslCases,
  ...openCases,
  ...closeCases,
  ...beginCases,
  ...endCases,
  ...attachCases,
  ...detachCases,
  ...flowCases,
  ...transferCases,
  ...messageCases,
  ...dispositionCases,
  ...frameCases,
  ...streamCases,
];
