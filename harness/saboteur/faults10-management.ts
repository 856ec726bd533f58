import type { AmqpValue } from '../wire/amqp10/codec.ts';
import type { FrameSeam10 } from './fault10.ts';
import { refusedLink } from './refusals10.ts';
import { asked10, edited, rebodied, replied10, restatus, uncorrelated, withEntry } from './requests10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const managing = faultsIn('amqp10/management/**');

const other = (): AmqpValue => ({ type: 'string', value: 'another' });

/** What an operation is answered with has this changed. */
const retold = (verb: string, change: (body: AmqpValue) => AmqpValue): FrameSeam10 => replied10({ verb }, message => rebodied(message, change));

/** Each value of a map is another. */
const revalued =
  (value: AmqpValue) =>
  (body: AmqpValue): AmqpValue =>
    body.type === 'map' ? { type: 'map', value: body.value.map(([key]) => [key, value] as const) } : body;

/** The node $management. */
export const managementFaults10 = {
  'amqp10/management.attach:emit': [
    managing(
      'sends nothing from $management',
      refusedLink('amqp:internal-error', ({ role, source }) => role === 'receiver' && source?.type === 'source' && source.address === '$management'),
    ),
  ],
  'amqp10/management.response:emit': [managing('does not say which request it answers', uncorrelated({ verb: 'READ' }))],
  'amqp10/management.status-description:emit': [
    managing(
      'says nothing in words',
      replied10({}, message =>
        edited(message, draft => ({ ...draft, applicationProperties: (draft.applicationProperties ?? []).filter(([key]) => key !== 'statusDescription') })),
      ),
    ),
  ],
  'amqp10/management.create:emit': [
    managing('answers CREATE with 200', restatus({ verb: 'CREATE' }, 201, 200)),
    managing(
      'tells of another entity than it made',
      retold('CREATE', body => withEntry(body, 'name', other)),
    ),
  ],
  'amqp10/management.read:emit': [
    managing(
      'tells of another entity than was to be read',
      retold('READ', body => withEntry(body, 'name', other)),
    ),
  ],
  'amqp10/management.update:emit': [
    managing(
      'forgets what it was told to change',
      asked10({ verb: 'UPDATE' }, message => rebodied(message, body => (body.type === 'map' ? { type: 'map', value: [] } : false))),
    ),
  ],
  'amqp10/management.delete:emit': [
    managing(
      'keeps what it says it deleted',
      asked10({ verb: 'DELETE' }, message =>
        edited(message, draft => ({
          ...draft,
          applicationProperties: (draft.applicationProperties ?? []).map(([key, value]) =>
            key === 'operation' ? ([key, { type: 'string', value: 'READ' }] as const) : ([key, value] as const),
          ),
        })),
      ),
    ),
  ],
  'amqp10/management.query:emit': [
    managing(
      'tells one entity of a query less',
      retold('QUERY', body => withEntry(body, 'results', rows => (rows.type === 'list' ? { type: 'list', value: rows.value.slice(0, -1) } : rows))),
    ),
  ],
  'amqp10/management.get-types:emit': [managing('does not tell what types extend', retold('GET-TYPES', revalued({ type: 'null', value: null })))],
  'amqp10/management.get-attributes:emit': [managing('tells no attributes', retold('GET-ATTRIBUTES', revalued({ type: 'list', value: [] })))],
  'amqp10/management.get-operations:emit': [managing('tells no operations', retold('GET-OPERATIONS', revalued({ type: 'map', value: [] })))],
  'amqp10/management.not-found:enforce': [managing('says that it read what is not there', restatus({ verb: 'READ' }, 404, 200))],
  'amqp10/management.conflict:enforce': [managing('says that it made what was there already', restatus({ verb: 'CREATE' }, 409, 201))],
  'amqp10/management.bad-request:enforce': [managing('says that it made what cannot be', restatus({ verb: 'CREATE' }, 400, 201))],
  'amqp10/management.unknown-operation:enforce': [managing('answers every operation with 200', restatus({}, 501, 200), ['amqp10/{management,cbs}/**'])],
  'amqp10/management.forbidden:enforce': [managing('says that it did what its client has no right to', restatus({ verb: 'CREATE' }, 403, 201))],
} as const satisfies FaultTable;
