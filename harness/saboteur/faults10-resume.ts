import type { AmqpMap } from '../wire/amqp10/codec.ts';
import { describedOf } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, LinkSeen } from './fault10.ts';
import { lastIs, pardoned, spoilt } from './pardons10.ts';
import { answer10, type Draft10, either10, linkOf, remembering10, request10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const resuming = faultsIn('amqp10/{resume/**,properties/links}');

const fromTheStart = { type: 'received', sectionNumber: 0, sectionOffset: 0n } as const;

/** The entries of a map, each with another state. */
const withStates = (map: AmqpMap, state: AmqpMap[number][1]): AmqpMap => map.map(([tag]) => [tag, state]);

const nothing: AmqpMap[number][1] = { type: 'null', value: null };

/** What the client said of the link when it attached it. */
function asked(draft: Pick<Draft10, 'direction' | 'channel'> & { readonly fields: unknown }, at: Conversation10): LinkSeen['attach']['to-server'] {
  return linkOf(draft, at)?.attach['to-server'];
}

/** The map of the client whose attach this one answers. */
function mapAnswered({ fields }: Draft10<'attach'>, at: Conversation10): AmqpMap | undefined {
  for (const session of at.sessions) {
    for (const link of session.links) {
      if (link.name === fields.name && link.attach['to-client'] === undefined) return link.attach['to-server']?.unsettled;
    }
  }
  return undefined;
}

/** What both ends hold is resumed: section 2.6.13 and the fields of attach. */
const mapFaults = {
  'amqp10/2.6.13.both:emit': [
    resuming(
      'resumes under tags of its own choice',
      answer10('transfer', draft => draft.fields.resume === true && draft.with({ deliveryTag: Uint8Array.of(0x55, draft.fields.deliveryId ?? 0) })),
    ),
  ],
  'amqp10/2.6.13.resume-flag:emit': [
    resuming(
      'resumes deliveries without saying so',
      answer10('transfer', draft => draft.fields.resume === true && draft.with({ resume: undefined })),
    ),
    resuming('resumes deliveries without saying so where the link was on another session before', silentElsewhere(), ['amqp10/properties/links']),
  ],
  'amqp10/2.6.13.resumed-unknown:emit': [
    resuming(
      'takes a resumed delivery for a new one',
      request10('transfer', draft => draft.fields.resume === true && draft.with({ resume: undefined })),
    ),
  ],
  'amqp10/2.6.13.target-only:emit': [
    resuming(
      'resumes an empty delivery for each that only the receiver holds',
      answer10('transfer', (draft, at) => {
        const { deliveryId = 0, deliveryTag, handle, more, resume } = draft.fields;
        const [other] = asked(draft, at)?.unsettled?.at(-1) ?? [];
        if (resume !== true || more === true || other?.type !== 'binary' || deliveryTag?.length === other.value.length) return false;
        const stray = { type: 'transfer', handle, deliveryId: deliveryId + 1, deliveryTag: other.value, messageFormat: 0, settled: true, resume } as const;
        return draft.followedBy(stray);
      }),
    ),
    resuming(
      'holds for ever what its sender has settled',
      remembering10(() => {
        const held = new Map<string, AmqpMap>();
        return answer10('attach', draft => {
          const { name, role, unsettled } = draft.fields;
          const before = role === 'receiver' ? held.get(name) : undefined;
          if (unsettled !== undefined && role === 'receiver') held.set(name, unsettled);
          return before !== undefined && unsettled === undefined && draft.with({ unsettled: before });
        });
      }),
    ),
  ],
  'amqp10/2.6.13.incomplete:emit': [
    resuming(
      'resumes nothing where the map of its receiver is incomplete',
      answer10('transfer', (draft, at) => asked(draft, at)?.incompleteUnsettled === true && draft.swallowed()),
    ),
  ],
  'amqp10/2.7.5.resume-own:emit': [
    resuming(
      'resumes what its own map has not',
      answer10('attach', draft => draft.fields.unsettled !== undefined && draft.with({ unsettled: undefined })),
    ),
  ],
  'amqp10/2.7.3.unsettled-compared:emit': [
    resuming(
      'overlooks the states in the map of its receiver',
      request10('attach', draft => draft.fields.unsettled !== undefined && draft.with({ unsettled: withStates(draft.fields.unsettled, nothing) })),
    ),
  ],
  'amqp10/2.7.3.unsettled-too-large:emit': [
    resuming(
      'ends the session where a map does not fit a frame',
      answer10(
        'attach',
        draft => draft.fields.incompleteUnsettled === true && draft.replaced({ type: 'end', error: { type: 'error', condition: 'amqp:frame-size-too-small' } }),
      ),
    ),
  ],
  'amqp10/2.7.3.unsettled-null-key:emit': [
    resuming(
      'has a null key in its unsettled map',
      answer10('attach', draft => draft.fields.unsettled !== undefined && draft.with({ unsettled: [...draft.fields.unsettled, [nothing, nothing]] })),
    ),
  ],
  'amqp10/2.7.3.unsettled-null-key:enforce': [
    resuming('takes an unsettled map with a null key', pardoned(lastIs('attach', ({ unsettled }) => unsettled?.some(([tag]) => tag.type === 'null') === true))),
  ],
  'amqp10/2.7.3.incomplete-new:emit': [
    resuming(
      'overlooks that the map of its receiver is incomplete',
      request10('attach', draft => draft.fields.incompleteUnsettled === true && draft.with({ incompleteUnsettled: undefined })),
    ),
  ],
} as const satisfies FaultTable;

/** Resuming deliveries, and what both ends say of them on the way. */
export const resumeFaults10 = {
  ...mapFaults,
  'amqp10/3.4.1.received-told:emit': [
    resuming(
      'takes the state received for an outcome',
      request10('disposition', draft => draft.fields.state?.type === 'received' && draft.with({ state: { type: 'accepted' }, settled: true })),
      ['amqp10/{resume,outcome}/**'],
    ),
  ],
  'amqp10/3.4.1.received-only-resuming:emit': [
    resuming(
      'settles what it has sent with the state received',
      answer10('disposition', draft => draft.fields.role === 'sender' && draft.with({ state: fromTheStart })),
    ),
  ],
  'amqp10/3.4.1.received-fields:emit': [
    resuming(
      'resumes with a state received that lacks its fields',
      answer10('transfer', draft => {
        const lacking = { type: 'described', descriptor: { type: 'ulong', value: 0x23n }, value: { type: 'list', value: [] } } as const;
        return draft.fields.state?.type === 'received' && draft.with({ state: lacking });
      }),
    ),
  ],
  'amqp10/3.4.1.received-fields:enforce': [
    resuming('takes a state received that lacks its fields', pardoned(spoilt('disposition')), ['amqp10/{resume,disposition,transaction}/**']),
  ],
  'amqp10/3.4.6.resend-forgotten:emit': [
    resuming(
      'calls a delivery resumed that its receiver has forgotten',
      answer10('transfer', (draft, at) => {
        const { deliveryTag, resume } = draft.fields;
        return resume !== true && deliveryTag !== undefined && asked(draft, at)?.unsettled !== undefined && draft.with({ resume: true });
      }),
    ),
  ],
  'amqp10/3.4.6.resume-position:emit': [
    resuming(
      'resumes behind what its receiver has',
      answer10('transfer', draft => draft.fields.state?.type === 'received' && draft.with({ state: { ...fromTheStart, sectionNumber: 9 } })),
    ),
  ],
  'amqp10/3.4.6.outcome-resumed:emit': [
    resuming(
      'takes the outcome of its receiver without resuming the delivery',
      answer10('transfer', draft => draft.fields.resume === true && draft.fields.state !== undefined && draft.swallowed()),
    ),
  ],
  'amqp10/3.4.6.outcome-state:emit': [
    resuming(
      'resumes for an outcome and tells no state',
      answer10('transfer', draft => draft.fields.resume === true && draft.fields.state !== undefined && draft.with({ state: undefined })),
    ),
  ],
  'amqp10/3.4.6.nothing-received:emit': [
    resuming(
      'resumes without a message what its receiver has nothing of',
      answer10('transfer', draft => draft.fields.resume === true && draft.fields.state === undefined && draft.carrying(new Uint8Array(0))),
    ),
  ],
  'amqp10/3.4.6.no-empty-entries:emit': [
    resuming(
      'names in its map what it has nothing of',
      answer10('attach', (draft, at) => {
        const map = mapAnswered(draft, at);
        return draft.fields.role === 'receiver' && map !== undefined && draft.with({ unsettled: withStates(map, nothing) });
      }),
    ),
  ],
  'amqp10/3.4.6.terminal-kept-back:emit': [
    resuming(
      'has accepted in its map what it resumes',
      answer10('attach', draft => {
        const { role, unsettled } = draft.fields;
        return role === 'sender' && unsettled !== undefined && draft.with({ unsettled: withStates(unsettled, describedOf({ type: 'accepted' })) });
      }),
    ),
  ],
  'amqp10/3.4.6.sender-decides:emit': [
    resuming(
      'tells an outcome that it lets go of when its receiver comes back with another',
      request10('disposition', draft => {
        const { first, last, settled, state } = draft.fields;
        return settled !== true && state?.type === 'accepted' && draft.answered({ type: 'disposition', role: 'sender', first, last, settled: true, state });
      }),
    ),
  ],
} as const satisfies FaultTable;

/** The transfers that resume on a link do not say so once its name was attached on a second session. */
function silentElsewhere(): FrameSeam10 {
  return remembering10(() => {
    const channels = new Map<string, Set<number>>();
    const noting = request10('attach', ({ fields, channel }) => {
      channels.set(fields.name, (channels.get(fields.name) ?? new Set()).add(channel));
      return false;
    });
    const silent = answer10('transfer', (draft, at) => {
      const moved = (channels.get(linkOf(draft, at)?.name ?? '')?.size ?? 0) > 1;
      return moved && draft.fields.resume === true && draft.with({ resume: undefined });
    });
    return either10(noting, silent);
  });
}
