import type { AmqpValue } from '../wire/amqp10/codec.ts';
import type { FrameSeam10 } from './fault10.ts';
import { delivered10, type Message10 } from './messages10.ts';
import { answer10, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const filtering = faultsIn('amqp10/filter/**');
/** Links with filters are attached elsewhere too. */
const filters = ['amqp10/{filter,source,attach}/**'];

type Change = (value: AmqpValue, name: string) => AmqpValue | undefined;

/** What a filter of a link asks for reaches the server changed; `undefined`: as it is. */
function refiltered(change: Change): FrameSeam10 {
  return request10('attach', draft => {
    const { source } = draft.fields;
    if (source?.type !== 'source' || source.filter === undefined) return false;
    let changes = 0;
    const filter = source.filter.map(([key, value]) => {
      const name = value.type === 'described' && value.descriptor.type === 'symbol' ? value.descriptor.value : '';
      const next = value.type === 'described' ? change(value.value, name) : undefined;
      if (next === undefined || value.type !== 'described') return [key, value] as const;
      changes += 1;
      return [key, next.type === 'described' ? next : { ...value, value: next }] as const;
    });
    return changes > 0 && draft.with({ source: { ...source, filter } });
  });
}

const selectors = 'apache.org:selector-filter:string';
const sql = 'amqp:sql-filter';
const propertiesFilter = 'amqp:properties-filter';
const applicationPropertiesFilter = 'amqp:application-properties-filter';

/** A filter of this type asks for something else. */
const instead = (type: string, change: (value: AmqpValue) => AmqpValue | undefined): FrameSeam10 =>
  refiltered((value, name) => (name === type ? change(value) : undefined));

/** The text of a filter with other words in it. */
const reworded = (type: string, change: (text: string) => string): FrameSeam10 =>
  instead(type, value => (value.type === 'string' && change(value.value) !== value.value ? { type: 'string', value: change(value.value) } : undefined));

const emptied = (type: string): FrameSeam10 =>
  instead(type, value => (value.type === 'map' && value.value.length > 0 ? { type: 'map', value: [] } : undefined));

/** A filter that passes everything, known as one in place. */
const everything: AmqpValue = { type: 'described', descriptor: { type: 'symbol', value: selectors }, value: { type: 'string', value: '' } };

const isValid = (text: string): boolean => !/= =|= AND \(/.test(text);

/** Filters of sources. */
export const filterFaults10 = {
  'amqp10/filter.unknown:enforce': [
    also(
      filtering(
        'says of every filter that it is in place',
        remembering10(() => {
          let asked: AmqpValue | undefined;
          let key = '';
          const hear = request10('attach', draft => {
            const { source } = draft.fields;
            const [first] = (source?.type === 'source' ? source.filter : undefined) ?? [];
            [key, asked] = first ?? ['', undefined];
            return false;
          }).start();
          const answer = answer10('attach', draft => {
            const { source } = draft.fields;
            return (
              asked !== undefined && source?.type === 'source' && source.filter === undefined && draft.with({ source: { ...source, filter: [[key, asked]] } })
            );
          }).start();
          return {
            kind: 'frames10',
            start: () => (passing, at) => {
              const heard = hear(passing, at);
              return heard === 'pass' ? answer(passing, at) : heard;
            },
          };
        }),
        filters,
      ),
      'amqp10/terminus/**',
    ),
  ],
  'amqp10/filter.selector:emit': [
    also(
      filtering(
        'passes all messages whatever their selector is',
        reworded(selectors, text => (isValid(text) ? '' : text)),
        filters,
      ),
      'amqp10/terminus/**',
    ),
    filtering(
      'takes AND in selectors for OR',
      reworded(selectors, text => (isValid(text) ? text.replace(' AND size', ' OR size') : text)),
      filters,
    ),
  ],
  'amqp10/filter.selector-null:emit': [
    filtering(
      'takes what a message does not have for something else',
      reworded(selectors, text => text.replace(/^(.*<>.*)$/, '$1 OR colour IS NULL')),
    ),
    filtering(
      'finds nothing by IS NULL',
      reworded(selectors, text => text.replace('IS NULL', 'IS NOT NULL')),
    ),
  ],
  'amqp10/filter.selector-invalid:enforce': [
    filtering(
      'takes a selector that cannot be parsed for none',
      reworded(selectors, text => (isValid(text) ? text : '')),
      filters,
    ),
  ],
  'amqp10/filter.no-local:emit': [
    filtering(
      'brings what was sent over the same connection',
      instead('apache.org:no-local-filter:list', () => everything),
      filters,
    ),
  ],
  'amqp10/filter.legacy-binding:emit': [
    filtering(
      'passes every subject by a topic binding',
      reworded('apache.org:legacy-amqp-topic-binding:string', () => '#'),
    ),
    filtering(
      'passes everything by a direct binding',
      instead('apache.org:legacy-amqp-direct-binding:string', () => everything),
    ),
  ],
  'amqp10/filter.properties:emit': [filtering('passes all messages whatever their properties are', emptied(propertiesFilter), filters)],
  'amqp10/filter.application-properties:emit': [
    filtering('passes all messages whatever their application properties are', emptied(applicationPropertiesFilter), filters),
  ],
  'amqp10/filter.prefix-suffix:emit': [
    filtering(
      'takes an ampersand for itself',
      instead(propertiesFilter, value => {
        if (value.type !== 'map') return undefined;
        const pairs = value.value.map(
          ([name, each]) => [name, each.type === 'string' && each.value.startsWith('&') ? { ...each, value: `&${each.value}` } : each] as const,
        );
        return pairs.some(([, each], at) => each !== value.value[at]?.[1]) ? { type: 'map', value: pairs } : undefined;
      }),
    ),
  ],
  'amqp10/filter.absent-field:emit': [
    filtering(
      'passes messages that do not have what a filter wants to be null, and all others',
      instead(applicationPropertiesFilter, value =>
        value.type === 'map' && value.value.some(([, each]) => each.type === 'null') ? { type: 'map', value: [] } : undefined,
      ),
    ),
  ],
  'amqp10/filter.properties-invalid:enforce': [
    filtering(
      'takes a filter that is no map',
      instead(propertiesFilter, value => (value.type === 'string' ? { type: 'map', value: [] } : undefined)),
    ),
  ],
  'amqp10/filter.sql:emit': [
    filtering(
      'does not look into the header by SQL',
      reworded(sql, text => text.replace('header.priority > 4', 'size = size')),
    ),
  ],
  'amqp10/filter.sql-operators:emit': [
    filtering(
      'knows no escape in LIKE',
      reworded(sql, text => text.replace(" ESCAPE '!'", '').replace('!', '')),
    ),
    filtering(
      'takes unknown for true in SQL',
      reworded(sql, text => text.replace(/^(.*NOT IN.*)$/, '$1 OR colour IS NULL')),
    ),
  ],
  'amqp10/filter.sql-invalid:enforce': [
    filtering(
      'takes SQL that cannot be parsed for some that always holds',
      reworded(sql, text => (isValid(text) ? text : '1 = 1')),
    ),
  ],
  'amqp10/filter.order:emit': [also(filtering('brings two messages that pass a filter in the wrong order', swapsTwo()), 'amqp10/terminus/**')],
} as const satisfies FaultTable;

/** The first two messages over a link with a selector change places. */
function swapsTwo(): FrameSeam10 {
  return remembering10(() => {
    let first: Message10 | undefined;
    let done = false;
    return delivered10((message, at) => {
      const source = at.link('to-client', message.channel, message.transfer.handle)?.attach['to-server']?.source;
      if (done || source?.type !== 'source' || source.filter === undefined) return false;
      if (first === undefined) {
        first = message;
        return {};
      }
      done = true;
      return [first.carrying(message.payload), message.carrying(first.payload)];
    });
  });
}
