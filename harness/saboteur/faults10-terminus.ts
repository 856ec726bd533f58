import type { AmqpAttach, AmqpSource, AmqpTarget, LifetimePolicy, SymbolMap } from '../wire/amqp10/codec.ts';
import { compositeOf, describedOf } from '../wire/amqp10/codec.ts';
import { compositeAs } from '../wire/amqp10/craft.ts';
import { misconditioned } from './departures10.ts';
import type { Conversation10, FrameSeam10, LinkSeen } from './fault10.ts';
import { delivered10 } from './messages10.ts';
import { pardoned } from './pardons10.ts';
import { refusedLink } from './refusals10.ts';
import { answer10, type Draft10, either10, linkOf, remembering10, request10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const attaching = faultsIn('amqp10/{terminus,dynamic,expiry}/**');
const everywhere = ['amqp10/**'];

type Attach = Draft10<'attach'>;
/** Fields that take the place of others; `false` leaves them as they are. */
type Change<T> = (terminus: T, draft: Attach, at: Conversation10) => Partial<T> | false;

const sourceIn = ({ source }: Pick<AmqpAttach, 'source'>): AmqpSource | undefined => (source?.type === 'source' ? source : undefined);
const targetIn = ({ target }: Pick<AmqpAttach, 'target'>): AmqpTarget | undefined => (target?.type === 'target' ? target : undefined);

/** The source that the client asks for, or that the server tells, changed. */
function sourced(side: typeof request10<'attach'>, role: AmqpAttach['role'], change: Change<AmqpSource>): FrameSeam10 {
  return side('attach', (draft, at) => {
    const source = draft.fields.role === role ? sourceIn(draft.fields) : undefined;
    const changed = source !== undefined && change(source, draft, at);
    return changed !== false && source !== undefined && draft.with({ source: { ...source, ...changed } });
  });
}

const asked = (change: Change<AmqpSource>): FrameSeam10 => sourced(request10, 'receiver', change);
const told = (change: Change<AmqpSource>): FrameSeam10 => sourced(answer10, 'sender', change);

/** What the client asked for on the link of this answer. */
function askedFor(draft: Attach, at: Conversation10): AmqpAttach | undefined {
  const session = at.session('to-client', draft.channel);
  const goes = draft.fields.role === 'sender' ? 'to-client' : 'to-server';
  const link = [...((session?.links ?? []) as Iterable<LinkSeen>)].find(({ name, transfersGo }) => name === draft.fields.name && transfersGo === goes);
  return link?.attach['to-server'];
}

/** The server takes a source for another one, and tells the client what was asked for. `fields`: those that are told. */
function misread(change: (source: AmqpSource) => Partial<AmqpSource> | false, fields: (source: AmqpSource) => Partial<AmqpSource>): FrameSeam10 {
  return remembering10(() => {
    const changed = new Map<string, AmqpSource>();
    return either10(
      asked((source, draft) => {
        const other = change(source);
        if (other !== false) changed.set(draft.fields.name, source);
        return other;
      }),
      told((_source, draft) => {
        const before = changed.get(draft.fields.name);
        return before !== undefined && fields(before);
      }),
    );
  });
}

/** The server keeps a source by another expiry-policy than it says. */
const expiring = (from: AmqpSource['expiryPolicy'], to: AmqpSource['expiryPolicy']): FrameSeam10 =>
  misread(
    ({ expiryPolicy, address }) => expiryPolicy === from && address !== undefined && { expiryPolicy: to },
    ({ expiryPolicy }) => ({ expiryPolicy }),
  );

const policyIn = (properties: SymbolMap | undefined): string | undefined => {
  const value = properties?.find(([name]) => name === 'lifetime-policy')?.[1];
  return value === undefined ? undefined : compositeOf(value)?.type;
};

const withPolicy = (type: LifetimePolicy['type']): SymbolMap => [['lifetime-policy', describedOf({ type })]];

/** The server makes nodes of another lifetime than it says. */
function relived(from: LifetimePolicy['type'], to: LifetimePolicy['type']): FrameSeam10 {
  return either10(
    request10('attach', draft => {
      const target = draft.fields.role === 'sender' ? targetIn(draft.fields) : undefined;
      const wanted = target?.dynamic === true ? (policyIn(target.dynamicNodeProperties) ?? 'delete-on-close') : undefined;
      return target !== undefined && wanted === from && draft.with({ target: { ...target, dynamicNodeProperties: withPolicy(to) } });
    }),
    answer10('attach', draft => {
      const target = draft.fields.role === 'receiver' ? targetIn(draft.fields) : undefined;
      return (
        target !== undefined && policyIn(target.dynamicNodeProperties) === to && draft.with({ target: { ...target, dynamicNodeProperties: withPolicy(from) } })
      );
    }),
  );
}

/** A dynamic terminus of either kind that the server tells. */
function madeNode(change: (terminus: AmqpSource | AmqpTarget) => Partial<AmqpTarget> | false): FrameSeam10 {
  return answer10('attach', draft => {
    const { role } = draft.fields;
    const terminus = role === 'sender' ? sourceIn(draft.fields) : targetIn(draft.fields);
    const changed = terminus?.dynamic === true && change(terminus);
    if (changed === false || terminus === undefined) return false;
    return draft.with({ [role === 'sender' ? 'source' : 'target']: { ...terminus, ...changed } });
  });
}

/** Of what a client asks of a terminus of the server's, something is overlooked. */
function overlooked(change: (terminus: AmqpSource | AmqpTarget) => Partial<AmqpTarget> | false): FrameSeam10 {
  return request10('attach', draft => {
    const { role } = draft.fields;
    const terminus = role === 'receiver' ? sourceIn(draft.fields) : targetIn(draft.fields);
    const changed = terminus !== undefined && change(terminus);
    if (changed === false || terminus === undefined) return false;
    return draft.with({ [role === 'receiver' ? 'source' : 'target']: { ...terminus, ...changed } });
  });
}

/** Whether the client's last frame was an attach, to be read or not. */
const lastWasAttach = (at: Conversation10): boolean => {
  const last = at.previous('to-server');
  if (last?.what === 'frame') return last.frame.type === 'amqp' && last.frame.performative?.type === 'attach';
  return last?.what === 'broken' && last.bytes[8] === 0 && last.bytes[9] === 0x53 && last.bytes[10] === 0x12;
};

const filters = ({ filter }: AmqpSource): Partial<AmqpSource> => ({ filter });

/** Each message comes twice over the links on which nothing is taken. */
function copiedTwice(): FrameSeam10 {
  return remembering10(() => {
    let more = 0;
    return delivered10((message, at) => {
      const link = at.link('to-client', message.channel, message.transfer.handle);
      const id = message.transfer.deliveryId ?? 0;
      if (sourceIn(link?.attach['to-client'] ?? {})?.distributionMode !== 'copy') return more > 0 && message.with({ deliveryId: id + more });
      const one = message.with({ deliveryId: id + more });
      more += 1;
      return [one, message.with({ deliveryId: id + more, deliveryTag: Uint8Array.of(0x7d, more & 0xff) })];
    });
  });
}

/** Sources, targets, filters and dynamic nodes. */
export const terminusFaults10 = {
  'amqp10/3.5.not-found:enforce': [
    attaching('refuses a link to nothing with not-allowed', misconditioned('amqp:not-allowed', { condition: 'amqp:not-found' }), everywhere),
  ],
  'amqp10/3.5.1.filter-stable:emit': [
    attaching(
      'overlooks the filter of every link but the first',
      remembering10(() => {
        let seen = 0;
        return misread(source => {
          if (source.filter === undefined) return false;
          seen += 1;
          return seen > 1 && { filter: undefined };
        }, filters);
      }),
      everywhere,
    ),
  ],
  'amqp10/3.5.1.filtered:emit': [
    attaching(
      'overlooks filters and tells them all the same',
      misread(({ filter }) => filter !== undefined && { filter: undefined }, filters),
      everywhere,
    ),
  ],
  'amqp10/3.5.2.move:emit': [
    attaching(
      'leaves at the node what it should move',
      misread(
        ({ distributionMode }) => distributionMode === 'move' && { distributionMode: 'copy' },
        ({ distributionMode }) => ({ distributionMode }),
      ),
    ),
  ],
  'amqp10/3.5.2.copy:emit': [
    attaching(
      'moves what it should copy',
      misread(
        ({ distributionMode }) => distributionMode === 'copy' && { distributionMode: 'move' },
        ({ distributionMode }) => ({ distributionMode }),
      ),
    ),
  ],
  'amqp10/3.5.2.once:emit': [attaching('copies each message twice', copiedTwice())],
  'amqp10/3.5.3.minimal:emit': [
    attaching(
      'refuses the minimal terminus of a client that settles',
      refusedLink(
        'amqp:invalid-field',
        ({ role, sndSettleMode, source, target }) =>
          sndSettleMode === 'settled' && (role === 'sender' ? sourceIn({ source })?.address : targetIn({ target })?.address) === undefined,
      ),
      everywhere,
    ),
  ],
  'amqp10/3.5.3.dynamic-address:enforce': [
    attaching(
      'makes a dynamic node for which an address is given',
      overlooked(({ dynamic, address }) => dynamic === true && address !== undefined && { address: undefined }),
    ),
  ],
  'amqp10/3.5.3.dynamic-created:emit': [
    attaching(
      'tells another address than that of the node which it made',
      madeNode(({ address }) => ({ address: `${String(address)}-not` })),
      everywhere,
    ),
    attaching(
      'does not tell the address of a node that it made',
      madeNode(() => ({ address: undefined })),
      everywhere,
    ),
  ],
  'amqp10/3.5.3.dynamic-name:emit': [
    attaching(
      'makes dynamic nodes whose addresses say nothing',
      madeNode(() => ({ address: 'anonymous' })),
      everywhere,
    ),
  ],
  'amqp10/3.5.3.dynamic-properties:emit': [
    attaching(
      'tells properties of a dynamic node where there is none',
      told(({ dynamic }) => dynamic !== true && { dynamicNodeProperties: withPolicy('delete-on-close') }),
    ),
  ],
  'amqp10/3.5.3.dynamic-properties:enforce': [
    attaching(
      'takes properties of a dynamic node where there is none',
      overlooked(({ dynamic, dynamicNodeProperties }) => dynamic !== true && dynamicNodeProperties !== undefined && { dynamicNodeProperties: undefined }),
    ),
  ],
  'amqp10/3.5.3.dynamic-properties-told:emit': [
    attaching(
      'says of every dynamic node that it goes with its link',
      madeNode(({ dynamicNodeProperties }) => dynamicNodeProperties !== undefined && { dynamicNodeProperties: withPolicy('delete-on-close') }),
    ),
  ],
  'amqp10/3.5.3.expiry-default:emit': [
    attaching('keeps sources for ever that do not ask for it', silently('never'), everywhere),
    attaching('lets sources expire as their link is detached that do not ask for it', silently('link-detach'), everywhere),
  ],
  'amqp10/3.5.3.distribution-mode:emit': [
    attaching(
      'tells no distribution mode where it moves',
      told(({ distributionMode }) => distributionMode === 'move' && { distributionMode: undefined }),
    ),
  ],
  'amqp10/3.5.3.filter-told:emit': [
    attaching(
      'tells every filter that was asked for as being in place',
      told((_source, draft, at) => {
        const { filter } = sourceIn(askedFor(draft, at) ?? {}) ?? {};
        return filter !== undefined && { filter };
      }),
      everywhere,
    ),
  ],
  'amqp10/3.5.3.default-outcome:emit': [
    attaching(
      'tells a default outcome that is none',
      answer10('attach', draft => {
        const source = draft.fields.role === 'sender' ? sourceIn(draft.fields) : undefined;
        if (source?.defaultOutcome === undefined) return false;
        const received = compositeAs('received', { sectionNumber: 0, sectionOffset: 0n });
        const { type: _type, ...fields } = source;
        return draft.as({ fields: { source: compositeAs('source', fields, { fields: { defaultOutcome: received } }) } });
      }),
      everywhere,
    ),
  ],
  'amqp10/3.5.3.default-outcome:enforce': [attaching('takes a default outcome that is none', pardoned(lastWasAttach), everywhere)],
  'amqp10/3.5.3.outcomes:emit': [
    attaching(
      'does not know accepted where no outcome is named',
      request10('disposition', (draft, at) => {
        const links: Iterable<LinkSeen> = at.session('to-server', draft.channel)?.links ?? [];
        const link = [...links].find(({ transfersGo, unsettled }) => transfersGo === 'to-client' && unsettled.has(draft.fields.first));
        const isUnnamed = sourceIn(link?.attach['to-server'] ?? {})?.outcomes === undefined;
        return draft.fields.state?.type === 'accepted' && isUnnamed && draft.with({ state: { type: 'released' } });
      }),
      everywhere,
    ),
    attaching(
      'refuses sources that name outcomes',
      refusedLink('amqp:not-implemented', ({ role, source }) => role === 'receiver' && sourceIn({ source })?.outcomes !== undefined),
      everywhere,
    ),
  ],
  'amqp10/3.5.3.outcomes-valid:emit': [
    attaching(
      'names outcomes by words of its own',
      told(({ outcomes }) => outcomes !== undefined && { outcomes: ['accepted', ...outcomes] }),
    ),
  ],
  'amqp10/3.5.3.capabilities:emit': [
    attaching(
      'tells every capability of a source that was asked for',
      told((_source, draft, at) => {
        const { capabilities } = sourceIn(askedFor(draft, at) ?? {}) ?? {};
        return capabilities !== undefined && { capabilities };
      }),
    ),
    attaching(
      'tells every capability of a target that was asked for',
      answer10('attach', (draft, at) => {
        const target = draft.fields.role === 'receiver' ? targetIn(draft.fields) : undefined;
        const { capabilities } = targetIn(askedFor(draft, at) ?? {}) ?? {};
        return target !== undefined && capabilities !== undefined && draft.with({ target: { ...target, capabilities } });
      }),
    ),
  ],
  'amqp10/3.5.6.link-detach:emit': [attaching('keeps a source of link-detach until its session ends', expiring('link-detach', 'session-end'))],
  'amqp10/3.5.6.connection-close:emit': [
    attaching('keeps a source of connection-close until its session ends', expiring('connection-close', 'session-end')),
    attaching('keeps a source of connection-close for ever', expiring('connection-close', 'never')),
  ],
  'amqp10/3.5.6.never:emit': [
    attaching('keeps a source of never until its connection is closed', expiring('never', 'connection-close'), ['amqp10/{expiry,jms}/**']),
    attaching(
      'keeps a source of never though its link is closed',
      request10('detach', (draft, at) => {
        const attach = linkOf(draft, at)?.attach['to-server'];
        return draft.fields.closed === true && sourceIn(attach ?? {})?.expiryPolicy === 'never' && draft.with({ closed: undefined });
      }),
      ['amqp10/{expiry,jms}/**'],
    ),
  ],
  'amqp10/3.5.6.timeout:emit': [
    attaching(
      'forgets the timeout of a source',
      misread(
        ({ timeout = 0 }) => timeout > 0 && { timeout: undefined },
        ({ timeout }) => ({ timeout }),
      ),
    ),
    attaching(
      'keeps a source for ten times its timeout',
      misread(
        ({ timeout = 0 }) => timeout > 0 && { timeout: timeout * 10 },
        ({ timeout }) => ({ timeout }),
      ),
    ),
  ],
  'amqp10/3.5.8.filter-set:emit': [
    attaching(
      'tells filters without what describes them',
      told(({ filter }) => filter !== undefined && { filter: filter.map(([key, value]) => [key, value.type === 'described' ? value.value : value] as const) }),
      everywhere,
    ),
  ],
  'amqp10/3.5.8.filter-set:enforce': [
    attaching(
      'overlooks filters that are not described',
      asked(({ filter }) => filter?.some(([, { type }]) => type !== 'described' && type !== 'null') === true && { filter: undefined }),
    ),
  ],
  'amqp10/3.5.8.all-filters:emit': [
    attaching(
      'looks at the first filter of a set alone',
      misread(({ filter = [] }) => filter.length > 1 && { filter: filter.slice(0, 1) }, filters),
      everywhere,
    ),
  ],
  'amqp10/3.5.9.lifetime-policy:enforce': [
    attaching(
      'takes any lifetime-policy',
      overlooked(
        ({ dynamicNodeProperties }) =>
          dynamicNodeProperties !== undefined && policyIn(dynamicNodeProperties)?.startsWith('delete-on-') !== true && { dynamicNodeProperties: undefined },
      ),
    ),
  ],
  'amqp10/3.5.9.lives-with-link:emit': [
    attaching(
      'deletes a dynamic node as its link is detached',
      either10(
        request10('detach', (draft, at) => draft.fields.closed !== true && isDynamic(draft, at) && draft.with({ closed: true })),
        answer10('detach', (draft, at) => draft.fields.closed === true && isDynamic(draft, at) && draft.with({ closed: undefined })),
      ),
      ['amqp10/{terminus,dynamic,expiry,detach}/**'],
    ),
  ],
  'amqp10/3.5.10.delete-on-close:emit': [
    attaching('keeps a node of delete-on-close as long as it has messages', relived('delete-on-close', 'delete-on-no-messages')),
  ],
  'amqp10/3.5.11.delete-on-no-links:emit': [
    attaching('deletes a node of delete-on-no-links with the link that made it', relived('delete-on-no-links', 'delete-on-close')),
    attaching('keeps a node of delete-on-no-links as long as it has messages', relived('delete-on-no-links', 'delete-on-no-messages')),
  ],
  'amqp10/3.5.12.delete-on-no-messages:emit': [
    attaching('deletes a node of delete-on-no-messages that has some', relived('delete-on-no-messages', 'delete-on-close')),
    attaching('keeps a node of delete-on-no-messages as long as it has links', relived('delete-on-no-messages', 'delete-on-no-links-or-messages')),
  ],
  'amqp10/3.5.13.delete-on-no-links-or-messages:emit': [
    attaching('deletes a node of delete-on-no-links-or-messages that has messages', relived('delete-on-no-links-or-messages', 'delete-on-no-links')),
    attaching('deletes a node of delete-on-no-links-or-messages that has links', relived('delete-on-no-links-or-messages', 'delete-on-no-messages')),
  ],
  'amqp10/3.5.malformed:enforce': [attaching('takes an attach whose terminus cannot be read', pardoned(lastWasAttach), everywhere)],
} as const satisfies FaultTable;

/** Whether a detach is of a link that a node was made for. */
function isDynamic(draft: Draft10<'detach'>, at: Conversation10): boolean {
  const { source, target } = linkOf(draft, at)?.attach['to-server'] ?? {};
  return sourceIn({ source })?.dynamic === true || targetIn({ target })?.dynamic === true;
}

/** The server keeps sources by a policy of its own where the client asks for none, and does not say so. */
function silently(policy: NonNullable<AmqpSource['expiryPolicy']>): FrameSeam10 {
  return misread(
    ({ expiryPolicy, timeout, address }) => expiryPolicy === undefined && timeout === undefined && address !== undefined && { expiryPolicy: policy },
    () => ({ expiryPolicy: undefined }),
  );
}
