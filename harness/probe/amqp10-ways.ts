import type { AmqpValue } from '../wire/amqp10/codec.ts';
import type { Desk } from './amqp10-desk.ts';
import { mapOf10, plain } from './amqp10-http.ts';
import { givenNodes } from './amqp10-lent.ts';
import { type NodeFacts, noNodes, type Provided, type Provisioner, provisioners, type QueueHook } from './node-facts.ts';

/** One way to a queue, on connections of the desk. */
export interface Way {
  readonly name: Provisioner;
  /** What addresses look like there, `{queue}` standing for a name. */
  readonly form: string;
  /** `holder`: who is to have it, and may have others already. */
  make(desk: Desk, holder?: object): Promise<Provided>;
}

const bare = '{queue}';
export const forms = ['/queues/{queue}', bare] as const;

/** What the user offers comes first, whatever else is known of the target. */
function withAsked(order: readonly Provisioner[], given: readonly string[], hook: QueueHook | undefined): readonly Provisioner[] {
  const asked: readonly Provisioner[] = [...(given.length === 0 ? [] : (['address'] as const)), ...(hook === undefined ? [] : (['hook'] as const))];
  return [...asked, ...order.filter(each => !asked.includes(each))];
}

/** The ways to a queue that this target may know, in their order. */
export function waysTo({ provisioners: order = provisioners, address, capability, given = [], hook }: NodeFacts): readonly Way[] {
  const own: readonly string[] = address === undefined ? forms : [address];
  const made: Readonly<Record<Provisioner, readonly Way[]>> = {
    address: given.length === 0 ? [] : [givenNodes(given, address ?? bare)],
    attach: own.toReversed().map(form => attachedNodes(form, capability)),
    dynamic: [dynamicNodes(address ?? bare)],
    management: own.map(managedNodes),
    'http-management': own.map(httpNodes),
    amqp091: own.map(declaredNodes),
    hook: hook === undefined ? [] : (hook.address === undefined ? own : [hook.address]).map(form => hookedNodes(form, hook)),
  };
  return withAsked(order, given, hook).flatMap(each => made[each]);
}

/** Comes into being as a link is attached to it, and is left to the target's own housekeeping. */
const attachedNodes = (form: string, capability?: string): Way => ({
  name: 'attach',
  form,
  async make(desk) {
    const name = desk.probe.name();
    const address = addressOf(form, name);
    desk.attached.add(name);
    const target = capability === undefined ? address : { address, capabilities: [capability] };
    const sender = await (await desk.session()).sender(target);
    return { node: { address, provisioner: 'attach' }, release: async () => void (await sender.detach()) };
  },
});

/** Made by the target for a link that stays for as long as the check does. */
const dynamicNodes = (form: string): Way => ({
  name: 'dynamic',
  form,
  async make(desk) {
    const receiver = await (await desk.session()).receiver({ dynamic: true });
    const { source } = receiver.attach;
    const address = source?.type === 'source' ? source.address : undefined;
    if (address === undefined) throw noNodes('a dynamic source was attached without an address');
    return { node: { address, provisioner: 'dynamic' }, release: async () => void (await receiver.detach()) };
  },
});

/** Declared in 0-9-1 on the same port. */
export const declaredNodes = (form: string): Way => ({
  name: 'amqp091',
  form,
  async make(desk) {
    const channel = await desk.channel();
    const queue = await channel.queue({ exclusive: false });
    const release = async () => void (await channel.call('queue.delete', { queue }, 'queue.delete-ok'));
    return { node: { address: addressOf(form, queue), provisioner: 'amqp091' }, release };
  },
});

export function addressOf(form: string, queue: string): string {
  return form.replace('{queue}', encodeURIComponent(queue));
}

/** Made and removed by requests, of which each is answered with one of these statuses. */
async function made(desk: Desk, name: string, create: () => Promise<number>, remove: () => Promise<number>): Promise<Provided['release']> {
  const status = await desk.inTurn(create);
  if (status < 200 || status > 299) throw noNodes(`a queue was asked for and answered with ${status}`);
  desk.attached.add(name);
  return async () => {
    const ended = await desk.inTurn(remove);
    if (ended < 200 || ended > 299) throw noNodes(`the queue ${name} was to be deleted, which was answered with ${ended}`);
    desk.attached.delete(name);
  };
}

const emptyMap = mapOf10({});

/** By operations of the node `$management`, whose types say what it calls queues. */
const managedNodes = (form: string): Way => ({
  name: 'management',
  form,
  async make(desk) {
    const at = await desk.asking();
    const name = desk.probe.name();
    const self = { type: 'org.amqp.management', name: 'self' };
    const ask = async (properties: Readonly<Record<string, string>>, body = emptyMap) => (await at.ask({ properties, body })).status;
    const type = await desk.inTurn(async () => queueType((await at.ask({ properties: { operation: 'GET-TYPES', ...self } })).body));
    if (type === undefined) throw noNodes('none of the types that $management knows is that of queues');
    const create = () => ask({ operation: 'CREATE', type, name }, mapOf10({ name: { type: 'string', value: name } }));
    const release = await made(desk, name, create, () => ask({ operation: 'DELETE', type, name }));
    return { node: { address: addressOf(form, name), provisioner: 'management' }, release };
  },
});

/** What a management node calls queues, out of the map of its types. */
function queueType(body: AmqpValue | undefined): string | undefined {
  const names = body?.type === 'map' ? body.value.map(([key]) => String(plain(key))) : [];
  return names.find(each => /(^|\.)queue$/i.test(each));
}

/** By requests of HTTP to the node `/management`. */
const httpNodes = (form: string): Way => ({
  name: 'http-management',
  form,
  async make(desk) {
    const at = await desk.http();
    const name = desk.probe.name();
    const path = `/queues/${encodeURIComponent(name)}`;
    const create = async () => (await at.ask('PUT', path, mapOf10({ durable: { type: 'boolean', value: true } }))).status;
    const release = await made(desk, name, create, async () => (await at.ask('DELETE', path)).status);
    return { node: { address: addressOf(form, name), provisioner: 'http-management' }, release };
  },
});

/** Made and removed by programs of the user's. */
const hookedNodes = (form: string, hook: QueueHook): Way => ({
  name: 'hook',
  form,
  async make(desk) {
    const name = desk.probe.name();
    try {
      await hook.create(name);
    } catch (error) {
      throw noNodes(error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
    }
    return { node: { address: addressOf(form, name), provisioner: 'hook' }, release: () => hook.remove(name) };
  },
});
