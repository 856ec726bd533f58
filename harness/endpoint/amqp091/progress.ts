import type { Method } from '../../spec/amqp091/classes.ts';
import { Channel } from './channel.ts';
import type { MethodFacts } from './method-facts.ts';
import { type ConnectionMethodName, type ConnectionState, connectionTransitions } from './transitions.ts';
import type { Limits, Role } from './vocabulary.ts';

/** How far a connection and its channels have come: the one place that follows the tables, for both senders alike. */
export class Progress {
  readonly role: Role;
  readonly peer: Role;
  state: ConnectionState = 'initial';
  limits: Limits;
  /** Channels that are not closed. */
  readonly channels = new Map<number, Channel>();
  /** A close was answered by close-ok. */
  handshake = false;

  constructor(role: Role, limits: Limits) {
    this.role = role;
    this.peer = role === 'client' ? 'server' : 'client';
    this.limits = limits;
  }

  /** Takes the step of this method, where the tables have it. */
  follow(number: number, { name }: Method, facts: MethodFacts, sender: Role): void {
    if (facts.level === 'connection') {
      this.state = connectionTransitions[this.state][sender]?.[name as ConnectionMethodName] ?? this.state;
      this.handshake ||= name === 'connection.close-ok';
      return;
    }
    const known = this.channels.get(number);
    const channel = known ?? new Channel(number);
    channel.follow(name, facts, sender);
    if (channel.state === 'closed') this.channels.delete(number);
    else if (known === undefined) this.channels.set(number, channel);
  }
}
