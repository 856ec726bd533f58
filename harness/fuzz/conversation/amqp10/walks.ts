import { type AmqpAttach, type AmqpFlow, type AmqpSource, type AmqpTarget, type AmqpTransfer, describedOf, encodeMessage } from '../../../wire/amqp10/codec.ts';
import { numberMarker, octetsMarker, textMarker } from './hole.ts';
import { closing, login, opened, opening } from './opening-walk.ts';
import { type Script, windowMax } from './script.ts';

/** A legal way through the tables. */
export type Walk = (script: Script) => void;

const outcomes = ['amqp:accepted:list', 'amqp:rejected:list', 'amqp:released:list', 'amqp:modified:list'];

/** Begins a session; where it is waited for, behind that. */
export function begin(script: Script, channel = 0): void {
  script.say(
    { type: 'begin', nextOutgoingId: script.firstId, incomingWindow: windowMax, outgoingWindow: windowMax, handleMax: 255 },
    { channel, awaits: channel > 0 || script.setting.pipelined !== true ? opened(script) : [] },
  );
  script.now({ session: 'BEGIN_SENT' });
}

export function sayFlow(script: Script, more: Partial<AmqpFlow>, channel = 0, awaits: readonly string[] = []): void {
  const { fields, hole } = script.flow(channel);
  script.say({ type: 'flow', ...fields, ...more }, { channel, awaits, ...(hole && { hole }) });
}

/** Ends with an echo that shows the session to be well, and its end. */
function ending(script: Script, channel = 0): void {
  if (!script.begun) awaitBegin(script, channel);
  else sayFlow(script, { echo: true }, channel);
  if (!script.oneIn(3)) {
    script.say({ type: 'end' }, { channel, awaits: script.begun && script.oneIn(2) ? ['flow'] : [] });
    script.now({ session: 'END_SENT', link: '', delivery: '' });
  }
  closing(script);
}

/** The begin is waited for with the next thing that is said. */
function awaitBegin(script: Script, channel: number): void {
  script.begun = true;
  sayFlow(script, { echo: true }, channel, ['begin']);
  script.now({ connection: 'OPENED', session: 'MAPPED' });
}

/** Attaches a link and says how far the state has come. */
export function attach(script: Script, fields: Partial<AmqpAttach> & Pick<AmqpAttach, 'role'>, channel = 0): void {
  const { handle = 0, role } = fields;
  const initial = role === 'sender' ? { initialDeliveryCount: 0 } : {};
  script.say({ type: 'attach', name: `${script.name}.${channel}.${handle}`, handle, ...initial, ...fields }, { channel });
  script.now({ link: `ATTACH_SENT ${role}` });
}

const target = (script: Script): AmqpTarget => ({ type: 'target', address: script.setting.queue });
const source = (script: Script): AmqpSource => ({ type: 'source', address: script.setting.queue, outcomes });

export function attachSender(script: Script, fields: Partial<AmqpAttach> = {}, channel = 0): void {
  attach(script, { role: 'sender', source: { type: 'source', outcomes }, target: target(script), ...fields }, channel);
}

export function attachReceiver(script: Script, fields: Partial<AmqpAttach> = {}, channel = 0): void {
  attach(script, { role: 'receiver', source: source(script), target: { type: 'target' }, ...fields }, channel);
}

function message(script: Script): Uint8Array {
  const { random } = script;
  const value = Buffer.alloc(random.pick([0, 1, 16, 300]), 0x61);
  const properties = random.oneIn(2) ? { properties: { messageId: { type: 'string' as const, value: script.name }, to: script.setting.queue } } : {};
  return encodeMessage({ header: { durable: random.oneIn(4), ttl: 5000 }, ...properties, body: { type: 'data', value: [value] } });
}

/** Sends a delivery on a handle: whole, or in several frames. `awaits` is what gives credit. */
export function deliver(
  script: Script,
  payload: Uint8Array,
  { handle = 0, channel = 0, awaits = [], ...fields }: Partial<AmqpTransfer> & { readonly channel?: number; readonly awaits?: readonly string[] } = {},
): void {
  const parts = script.oneIn(3) ? 2 + script.random.below(3) : 1;
  const id = script.nextDeliveryId();
  const size = Math.ceil(payload.length / parts);
  for (let part = 0; part < parts; part += 1) {
    const more = part < parts - 1;
    const first = part === 0 ? { deliveryId: id, deliveryTag: Buffer.from(`${script.name}.${id}`).subarray(-32), messageFormat: 0, ...fields } : {};
    script.say(
      { type: 'transfer', handle, ...first, ...(more && { more }) },
      { channel, payload: payload.subarray(part * size, (part + 1) * size), awaits: part === 0 ? awaits : [] },
    );
    script.now({ delivery: more ? 'transfer:more' : 'transfer' });
  }
}

/** The peer has answered the attach of a sender and given credit. */
function credited(script: Script): readonly string[] {
  script.begun = true;
  script.now({ connection: 'OPENED', session: 'MAPPED', link: 'ATTACHED sender' });
  return ['credit'];
}

function detach(script: Script, handle: number, awaits: readonly string[] = []): void {
  script.say({ type: 'detach', handle, closed: !script.oneIn(4) }, { awaits });
  script.now({ link: 'DETACH_SENT', delivery: '' });
}

const walkLogin: Walk = script => {
  login(script);
  opening(script);
  closing(script);
};

