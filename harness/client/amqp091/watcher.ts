import { ConnectionMachine } from '../../endpoint/amqp091/connection.ts';
import { judgeTuneOk } from '../../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent } from '../../endpoint/amqp091/vocabulary.ts';
import { Cutter091 } from '../../saboteur/cutter091.ts';
import type { Passing } from '../../saboteur/fault.ts';
import type { Direction } from '../../saboteur/passing.ts';
import type { Method, MethodArguments } from '../../spec/amqp091/classes.ts';
import { replyCodes } from '../../spec/amqp091/constants.ts';
import type { DutyId } from '../../spec/catalogue.ts';
import { findDuty } from '../../spec/ledger.ts';
import { fieldValue, plain } from '../../wire/amqp091/field-table.ts';
import type { ClientStep } from '../client-case.ts';
import type { Told, Watcher } from '../speech.ts';

const limits = { channelMax: 0, frameMax: 0, heartbeatS: 0 };
const silent = { closeOk: false, flowOk: false, heartbeats: false, raise: false };
/** What cutters call larger is no frame to them. */
const largestFrame = 2 ** 28;
const decoder = new TextDecoder();

/** Which methods show that the client came so far, by who says them. */
const stepsOfServer: Readonly<Record<string, ClientStep>> = {
  'connection.open-ok': 'open',
  'channel.open-ok': 'channel',
  'basic.consume-ok': 'consume',
};
const stepsOfClient: Readonly<Record<string, ClientStep>> = {
  'queue.declare': 'declare',
  'exchange.declare': 'declare',
  'basic.publish': 'publish',
  'basic.ack': 'settle',
  'basic.reject': 'settle',
  'basic.nack': 'settle',
  'connection.close': 'close',
};
const requiredProperties = ['product', 'version', 'platform', 'information'];

/** What a server enforces of headers is one duty of the client. */
const dutyRule = (rule: string): string => (rule.startsWith('amqp091/4.2.2.') ? 'amqp091/4.2.2.protocol-header' : rule);

/** Follows one connection of 0-9-1 as its client sees it, by the machine of a server that says nothing by itself. */
export class Watcher091 implements Watcher {
  readonly #tell: (told: Told) => void;
  readonly #machine: ConnectionMachine;
  readonly #cutters = { 'to-client': new Cutter091('to-client'), 'to-server': new Cutter091('to-server') };
  readonly #steps = new Set<ClientStep>();
  #start: MethodArguments<'connection.start'> | undefined;
  #offer = limits;

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
    this.#machine = new ConnectionMachine(
      { role: 'server', limits, automatic: silent },
      { transmit: () => {}, wakeAt: () => {}, close: () => {}, event: event => this.#came(event) },
    );
    for (const cutter of Object.values(this.#cutters)) cutter.frameMax = largestFrame;
    this.#step('connect');
  }

  toClient(octets: Uint8Array): void {
    for (const passing of this.#cut('to-client', octets)) {
      if (passing.what === 'frame' && passing.frame.type === 'method') this.#said(passing.channel, passing.frame.method);
    }
  }

  fromClient(octets: Uint8Array): void {
    this.#machine.receive(octets, 0);
    for (const passing of this.#cut('to-server', octets)) this.#heard(passing);
  }

  *#cut(direction: Direction, octets: Uint8Array): Generator<Passing> {
    const cutter = this.#cutters[direction];
    cutter.push(octets);
    for (let passing = cutter.next(); passing !== undefined; passing = cutter.next()) yield passing;
  }

  /** What the client said, whether a server would hear it or is closing. */
  #heard(passing: Passing): void {
    if (passing.what === 'header') this.#tell({ kind: 'said', name: 'header', channel: 0 });
    else if (passing.what !== 'frame') return;
    else if (passing.frame.type === 'method') this.#method(passing.channel, passing.frame.method);
    else if (passing.frame.type === 'heartbeat') this.#tell({ kind: 'said', name: 'heartbeat', channel: passing.channel });
  }

