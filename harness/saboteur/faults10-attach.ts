import type { AmqpAttach } from '../wire/amqp10/codec.ts';
import { misconditioned, rescoped, unpunished10 } from './departures10.ts';
import type { Conversation10, FrameSeam10, LinkSeen } from './fault10.ts';
import { lastChannel, lastIs, pardoned, spoilt, wordless } from './pardons10.ts';
import { refusedLink, refusedSession } from './refusals10.ts';
import { answer10, type Draft10, either10, frames10, later10, linkOf, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const attaching = faultsIn('amqp10/attach/**');
const detaching = faultsIn('amqp10/detach/**');
const everywhere = ['amqp10/**'];

/** Of a handle that a peer takes who does not take the lowest. */
const highHandle = 4;

/** The client's attach that this one of the server answers. */
function asked(draft: Draft10<'attach'>, at: Conversation10): AmqpAttach | undefined {
  const links: Iterable<LinkSeen> = at.session('to-client', draft.channel)?.links ?? [];
  const goes = draft.fields.role === 'sender' ? 'to-client' : 'to-server';
  return [...links].find(({ name, transfersGo }) => name === draft.fields.name && transfersGo === goes)?.attach['to-server'];
}

/** Whether the server refuses the link by this attach. */
const refuses = ({ fields }: Draft10<'attach'>): boolean => (fields.role === 'sender' ? fields.source : fields.target) === undefined;

const hasHandle = ({ handle }: { readonly handle: number }, at: Conversation10): boolean =>
  [...(at.session('to-server', lastChannel(at))?.links ?? [])].filter(link => link.handles['to-server'] === handle).length > 1;

/** Attach: names, handles, and what the ends tell of each other. */
export const attachFaults10 = {
  'amqp10/2.6.1.unique-name:emit': [
    attaching(
      'takes a link for the one of the same name in the other direction',
      refusedLink('amqp:illegal-state', (attach, at) => sameName(attach, at)),
      everywhere,
    ),
  ],
  'amqp10/2.6.1.stolen:enforce': [
    detaching('lets the former attachment of a link stand', unpunished10({ condition: 'amqp:link:stolen' })),
    detaching('detaches the former attachment of a link by force, not as stolen', misconditioned('amqp:link:detach-forced', { condition: 'amqp:link:stolen' })),
    detaching('ends the session of the former attachment of a link', rescoped('end', { condition: 'amqp:link:stolen' })),
  ],
  'amqp10/2.6.1.long-name:emit': [
    attaching(
      'refuses a link whose name is longer than 255 octets',
      refusedLink('amqp:invalid-field', ({ name }) => name.length > 255),
    ),
  ],
  'amqp10/2.6.2.handles-independent:emit': [
    attaching(
      'goes on with the handle of its peer in place of its own',
      answer10(['flow', 'transfer', 'detach'], (draft, at) => {
        const theirs = linkOf(draft, at)?.handles['to-server'];
        return theirs !== undefined && theirs !== draft.fields.handle && draft.with({ handle: theirs });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.6.2.handle-reused:emit': [attaching('refuses a link whose handle another had before', reusedRefused(), everywhere)],
  'amqp10/2.6.3.attach-answered:emit': [
    attaching(
      'answers an attach under another name',
      answer10('attach', draft => draft.with({ name: `${draft.fields.name}'` })),
      everywhere,
    ),
    attaching(
      'answers an attach in the same role',
      answer10('attach', draft => draft.with({ role: draft.fields.role === 'sender' ? 'receiver' : 'sender', initialDeliveryCount: 0 })),
      everywhere,
    ),
    attaching(
      'does not answer an attach',
      answer10('attach', draft => draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp10/2.6.3.refused:emit': [
    attaching(
      'refuses a link by a detach alone',
      answer10('attach', draft => refuses(draft) && draft.swallowed()),
      everywhere,
    ),
    attaching(
      'tells a terminus where it refuses a link',
      answer10(
        'attach',
        (draft, at) =>
          refuses(draft) && draft.with(draft.fields.role === 'sender' ? { source: asked(draft, at)?.source } : { target: asked(draft, at)?.target }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.6.3.adjusted:emit': [
    also(
      attaching(
        'tells the terminus as it was asked for, not as it is',
        answer10('attach', (draft, at) => {
          const wanted = asked(draft, at);
          if (wanted === undefined || refuses(draft)) return false;
          return draft.with(draft.fields.role === 'sender' ? { source: wanted.source } : { target: wanted.target });
        }),
        ['amqp10/{attach,source,target,filter,resume}/**'],
      ),
      'amqp10/{dynamic,request-response,terminus,transaction}/**',
    ),
  ],
  'amqp10/2.6.3.not-preempted:emit': [
    also(
      attaching(
        'refuses a link for a filter that it does not know',
        refusedLink('amqp:not-implemented', ({ source }) => source?.type === 'source' && (source.filter ?? []).length > 0),
        ['amqp10/{attach,source,filter}/**'],
      ),
      'amqp10/terminus/**',
    ),
  ],
  'amqp10/2.6.3.authority:emit': [
    attaching(
      'attaches to the node of an earlier link, whatever the address',
      request10('attach', (draft, at) => {
        const { source } = draft.fields;
        const earlier = [...(at.session('to-server', draft.channel)?.links ?? [])].map(({ attach }) => attach['to-server']?.target);
        const other = earlier.find(each => each?.type === 'target' && each.address !== undefined);
        return (
          source?.type === 'source' && source.address !== undefined && other?.type === 'target' && draft.with({ source: { ...source, address: other.address } })
        );
      }),
      everywhere,
    ),
  ],
  'amqp10/2.6.3.recovered:emit': [
    attaching(
      'makes a terminus up for a link that nobody knows',
      answer10('attach', (draft, at) => {
        const wanted = asked(draft, at);
        if (wanted === undefined || !refuses(draft)) return false;
        if (draft.fields.role === 'sender') return wanted.source === undefined && draft.with({ source: { type: 'source', address: 'made-up' } });
        return wanted.target === undefined && draft.with({ target: { type: 'target', address: 'made-up' } });
      }),
      ['amqp10/{attach,resume}/**'],
    ),
  ],
  'amqp10/2.7.3.mandatory:emit': [
    attaching(
      'attaches without a role',
      answer10('attach', draft => draft.lacking('role')),
      everywhere,
    ),
  ],
  'amqp10/2.7.3.mandatory:enforce': [also(attaching('takes an attach that lacks what is mandatory', pardoned(spoilt('attach'))), 'amqp10/{terminus,types}/**')],
  'amqp10/2.7.3.handle-in-use:emit': [
    attaching(
      'attaches with the handle of its first link where that of its peer is a high one',
      answer10('attach', (draft, at) => {
        if ((asked(draft, at)?.handle ?? 0) < highHandle) return false;
        const links: Iterable<LinkSeen> = at.session('to-client', draft.channel)?.links ?? [];
        const first = [...links].find(link => link.handles['to-client'] !== undefined && !link.detached['to-client'])?.handles['to-client'];
        return first !== undefined && first !== draft.fields.handle && draft.with({ handle: first });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.7.3.handle-in-use:enforce': [
    attaching(
      'overlooks an attach with a handle that is in use',
      request10('attach', (draft, at) => at.link('to-server', draft.channel, draft.fields.handle) !== undefined && draft.swallowed()),
    ),
    attaching('tells illegal-state where a handle is in use', misconditioned('amqp:illegal-state', { when: lastIs('attach', hasHandle) })),
  ],
  'amqp10/2.7.3.lowest-handle:emit': [attaching('takes high handles', highHandles(500), everywhere)],
  'amqp10/2.7.3.settle-mode-defaults:emit': [
    attaching(
      'takes an attach without settle modes for one whose sender settles nothing by itself',
      request10('attach', draft => draft.fields.role === 'sender' && draft.fields.sndSettleMode === undefined && draft.with({ sndSettleMode: 'unsettled' })),
      everywhere,
    ),
  ],
  'amqp10/2.7.3.settle-mode-told:emit': [
    also(
      attaching(
        'tells the settle mode that was wished for, whatever it does',
        answer10('attach', (draft, at) => {
          const wanted = asked(draft, at);
          if (wanted === undefined || (wanted.sndSettleMode === undefined && wanted.rcvSettleMode === undefined)) return false;
          return draft.fields.role === 'sender'
            ? draft.with({ sndSettleMode: swapped(wanted.sndSettleMode) })
            : draft.with({ rcvSettleMode: wanted.rcvSettleMode === 'second' ? 'first' : 'second' });
        }),
        ['amqp10/{attach,transfer,disposition,resume}/**'],
      ),
      'amqp10/{address-v2,expiry,http-management,link-pair,outcome,terminus}/**',
    ),
  ],
  'amqp10/2.7.3.no-source:emit': [
    attaching(
      'answers a link without source with a source of its own',
      answer10(
        'attach',
        (draft, at) =>
          draft.fields.role === 'sender' && asked(draft, at)?.source === undefined && draft.with({ source: { type: 'source', address: 'anything' } }),
      ),
      ['amqp10/{attach,source}/**'],
    ),
  ],
  'amqp10/2.7.3.no-target:emit': [
    attaching(
      'answers a link without target with a target of its own',
      answer10(
        'attach',
        (draft, at) =>
          draft.fields.role === 'receiver' && asked(draft, at)?.target === undefined && draft.with({ target: { type: 'target', address: 'anything' } }),
      ),
      ['amqp10/{attach,target}/**'],
    ),
  ],
  'amqp10/2.7.3.initial-delivery-count:emit': [
    attaching(
      'attaches as a sender without initial-delivery-count',
      later10(answer10('attach', draft => draft.fields.role === 'sender' && draft.with({ initialDeliveryCount: undefined }))),
      everywhere,
    ),
  ],
  'amqp10/2.7.3.initial-delivery-count:enforce': [
    attaching(
      'takes a sender without initial-delivery-count',
      request10(
        'attach',
        draft => draft.fields.role === 'sender' && draft.fields.initialDeliveryCount === undefined && draft.with({ initialDeliveryCount: 0 }),
      ),
    ),
  ],
  'amqp10/2.7.3.max-message-size:emit': [
    attaching(
      'forgets the max-message-size of a receiver',
      request10('attach', draft => draft.fields.role === 'receiver' && draft.fields.maxMessageSize !== undefined && draft.with({ maxMessageSize: undefined })),
    ),
  ],
  'amqp10/2.7.3.max-message-size:enforce': [
    attaching('takes messages above its max-message-size', unpunished10({ condition: 'amqp:link:message-size-exceeded' })),
    attaching('detaches with not-allowed where a message is too large', misconditioned('amqp:not-allowed', { condition: 'amqp:link:message-size-exceeded' })),
    attaching('ends the session where a message is too large', rescoped('end', { condition: 'amqp:link:message-size-exceeded' })),
  ],
  'amqp10/2.7.3.max-message-size-none:emit': [
    attaching(
      'takes a max-message-size of zero for a limit',
      refusedLink('amqp:link:message-size-exceeded', ({ maxMessageSize }) => maxMessageSize === 0n),
    ),
  ],
  'amqp10/2.7.3.capabilities:emit': [
    attaching(
      'refuses a link for which a capability is desired',
      refusedLink('amqp:not-implemented', ({ desiredCapabilities = [] }) => desiredCapabilities.length > 0),
      everywhere,
    ),
  ],
} as const satisfies FaultTable;

/** Detach, and what follows it. */
export const detachFaults10 = {
  'amqp10/2.6.4.detach-sent:emit': [
    detaching(
      'does not answer a detach',
      answer10('detach', (draft, at) => clientDetached(draft, at) && draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp10/2.6.4.reattached:emit': [
    detaching('refuses a link that was detached before', againRefused(), everywhere),
    detaching('refuses a link that was detached twice before', againRefused(2), ['amqp10/{resume/**,properties/links}']),
  ],
  'amqp10/2.6.5.detach-with-error:emit': [
    detaching('ends the session where a link fails', rescoped('end', { scope: 'detach' }), everywhere),
    detaching(
      'detaches over an error without naming it',
      answer10('detach', draft => draft.fields.error !== undefined && draft.with({ error: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.6.5.errant-link:enforce': [
    detaching('overlooks frames of a link that it has detached with an error', unpunished10({ condition: 'amqp:session:errant-link' })),
    detaching('tells unattached-handle where a link is errant', misconditioned('amqp:session:unattached-handle', { condition: 'amqp:session:errant-link' })),
  ],
  'amqp10/2.6.5.pipelined-attach:enforce': [
    detaching('overlooks an attach sent before the detach was answered', unpunished10({ condition: 'amqp:session:errant-link', about: 'attach' })),
  ],
  'amqp10/2.6.6.close-answered:emit': [
    detaching(
      'answers a detach that closes with one that does not',
      answer10('detach', (draft, at) => clientDetached(draft, at) && draft.fields.closed === true && draft.with({ closed: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.7.7.handle:emit': [
    detaching(
      'detaches without a handle',
      answer10('detach', draft => draft.lacking('handle')),
      everywhere,
    ),
  ],
  'amqp10/2.7.7.handle:enforce': [detaching('takes a detach without a handle', pardoned(spoilt('detach')), ['amqp10/{detach,error}/**'])],
  'amqp10/2.7.7.closed-default:emit': [
    detaching(
      'takes every detach for one that closes',
      request10('detach', draft => draft.fields.closed !== true && draft.with({ closed: true })),
      everywhere,
    ),
  ],
  'amqp10/2.7.7.error-details:emit': [detaching('detaches without a word of explanation', wordless('detach'), everywhere)],
} as const satisfies FaultTable;

const swapped = (mode: AmqpAttach['sndSettleMode']): AmqpAttach['sndSettleMode'] => (mode === 'settled' ? 'unsettled' : 'settled');

function sameName(attach: AmqpAttach, at: Conversation10): boolean {
  const goes = attach.role === 'sender' ? 'to-server' : 'to-client';
  return [...at.sessions].some(session => [...session.links].some(link => link.name === attach.name && link.transfersGo !== goes));
}

function clientDetached(draft: Draft10<'detach'>, at: Conversation10): boolean {
  return linkOf(draft, at)?.detached['to-server'] === true;
}

/** Ends a session whose client attaches with a handle that another link had. */
function reusedRefused(): FrameSeam10 {
  return remembering10(() => {
    const used = new Set<string>();
    const noting = request10('detach', draft => {
      used.add(`${draft.channel} ${draft.fields.handle}`);
      return false;
    });
    return either10(
      noting,
      refusedSession('amqp:session:handle-in-use', 'attach', ({ channel, fields }) => used.has(`${channel} ${fields.handle}`)),
    );
  });
}

/** Refuses a link of a name that was detached and not closed so often. */
function againRefused(times = 1): FrameSeam10 {
  return remembering10(() => {
    const left = new Map<string, number>();
    const noting = request10('detach', (draft, at) => {
      const link = linkOf(draft, at);
      if (link !== undefined && draft.fields.closed !== true) left.set(link.name, (left.get(link.name) ?? 0) + 1);
      return false;
    });
    return either10(
      noting,
      refusedLink('amqp:illegal-state', ({ name }) => (left.get(name) ?? 0) >= times),
    );
  });
}

/** All frames of the server's links have handles further up. */
function highHandles(by: number): FrameSeam10 {
  return frames10((seen, at) => {
    if (seen.direction !== 'to-client' || seen.what !== 'frame' || seen.frame.type !== 'amqp') return 'pass';
    const { performative } = seen.frame;
    if (performative === undefined || !('handle' in performative) || performative.handle === undefined) return 'pass';
    const most = at.session('to-client', seen.channel)?.begin['to-server']?.handleMax ?? 0xffffffff;
    return performative.handle + by > most ? 'pass' : { send: [{ ...seen.frame, performative: { ...performative, handle: performative.handle + by } }] };
  });
}
