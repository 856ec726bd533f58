import { type CompositeFields, type DeliveryState, decodeMessage, isViolation } from '../wire/amqp10/codec.ts';
import { misconditioned, unpunished10 } from './departures10.ts';
import type { Conversation10, FrameSeam10 } from './fault10.ts';
import { desks10 } from './faults10-http.ts';
import { delivered10, type Message10, published10 } from './messages10.ts';
import { refusedLink } from './refusals10.ts';
import { edited } from './requests10.ts';
import { answer10, type Draft10, linkOf, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

type Attach = CompositeFields<'attach'>;

const anonymously = faultsIn('amqp10/anonymous-terminus/**');
const addressing = faultsIn('amqp10/{address-v2,http-management}/**');
const replying = faultsIn('amqp10/direct-reply-to/**');
const subscribing = faultsIn('amqp10/jms/**');
/** Messages without an address of their link's. */
const relayed = ['amqp10/{anonymous-terminus,address-v2,target,transaction,conversion}/**'];
/** Dynamic nodes: most checks get their queues that way. */
const everywhere = ['amqp10/**'];

const targetOf = ({ target }: Attach): string | undefined => (target?.type === 'target' ? target.address : undefined);
const sourceOf = ({ source }: Attach): string | undefined => (source?.type === 'source' ? source.address : undefined);
const isAnonymous = ({ role, target }: Attach): boolean =>
  role === 'sender' && target?.type === 'target' && target.address === undefined && target.dynamic !== true;

const wants = ({ source }: Attach, capability: string): boolean => source?.type === 'source' && source.capabilities?.includes(capability) === true;

/** What is attached to or from this address is attached to or from that one. */
function readdressed(change: (address: string) => string): FrameSeam10 {
  return request10('attach', draft => {
    const { role, source, target } = draft.fields;
    const to = targetOf(draft.fields);
    const from = sourceOf(draft.fields);
    if (role === 'sender')
      return to !== undefined && change(to) !== to && target?.type === 'target' && draft.with({ target: { ...target, address: change(to) } });
    return from !== undefined && change(from) !== from && source?.type === 'source' && draft.with({ source: { ...source, address: change(from) } });
  });
}

/** A message on a link without address, changed. */
function relayedChanged(change: (message: Message10, at: Conversation10) => Message10 | false): FrameSeam10 {
  return published10((message, at) => {
    const attach = at.link('to-server', message.channel, message.transfer.handle)?.attach['to-server'];
    return attach !== undefined && isAnonymous(attach) && change(message, at);
  });
}

const misled = (message: Message10): Message10 | false =>
  edited(message, draft => draft.properties?.to !== undefined && { ...draft, properties: { ...draft.properties, to: `${draft.properties.to}.` } });

/** The outcome that the server tells of a message with this one, told as another. */
function retold(from: DeliveryState['type'], to: DeliveryState, when: (draft: Draft10<'disposition'>) => boolean = () => true): FrameSeam10 {
  return answer10('disposition', draft => draft.fields.role === 'receiver' && draft.fields.state?.type === from && when(draft) && draft.with({ state: to }));
}

const accepted: DeliveryState = { type: 'accepted' };
const notFound = { condition: 'amqp:not-found', scope: 'detach', about: 'attach' } as const;

/** Links of capability `name` are attached as if that had not been asked for, and the client hears that it was. */
function unheeded(name: string): FrameSeam10 {
  return request10('attach', draft => {
    const { source } = draft.fields;
    if (source?.type !== 'source' || !wants(draft.fields, name)) return false;
    return draft.with({ source: { ...source, capabilities: (source.capabilities ?? []).filter(each => each !== name) } });
  });
}

/** The attach that answers tells this capability where the client wanted it. */
function claimed(name: string): FrameSeam10 {
  return remembering10(() => {
    const before = unheeded(name).start();
    const answer = answer10('attach', (draft, at) => {
      const { source } = draft.fields;
      const asked = [...at.sessions].flatMap(({ links }) => [...links]).find(link => link.name === draft.fields.name && link.attach['to-client'] === undefined);
      const wanted = asked?.attach['to-server'];
      if (source?.type !== 'source' || wanted === undefined || !wants(wanted, name)) return false;
      return draft.with({ source: { ...source, capabilities: [...new Set([...(source.capabilities ?? []), name])] } });
    }).start();
    return {
      kind: 'frames10',
      start: () => (passing, at) => {
        const one = before(passing, at);
        return one === 'pass' ? answer(passing, at) : one;
      },
    };
  });
}

/** What comes over links whose address was given for replies. */
function replied(change: (message: Message10) => Message10 | { readonly send?: never } | false): FrameSeam10 {
  return delivered10((message, at) => {
    const attach = at.link('to-client', message.channel, message.transfer.handle)?.attach['to-server'];
    return attach !== undefined && wants(attach, 'rabbitmq:volatile-queue') && change(message);
  });
}

/** The anonymous terminus. */
const anonymousFaults10 = {
  'amqp10/anonymous-terminus.attach:emit': [
    also(anonymously('refuses links without an address', refusedLink('amqp:internal-error', isAnonymous), relayed), 'amqp10/outcome/**'),
  ],
  'amqp10/anonymous-terminus.routed:emit': [anonymously('leads messages elsewhere than they say', relayedChanged(misled), relayed)],
  'amqp10/anonymous-terminus.settled:emit': [
    anonymously(
      'loses what is sent settled to no address',
      relayedChanged(message => message.transfer.settled === true && misled(message)),
      relayed,
    ),
  ],
  'amqp10/anonymous-terminus.unroutable-rejected:enforce': [
    anonymously('accepts what leads nowhere', retold('rejected', accepted), [
      'amqp10/{anonymous-terminus,address-v2,error,disposition,outcome,transaction,target,message}/**',
    ]),
  ],
  'amqp10/anonymous-terminus.unroutable-detached:enforce': [
    anonymously('says nothing of what leads nowhere', unpunished10({ condition: 'amqp:not-found', scope: 'detach', about: 'transfer' }), relayed),
  ],
  'amqp10/anonymous-terminus.delivery-tag:emit': [
    anonymously(
      'does not tell which message led nowhere',
      answer10('detach', draft => {
        const { error } = draft.fields;
        if (error?.info === undefined) return false;
        const { info: _, ...rest } = error;
        return draft.with({ error: rest });
      }),
      relayed,
    ),
  ],
  'amqp10/anonymous-terminus.unroutable-in-transaction:enforce': [
    anonymously(
      'commits although a message led nowhere',
      retold('rejected', accepted, ({ fields }) => fields.settled === true),
      ['amqp10/{anonymous-terminus,address-v2,error,disposition,outcome,transaction,target,message}/**'],
    ),
  ],
  'amqp10/anonymous-terminus.no-to:enforce': [
    anonymously(
      'accepts a message that says nothing of where it goes',
      retold('rejected', accepted, ({ fields }) => fields.state?.type === 'rejected' && fields.state.error?.condition !== 'amqp:not-found'),
      ['amqp10/{anonymous-terminus,address-v2,error,disposition,outcome,transaction,target,message}/**'],
    ),
  ],
} as const satisfies FaultTable;

/** Addresses by kind and name. */
const addressFaults10 = {
  'amqp10/address-v2.queue-target:emit': [
    also(
      addressing(
        'takes the address of a queue for its name',
        request10('attach', draft => {
          const { target } = draft.fields;
          const to = targetOf(draft.fields);
          return (
            draft.fields.role === 'sender' &&
            to?.startsWith('/queues/') === true &&
            target?.type === 'target' &&
            draft.with({ target: { ...target, address: `queues.${to.slice(8)}` } })
          );
        }),
        desks10,
      ),
      'amqp10/error/**',
    ),
  ],
  'amqp10/address-v2.queue-source:emit': [
    also(
      addressing(
        'takes the address of a queue to receive from for its name',
        request10('attach', draft => {
          const { source } = draft.fields;
          const from = sourceOf(draft.fields);
          return (
            draft.fields.role === 'receiver' &&
            from?.startsWith('/queues/') === true &&
            source?.type === 'source' &&
            draft.with({ source: { ...source, address: `queues.${from.slice(8)}` } })
          );
        }),
        desks10,
      ),
      'amqp10/error/**',
    ),
  ],
  'amqp10/address-v2.queue-missing:enforce': [
    addressing('tells an internal error of a queue that is not there', misconditioned('amqp:internal-error', notFound), everywhere),
  ],
  'amqp10/address-v2.exchange-key:emit': [
    addressing(
      'publishes with another key than the address has',
      readdressed(address => (/^\/exchanges\/[^/]+\/./.test(address) ? `${address}.` : address)),
    ),
  ],
  'amqp10/address-v2.exchange:emit': [
    addressing(
      'publishes with a key where the address has none',
      readdressed(address => (/^\/exchanges\/[^/]+$/.test(address) ? `${address}/key` : address)),
    ),
  ],
  'amqp10/address-v2.exchange-missing:enforce': [
    addressing('tells an internal error of an exchange that is not there', misconditioned('amqp:internal-error', notFound), everywhere),
  ],
  'amqp10/address-v2.default-exchange:enforce': [
    addressing(
      'leads to the default exchange by its address',
      readdressed(address => (address.startsWith('/exchanges//') ? '/exchanges/amq.direct/key' : address)),
    ),
  ],
  'amqp10/address-v2.percent-encoded:emit': [
    addressing(
      'takes names as they stand in an address',
      readdressed(address => (address.startsWith('/') ? address.replaceAll('%', '%25') : address)),
    ),
  ],
  'amqp10/address-v2.percent-encoded:enforce': [
    addressing(
      'takes an address that is not percent-encoded',
      readdressed(address => (address.includes('%zz') ? '/exchanges/amq.direct/key' : address)),
    ),
  ],
  'amqp10/address-v2.null-target:emit': [
    addressing(
      'does not know these addresses in to',
      relayedChanged(message => toOf(message)?.startsWith('/') === true && misled(message)),
      relayed,
    ),
    addressing('sends to the exchange of the message before with the same key as that', sameAddress(), ['amqp10/properties/routing']),
  ],
  'amqp10/address-v2.unroutable:enforce': [
    addressing('accepts what an exchange routes to no queue', retold('released', accepted), [
      'amqp10/{address-v2,http-management,target,outcome,disposition,message,direct-reply-to,transaction}/**',
    ]),
  ],
  'amqp10/address-v2.one-queue-rejects:emit': [
    addressing('accepts what one of several queues rejects', retold('rejected', accepted), [
      'amqp10/{anonymous-terminus,address-v2,error,disposition,outcome,transaction,target,message}/**',
    ]),
  ],
  'amqp10/address-v2.further-keys:emit': [
    addressing(
      'does not look for further keys',
      published10(message =>
        edited(message, draft => draft.messageAnnotations?.some(([key]) => key === 'x-cc') === true && { ...draft, messageAnnotations: [] }),
      ),
      ['amqp10/{address-v2,message,conversion}/**'],
    ),
  ],
} as const satisfies FaultTable;

function toOf({ payload }: Message10): string | undefined {
  const message = decodeMessage(payload);
  return isViolation(message) ? undefined : message.properties?.to;
}

/** Replies. */
const replyFaults10 = {
  'amqp10/direct-reply-to.address:emit': [
    replying(
      'tells no address for replies',
      answer10('attach', draft => {
        const { source } = draft.fields;
        return (
          source?.type === 'source' &&
          source.capabilities?.includes('rabbitmq:volatile-queue') === true &&
          draft.with({ source: { ...source, address: undefined } })
        );
      }),
    ),
  ],
  'amqp10/direct-reply-to.delivered:emit': [
    replying(
      'delivers replies unsettled',
      replied(message => message.with({ settled: undefined })),
    ),
    replying(
      'loses replies',
      replied(() => ({})),
    ),
  ],
  'amqp10/direct-reply-to.gone:emit': [
    replying('keeps replies until there is credit for them', claimed('rabbitmq:volatile-queue')),
    replying('detaches whoever replies to a requester without credit', retold('accepted', { type: 'rejected' }), everywhere),
  ],
  'amqp10/direct-reply-to.unguessable:emit': [replying('lets others receive from the address for replies', stolenReplies())],
  'amqp10/request-response.correlation:emit': [
    faultsIn('amqp10/{request-response,message,conversion,link-pair,http-management,cbs,management,direct-reply-to}/**')(
      'loses the correlation-id of messages',
      delivered10(message =>
        edited(message, draft => {
          if (draft.properties?.correlationId === undefined) return false;
          const { correlationId: _, ...properties } = draft.properties;
          return { ...draft, properties };
        }),
      ),
      everywhere,
    ),
  ],
  'amqp10/request-response.dynamic-reply:emit': [
    also(
      faultsIn('amqp10/request-response/**')(
        'takes no messages of others for a dynamic source',
        request10('attach', draft => {
          const { target } = draft.fields;
          const others =
            draft.fields.role === 'sender' &&
            target?.type === 'target' &&
            target.address?.startsWith('dynamic.') === true &&
            !target.address.includes('-nodes');
          return others && draft.with({ target: { ...target, address: `${target.address}'` } });
        }),
        ['amqp10/{request-response,jms,source,target,attach}/**'],
      ),
      'amqp10/{dynamic,transaction}/**',
    ),
  ],
} as const satisfies FaultTable;

/** A source that names the address for replies of another is given one of its own. */
function stolenReplies(): FrameSeam10 {
  return request10('attach', draft => {
    const { source } = draft.fields;
    const stolen = draft.fields.role === 'receiver' && source?.type === 'source' && source.address?.includes('reply-to') === true;
    return stolen && source?.type === 'source' && draft.with({ source: { type: 'source', dynamic: true } });
  });
}

/** Topics and temporary queues. */
const jmsFaults10 = {
  'amqp10/jms.shared-subscription:emit': [
    subscribing(
      'gives each link of a shared subscription one of its own',
      request10('attach', draft => wants(draft.fields, 'shared') && draft.with({ name: draft.fields.name.replaceAll('|', '-') })),
    ),
  ],
  'amqp10/jms.durable-subscription:emit': [
    subscribing(
      'forgets a durable subscription when its link is detached',
      request10('detach', (draft, at) => {
        const attach = linkOf(draft, at)?.attach['to-server'];
        return attach !== undefined && wants(attach, 'topic') && draft.fields.closed !== true && draft.with({ closed: true });
      }),
    ),
    subscribing(
      'keeps a durable subscription that is closed',
      request10('detach', (draft, at) => {
        const attach = linkOf(draft, at)?.attach['to-server'];
        return attach !== undefined && wants(attach, 'topic') && draft.fields.closed === true && draft.with({ closed: undefined });
      }),
    ),
  ],
  'amqp10/jms.volatile-subscription:emit': [
    subscribing(
      'gives nothing to the second subscription of a topic',
      request10('attach', (draft, at) => {
        const { source } = draft.fields;
        const alone = source?.type === 'source' && wants(draft.fields, 'topic') && !wants(draft.fields, 'shared');
        return alone && at.connection % 2 === 0 && draft.with({ source: { ...source, address: `${source.address}.other` } });
      }),
    ),
  ],
  'amqp10/jms.subscription-in-use:enforce': [
    also(
      subscribing('lets the former link of a subscription stand', unpunished10({ condition: ['amqp:link:stolen', 'amqp:resource-locked'] }), [
        'amqp10/{jms,attach,link,resume,http-management,error,source}/**',
      ]),
      'amqp10/{detach,sole-connection}/**',
    ),
  ],
  'amqp10/jms.global-subscription:emit': [subscribing('gives each container a global subscription of its own', claimed('global'))],
  'amqp10/jms.temporary-queue-owner:enforce': [subscribing('lets everybody receive from a temporary queue', claimed('temporary-queue'))],
} as const satisfies FaultTable;

/** Where messages go. */
export const routingFaults10 = { ...anonymousFaults10, ...addressFaults10, ...replyFaults10, ...jmsFaults10 } as const satisfies FaultTable;

/** On links without address, what is for the same exchange as the last message to one goes where that went. */
function sameAddress(): FrameSeam10 {
  return remembering10(() => {
    let last = '';
    return relayedChanged(message => {
      const to = toOf(message);
      if (to?.startsWith('/exchanges/') !== true) return false;
      const before = last;
      last = to;
      const same = before.startsWith(to.slice(0, to.lastIndexOf('/') + 1));
      return same && before !== to && edited(message, draft => ({ ...draft, properties: { ...draft.properties, to: before } }));
    });
  });
}
