import { answer10 } from '../../saboteur/rewrites10.ts';
import type { AmqpError, CompositeFields } from '../../wire/amqp10/codec.ts';
import { answerDetach, behindAttach, detachAnswered, handleMaxOf } from './attaching.ts';
import { compositeFrame } from './octets.ts';
import { alone, answersDetach, case10, departs } from './words.ts';

/** The server detaches what it has just attached. */
const detached = (id: string, title: string, fields: Partial<CompositeFields<'detach'>>, duty: 'close' | 'detach') =>
  case10({
    id: `detach/${id}`,
    title,
    duties: [duty === 'close' ? 'amqp10/2.6.6.close-answered:client-emit' : 'amqp10/2.6.4.detach-sent:client-emit'],
    needs: 'declare',
    legal: answersDetach,
    lawful: true,
    owes: answerDetach,
    seam: behindAttach(draft => [{ type: 'detach', handle: draft.fields.handle, ...fields }], detachAnswered),
  });

const byForce: AmqpError = { type: 'error', condition: 'amqp:link:detach-forced', description: 'on purpose' };

/** Detach: sections 2.6.4 to 2.6.6 and 2.7.7. */
export const detachCases = [
  detached('closed', 'A detach that closes a link is answered with a detach', { closed: true }, 'close'),
  detached('with-error', 'A detach by force is answered with a detach', { closed: true, error: byForce }, 'close'),
  detached('not-closed', 'A detach that leaves the link to come back is answered with a detach', {}, 'detach'),
  detached(
    'stolen',
    'A detach because the link was stolen is answered with a detach',
    { closed: true, error: { ...byForce, condition: 'amqp:link:stolen' } },
    'close',
  ),
  detached(
    'redirect',
    'A detach that leads elsewhere is answered with a detach',
    {
      closed: true,
      error: {
        type: 'error',
        condition: 'amqp:link:redirect',
        info: [
          ['hostname', { type: 'string', value: 'elsewhere.invalid' }],
          ['network-host', { type: 'string', value: '127.0.0.1' }],
          ['port', { type: 'uint', value: 9 }],
          ['address', { type: 'string', value: 'elsewhere' }],
        ],
      },
    },
    'close',
  ),
  case10({
    id: 'detach/unattached-handle',
    title: 'A detach with a handle that no link has ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:client-enforce'],
    needs: 'channel',
    seam: departs(
      answer10('begin', (draft, at) => draft.followedBy({ type: 'detach', handle: Math.min(handleMaxOf(at, draft.channel), 77), closed: true })),
      alone(),
    ),
  }),
  case10({
    id: 'detach/without-handle',
    title: 'A detach without a handle ends with an error',
    duties: ['amqp10/2.7.7.handle:client-enforce'],
    needs: 'declare',
    seam: behindAttach(({ channel }) => [compositeFrame('detach', { closed: true }, channel, {})]),
  }),
  case10({
    id: 'detach/error-without-condition',
    title: 'A detach whose error has no condition ends with an error',
    duties: ['amqp10/2.8.14.condition:client-enforce'],
    needs: 'declare',
    seam: behindAttach(({ channel, fields }) => [
      compositeFrame('detach', { handle: fields.handle }, channel, { fields: { error: Uint8Array.of(0, 0x53, 0x1d, 0xc0, 2, 1, 0x40) } }),
    ]),
  }),
];