const walkSessions: Walk = script => {
  login(script);
  opening(script);
  const count = 1 + script.random.below(3);
  for (let channel = 0; channel < count; channel += 1) begin(script, channel);
  ending(script, count - 1);
};

const walkSend: Walk = script => {
  login(script);
  opening(script);
  begin(script);
  const settled = script.oneIn(3);
  attachSender(script, settled && script.oneIn(2) ? { sndSettleMode: 'settled' } : {});
  const awaits = credited(script);
  for (let left = 1 + script.random.below(3), first = true; left > 0; left -= 1, first = false) {
    deliver(script, message(script), { ...(settled && { settled }), awaits: first ? awaits : [] });
  }
  if (!script.oneIn(3)) detach(script, 0, settled ? [] : ['outcome']);
  ending(script);
};

/** Messages of a conversation come back to it alone where its node is its own. */
const walkReceive: Walk = script => {
  login(script);
  opening(script);
  begin(script);
  attachSender(script);
  const awaits = credited(script);
  deliver(script, message(script), { awaits });
  script.now({ delivery: 'unsettled' });
  attachReceiver(script, { handle: 1 });
  sayFlow(script, { handle: 1, linkCredit: 1 + script.random.below(3), ...(script.oneIn(2) && { drain: false }) });
  script.now({ link: 'ATTACHED receiver', delivery: 'credit' });
  const state = script.random.pick([{ type: 'accepted' }, { type: 'released' }, { type: 'rejected' }, { type: 'modified', deliveryFailed: true }] as const);
  script.say(
    { type: 'disposition', role: 'receiver', first: numberMarker, settled: true, state },
    { awaits: ['delivery'], hole: { name: 'delivery-id', kind: 'number' } },
  );
  script.now({ delivery: 'disposed' });
  if (script.oneIn(2)) detach(script, 1);
  ending(script);
};

const walkDrain: Walk = script => {
  login(script);
  opening(script);
  begin(script);
  attach(script, { role: 'receiver', source: { type: 'source', dynamic: true, expiryPolicy: 'link-detach', timeout: 0 }, target: { type: 'target' } });
  sayFlow(script, { handle: 0, linkCredit: 10 });
  script.begun = true;
  sayFlow(script, { handle: 0, linkCredit: 10, deliveryCount: 0, drain: true, echo: true }, 0, ['attach']);
  script.now({ connection: 'OPENED', session: 'MAPPED', link: 'ATTACHED receiver', delivery: 'drain' });
  ending(script);
};

const walkCoordinator: Walk = script => {
  login(script);
  opening(script);
  begin(script);
  attach(script, {
    role: 'sender',
    source: { type: 'source', outcomes: [...outcomes, 'amqp:declared:list'] },
    target: { type: 'coordinator', capabilities: ['amqp:local-transactions'] },
  });
  const awaits = credited(script);
  script.now({ link: 'ATTACHED coordinator' });
  ask(script, encodeMessage({ body: { type: 'amqp-value', value: describedOf({ type: 'declare' }) } }), awaits);
  script.now({ delivery: 'declare' });
  const discharge = encodeMessage({ body: { type: 'amqp-value', value: describedOf({ type: 'discharge', txnId: octetsMarker, fail: script.oneIn(2) }) } });
  script.say(
    { type: 'transfer', handle: 0, deliveryId: script.nextDeliveryId(), deliveryTag: Buffer.from('discharge'), messageFormat: 0 },
    { payload: discharge, awaits: ['outcome'], hole: { name: 'txn-id', kind: 'text' } },
  );
  script.now({ delivery: 'discharge' });
  ending(script);
};

function ask(script: Script, payload: Uint8Array, awaits: readonly string[]): void {
  script.say({ type: 'transfer', handle: 0, deliveryId: script.nextDeliveryId(), deliveryTag: Buffer.from('declare'), messageFormat: 0 }, { payload, awaits });
}

/** A node of the peer's naming, sent to by the name that it gave. */
const walkDynamic: Walk = script => {
  login(script);
  opening(script);
  begin(script);
  attach(script, { role: 'receiver', source: { type: 'source', dynamic: true, expiryPolicy: 'link-detach', outcomes }, target: { type: 'target' } });
  script.now({ link: 'ATTACH_SENT dynamic' });
  script.say(
    {
      type: 'attach',
      name: `${script.name}.back`,
      handle: 1,
      role: 'sender',
      initialDeliveryCount: 0,
      source: { type: 'source', outcomes },
      target: { type: 'target', address: textMarker },
    },
    { awaits: ['attach'], hole: { name: 'address', kind: 'text' } },
  );
  const awaits = credited(script);
  deliver(script, message(script), { handle: 1, awaits });
  sayFlow(script, { handle: 0, linkCredit: 5, deliveryCount: 0 }, 0);
  script.now({ link: 'ATTACHED dynamic', delivery: 'credit' });
  ending(script);
};

/** By name, as often as its weight says. */
export const walks: Readonly<Record<string, { readonly weight: number; readonly walk: Walk }>> = {
  login: { weight: 3, walk: walkLogin },
  sessions: { weight: 3, walk: walkSessions },
  send: { weight: 6, walk: walkSend },
  receive: { weight: 4, walk: walkReceive },
  drain: { weight: 2, walk: walkDrain },
  coordinator: { weight: 2, walk: walkCoordinator },
  dynamic: { weight: 2, walk: walkDynamic },
};