  /** What the server said. */
  #said(channel: number, method: Method): void {
    if (method.name === 'connection.start') this.#start = method.args;
    if (method.name === 'connection.tune')
      this.#offer = { channelMax: method.args.channelMax, frameMax: method.args.frameMax, heartbeatS: method.args.heartbeat };
    this.#machine.send(channel, method, 0);
    const step = stepsOfServer[method.name];
    // An open-ok that nobody asked for opens nothing.
    if (step !== undefined && (step !== 'open' || this.#machine.state === 'open-ok')) this.#step(step);
  }

  #came(event: ConnectionEvent): void {
    if (event.kind === 'method' && event.method.name === 'connection.tune-ok') this.#agree(event.method.args);
    else if (event.kind === 'violation') this.#broke(`${dutyRule(event.violation.rule)}:client-emit`, event.violation.detail);
  }

  #method(channel: number, method: Method): void {
    const { name } = method;
    if (name === 'connection.start-ok') this.#judgeStartOk(method.args);
    else if (name === 'connection.open' && method.args.virtualHost === '')
      this.#broke('amqp091/connection.open.virtual-host-notnull:client-emit', 'an empty virtual host');
    if (name === 'connection.close' || name === 'channel.close') this.#close(channel, name, method.args);
    else this.#tell({ kind: 'said', name, channel, ...(name === 'connection.close-ok' && { farewell: true }) });
    const step = stepsOfClient[name];
    if (step !== undefined) this.#step(step);
  }

  #close(channel: number, name: 'connection.close' | 'channel.close', { replyCode, replyText }: MethodArguments<'connection.close'>): void {
    const closes = name === 'connection.close' ? 'connection' : 'channel';
    if (!Object.hasOwn(replyCodes, replyCode)) this.#broke(`amqp091/${name}.reply-code:client-emit`, `${name} with code ${replyCode}, which is not defined`);
    if (replyText === '') this.#broke(`amqp091/${name}.reply-text:client-emit`, `${name} with an empty reply text`);
    this.#tell({ kind: 'said', name, channel, closes, ...(replyCode !== 200 && { code: String(replyCode) }) });
  }

  #judgeStartOk({ mechanism, locale, response, clientProperties }: MethodArguments<'connection.start-ok'>): void {
    const offered = (list: Uint8Array | undefined): readonly string[] => decoder.decode(list).split(' ');
    if (mechanism === '') this.#broke('amqp091/connection.start-ok.mechanism-notnull:client-emit', 'an empty mechanism');
    else if (!offered(this.#start?.mechanisms).includes(mechanism))
      this.#broke('amqp091/connection.start-ok.mechanism-validity:client-emit', `mechanism ${mechanism} was not offered`);
    if (!offered(this.#start?.locales).includes(locale)) this.#broke('amqp091/connection.start-ok.locale:client-emit', `locale ${locale} was not offered`);
    if (response.length === 0) this.#broke('amqp091/connection.start-ok.response-notnull:client-emit', 'an empty response');
    const missing = requiredProperties.filter(each => fieldValue(clientProperties, each) === undefined);
    if (missing.length > 0)
      this.#broke('amqp091/connection.start-ok.client-properties-required-fields:client-emit', `client-properties without ${missing.join(', ')}`);
    const properties = plain(clientProperties);
    const text = (name: string): string | undefined => (typeof properties[name] === 'string' ? properties[name] : undefined);
    this.#tell({ kind: 'greeted', product: text('product'), version: text('version'), properties });
  }

  #agree(args: MethodArguments<'connection.tune-ok'>): void {
    const breach = judgeTuneOk(this.#offer, args);
    if (breach !== undefined) this.#broke(`${breach.rule}:client-emit`, breach.detail);
    if (args.channelMax === 0 && this.#offer.channelMax > 0) this.#broke('amqp091/connection.tune-ok.channel-max-notnull:client-emit', 'a channel-max of zero');
    this.#machine.agree({ channelMax: args.channelMax, frameMax: args.frameMax, heartbeatS: 0 }, 0);
  }

  #broke(duty: string, detail: string): void {
    const found = findDuty(duty);
    if (found !== undefined) this.#tell({ kind: 'broke', duty: found.id satisfies DutyId, detail });
  }

  #step(step: ClientStep): void {
    if (this.#steps.has(step)) return;
    this.#steps.add(step);
    this.#tell({ kind: 'step', step });
  }
}
