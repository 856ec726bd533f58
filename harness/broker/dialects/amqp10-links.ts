import type { LinkEndpoint, SessionEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError } from '../../wire/amqp10/codec.ts';
import { CoordinatorLink } from './amqp10-coordinator.ts';
import { errorOf } from './amqp10-errors.ts';
import { IncomingLink } from './amqp10-incoming.ts';
import { freeName, takeName } from './amqp10-names.ts';
import { OutgoingLink } from './amqp10-outgoing.ts';
import type { AnyLink, Port, ServedLink } from './amqp10-port.ts';
import { pairedProperties, RequestLink, refusedPair, type Service } from './amqp10-requests.ts';
import { ResponseLink } from './amqp10-responses.ts';
import { Services } from './amqp10-services.ts';
import { sourceOf } from './amqp10-sources.ts';
import { type Ending, Suspended } from './amqp10-suspended.ts';
import { targetOf } from './amqp10-targets.ts';

/** The links of a connection, by their endpoint and by the channel of the core that each is. */
export class Links10 {
  readonly #port: Port;
  readonly #byChannel = new Map<number, AnyLink>();
  readonly #byEndpoint = new Map<LinkEndpoint, AnyLink>();
  readonly #suspended: Suspended;
  readonly #services: Services;
  #lastChannel = 0;
  /** The connection is gone, and the last link that it left behind has expired. */
  #deserted: (() => void) | undefined;

  constructor(port: Port) {
    this.#port = port;
    this.#suspended = new Suspended(port, link => this.expire(link));
    this.#services = new Services(port, () => this.all());
  }

  at(channel: number): AnyLink | undefined {
    return this.#byChannel.get(channel);
  }

  of(link: LinkEndpoint): AnyLink | undefined {
    return this.#byEndpoint.get(link);
  }

  all(): Iterable<AnyLink> {
    return this.#byChannel.values();
  }

  /** Serves a link that a client attaches, or refuses it. */
  attach(link: LinkEndpoint): void {
    const { machine } = this.#port;
    const served = link.role === 'receiver' ? this.#toBroker(link) : this.#fromBroker(link);
    if ('condition' in served) {
      this.#port.diary.detached(link.name, served);
      machine.refuseLink(link, served, this.#port.now());
      return;
    }
    this.#byChannel.set(served.channel, served);
    this.#byEndpoint.set(link, served);
    const legacy = takeName(this.#port, served);
    if (legacy !== undefined) served.inherit(legacy);
    served.begin();
  }

  /** These links are detached, or their session has ended. What is not suspended is forgotten: what it gave out goes back, and to none of them. */
  over(links: readonly LinkEndpoint[], ending: Ending): void {
    const ended = links.flatMap(link => this.#byEndpoint.get(link) ?? []);
    this.#close(ended.filter(each => !this.#suspended.has(each) && !this.#suspended.keep(each, ending)));
  }

  sessionOver(session: SessionEndpoint): void {
    this.#suspended.end('session-end', session);
  }

  /** The connection has ended, and all of its links. False where some of them are suspended for longer: `deserted` is called when none is any more. */
  end(deserted: () => void): boolean {
    this.#services.end();
    const ended = [...this.#byChannel.values()].filter(each => !this.#suspended.has(each) && !this.#suspended.keep(each, 'connection-close'));
    this.#suspended.end('connection-close');
    if (this.#suspended.size === 0) {
      const all = [...this.#byChannel.values()];
      this.#forget(all);
      for (const each of all) each.gone();
      return true;
    }
    this.#deserted = deserted;
    this.#close(ended);
    return false;
  }

  retain(link: ServedLink): void {
    this.#suspended.retain(link);
  }

  /** Lets go of suspended links, of all unless one is named. */
  expire(link?: ServedLink): void {
    const expired = this.#suspended.all().filter(each => link === undefined || each === link);
    for (const each of expired) this.#suspended.drop(each);
    this.#close(expired);
    if (expired.length > 0 && this.#suspended.size === 0) this.#deserted?.();
  }

  #close(links: readonly AnyLink[]): void {
    if (links.length === 0) return;
    this.#forget(links);
    this.#port.submit({ kind: 'close-channels', connection: this.#port.connection, channels: links.map(({ channel }) => channel) });
    for (const each of links) each.gone();
  }

  #forget(ended: readonly AnyLink[]): void {
    for (const each of ended) each.over();
    for (const each of ended) {
      freeName(this.#port, each);
      this.#byEndpoint.delete(each.link);
      this.#byChannel.delete(each.channel);
    }
  }

  windowMoved(session: SessionEndpoint): void {
    for (const link of session.links) this.#byEndpoint.get(link)?.windowMoved();
  }

  #toBroker(link: LinkEndpoint): IncomingLink | CoordinatorLink | RequestLink | AmqpError {
    const target = link.remoteAttach?.target;
    if (target === undefined) return errorOf('amqp:invalid-field', 'a link without target');
    if (target.type === 'coordinator') return new CoordinatorLink(link, this.#channel(), this.#port);
    if (target.type !== 'target') return errorOf('amqp:not-implemented', 'no such kind of target is served here');
    const service = target.dynamic === true ? undefined : this.#services.at(target.address);
    if (service !== undefined) return refusedPair(service, link.remoteAttach?.properties) ?? new RequestLink(service, link, this.#channel(), this.#port);
    const meant = targetOf(target, link.name, this.#port);
    return 'condition' in meant ? meant : new IncomingLink(meant, link, this.#channel(), this.#port);
  }

  #fromBroker(link: LinkEndpoint): OutgoingLink | ResponseLink | AmqpError {
    const source = link.remoteAttach?.source;
    if (source === undefined) return errorOf('amqp:invalid-field', 'a link without source');
    if (source.type !== 'source') return errorOf('amqp:not-implemented', 'no such kind of source is served here');
    const service = source.dynamic === true ? undefined : this.#services.at(source.address);
    if (service !== undefined) return refusedPair(service, link.remoteAttach?.properties) ?? this.#responses(service, link);
    const meant = sourceOf(source, link.name, this.#port);
    return 'condition' in meant ? meant : new OutgoingLink(meant, link, this.#channel(), this.#port);
  }

  #responses({ address, paired }: Service, link: LinkEndpoint): ResponseLink {
    const begun = () => {
      for (const each of this.all()) if (each instanceof RequestLink) each.replenish();
    };
    const told = paired ? { properties: pairedProperties } : {};
    return new ResponseLink({ address, told, begun }, link, this.#channel(), this.#port);
  }

  #channel(): number {
    this.#lastChannel += 1;
    return this.#lastChannel;
  }
}
