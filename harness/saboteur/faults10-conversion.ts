import type { AmqpValue, Annotations } from '../wire/amqp10/codec.ts';
import { encodeMessage } from '../wire/amqp10/codec.ts';
import { consumedBy091, retiredBy091 } from './crossings.ts';
import type { FrameSeam10 } from './fault10.ts';
import { type ChangeMessage10, delivered10, type Message10, published10 } from './messages10.ts';
import { either10, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const converting = faultsIn('amqp10/{cross,conversion}/**');
const everywhere = ['amqp10/**'];

/** Annotations of a message that came in by 0-9-1; undefined for any other. */
function annotationsFrom091(each: Message10): Annotations | undefined {
  const { messageAnnotations } = each.decoded ?? {};
  return messageAnnotations?.some(([key]) => key === 'x-exchange') === true ? messageAnnotations : undefined;
}

/** Changes what 1.0 receives of messages from 0-9-1. */
function from091(change: ChangeMessage10): FrameSeam10 {
  return delivered10((each, at) => annotationsFrom091(each) !== undefined && change(each, at));
}

function annotated(each: Message10, keeps: (key: string | bigint) => boolean): Message10 | false {
  const messageAnnotations = each.decoded?.messageAnnotations ?? [];
  const kept = messageAnnotations.filter(([key]) => keeps(key));
  return (
    kept.length < messageAnnotations.length &&
    each.resectioned((name, octets) => (name === 'message-annotations' ? encodeMessage({ messageAnnotations: kept }) : octets))
  );
}

const routing: ReadonlySet<string | bigint> = new Set(['x-exchange', 'x-routing-key']);
const own = (key: string | bigint): boolean =>
  typeof key === 'string' && key.startsWith('x-') && !key.startsWith('x-basic') && !routing.has(key) && key !== 'x-opt-deaths';

/** Between the protocols. */
export const conversionFaults10 = {
  'amqp10/conversion.same-queue:emit': [
    converting(
      'keeps messages of 0-9-1 from receivers of 1.0',
      from091(() => ({})),
    ),
    converting(
      'keeps messages of 1.0 from consumers of 0-9-1',
      consumedBy091(() => []),
    ),
  ],
  'amqp10/conversion.native-form:emit': [
    converting(
      'changes messages of 1.0 that 0-9-1 gave back',
      delivered10(each => {
        const again = each.fieldsOf('header').firstAcquirer !== true && annotationsFrom091(each) === undefined && each.section('properties') !== undefined;
        return again && each.refielded('properties', { ...each.fieldsOf('properties'), subject: 'by way of 0-9-1' });
      }),
      everywhere,
    ),
  ],
  'amqp10/conversion.body-to-091:emit': [
    converting(
      'ends the data that it takes with a zero',
      published10(
        each => each.section('data') !== undefined && each.resectioned((name, octets) => (name === 'data' ? encodeMessage({ body: dataOf(each, 0) }) : octets)),
      ),
      everywhere,
    ),
  ],
  'amqp10/conversion.structured-body-to-091:emit': [
    converting(
      'takes the octets of values and sequences for data',
      published10(each => {
        const body = each.section('amqp-value') ?? each.section('amqp-sequence');
        const rest = body === undefined ? each : each.resectioned((name, octets) => (name === 'amqp-value' || name === 'amqp-sequence' ? undefined : octets));
        return body !== undefined && rest.carrying(Buffer.concat([rest.payload, encodeMessage({ body: { type: 'data', value: [body] } })]));
      }),
      everywhere,
    ),
  ],
  'amqp10/conversion.body-to-10:emit': [
    converting(
      'makes values of the bodies of 0-9-1',
      from091(
        each =>
          each.section('data') !== undefined &&
          each.resectioned((name, octets) => (name === 'data' ? encodeMessage({ body: { type: 'amqp-value', value: flag } }) : octets)),
      ),
    ),
  ],
  'amqp10/conversion.header-to-091:emit': [
    converting(
      'forgets the header of what 1.0 sends',
      published10(each => each.section('header') !== undefined && each.refielded('header', {})),
      everywhere,
    ),
  ],
  'amqp10/conversion.header-to-10:emit': [
    converting(
      'says nothing in the headers of messages from 0-9-1',
      from091(each => each.refielded('header', {})),
    ),
  ],
  'amqp10/conversion.ids-to-091:emit': [
    converting(
      'writes out the octets of ids that are octets',
      published10(each => {
        const fields = each.section('properties') === undefined ? {} : each.fieldsOf('properties');
        const [messageId, correlationId] = [fields.messageId, fields.correlationId].map(id =>
          id?.value instanceof Uint8Array ? ({ type: 'string', value: `${id.value}` } as const) : id,
        );
        return (
          (messageId !== fields.messageId || correlationId !== fields.correlationId) && each.refielded('properties', { ...fields, messageId, correlationId })
        );
      }),
      everywhere,
    ),
  ],
  'amqp10/conversion.ids-to-10:emit': [
    converting(
      'puts ids from 0-9-1 into octets',
      from091(each => {
        const fields = each.section('properties') === undefined ? {} : each.fieldsOf('properties');
        const [messageId, correlationId] = [fields.messageId, fields.correlationId].map(
          id => id && ({ type: 'binary', value: Buffer.from(`${id.value}`) } as const),
        );
        return (messageId ?? correlationId) !== undefined && each.refielded('properties', { ...fields, messageId, correlationId });
      }),
    ),
  ],
  'amqp10/conversion.properties-to-091:emit': [
    converting(
      'drops what 1.0 says of time, group and content',
      published10(each => {
        const { creationTime, groupId, contentType, contentEncoding, replyTo, userId, ...fields } =
          each.section('properties') === undefined ? {} : each.fieldsOf('properties');
        return (creationTime ?? groupId ?? contentType ?? contentEncoding ?? replyTo ?? userId) !== undefined && each.refielded('properties', fields);
      }),
      everywhere,
    ),
  ],
  'amqp10/conversion.properties-to-10:emit': [
    converting(
      'tells the times of 0-9-1 in seconds',
      from091(each => {
        const fields = each.section('properties') === undefined ? {} : each.fieldsOf('properties');
        return fields.creationTime !== undefined && each.refielded('properties', { ...fields, creationTime: fields.creationTime / 1000n });
      }),
    ),
    converting(
      'loses the type of messages from 0-9-1',
      from091(each => annotated(each, key => key !== 'x-basic-type')),
    ),
  ],
  'amqp10/conversion.application-properties:emit': [
    converting(
      'loses the headers of 0-9-1',
      from091(
        each =>
          each.section('application-properties') !== undefined && each.resectioned((name, octets) => (name === 'application-properties' ? undefined : octets)),
      ),
    ),
    converting(
      'drops application properties as it takes a message',
      published10(
        each =>
          each.section('application-properties') !== undefined && each.resectioned((name, octets) => (name === 'application-properties' ? undefined : octets)),
      ),
      everywhere,
    ),
  ],
  'amqp10/conversion.annotations:emit': [
    converting(
      'loses headers that begin with x-',
      from091(each => annotated(each, key => !own(key))),
    ),
    converting(
      'drops message annotations as it takes a message',
      published10(each => annotated(each, () => false)),
      everywhere,
    ),
  ],
  'amqp10/conversion.routing-told:emit': [
    converting(
      'tells neither exchange nor key',
      from091(each => annotated(each, key => !routing.has(key))),
    ),
  ],
  'amqp10/conversion.copies:emit': [
    also(
      converting(
        'takes no notice of the annotation x-cc',
        published10(each => annotated(each, key => key !== 'x-cc')),
      ),
      'amqp10/address-v2/**',
    ),
  ],
  'amqp10/conversion.deaths:emit': [
    converting(
      'does not tell 1.0 of deaths',
      delivered10(each => annotated(each, key => key !== 'x-opt-deaths')),
      everywhere,
    ),
  ],
  'amqp10/conversion.outcome-on-091:emit': [
    converting(
      'retires what is given back',
      request10('disposition', draft => given(draft.fields.state?.type) && draft.with({ state: { type: 'accepted' } })),
      everywhere,
    ),
    converting('retires what is given back of messages that were routed, but for the first', retiredLater(), ['amqp10/properties/cross']),
  ],
  'amqp10/conversion.settled-by-091:emit': [
    converting('gives back what 0-9-1 retires of messages of 1.0', retiredBy091()),
    converting(
      'calls each message of 1.0 redelivered',
      consumedBy091(delivery => [{ ...delivery, redelivered: true }]),
    ),
    converting(
      'passes on as new what 0-9-1 had before',
      delivered10(each => each.fieldsOf('header').firstAcquirer !== true && each.refielded('header', { ...each.fieldsOf('header'), firstAcquirer: true })),
      everywhere,
    ),
  ],
} as const satisfies FaultTable;

const flag: AmqpValue = { type: 'boolean', value: true };
const given = (state: string | undefined): boolean => state === 'released' || state === 'modified';

/** The data of a message as one section, with another octet behind it. */
function dataOf(each: Message10, octet: number) {
  const body = each.decoded?.body;
  const parts = body?.type === 'data' ? body.value : [];
  return { type: 'data', value: [Buffer.concat([...parts, Uint8Array.of(octet)])] } as const;
}

/** The second message with a route that is released on a channel, and those behind it, are taken for accepted. */
function retiredLater(): FrameSeam10 {
  return remembering10(() => {
    const ids = new Set<string>();
    const released = new Map<number, number>();
    const noting = from091(({ channel, transfer }, at) => {
      ids.add(`${at.session('to-client', channel)?.channels['to-server']} ${transfer.deliveryId}`);
      return false;
    });
    const retiring = request10('disposition', draft => {
      if (draft.fields.state?.type !== 'released' || !ids.has(`${draft.channel} ${draft.fields.first}`)) return false;
      const count = (released.get(draft.channel) ?? 0) + 1;
      released.set(draft.channel, count);
      return count > 1 && draft.with({ state: { type: 'accepted' } });
    });
    return either10(noting, retiring);
  });
}
