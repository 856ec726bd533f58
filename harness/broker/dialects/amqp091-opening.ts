import { ConnectionMachine } from '../../endpoint/amqp091/connection.ts';
import { ServerHandshake } from '../../endpoint/amqp091/handshake.ts';
import type { ClientSession } from '../../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent } from '../../endpoint/amqp091/vocabulary.ts';
import type { WireOutput } from '../../endpoint/drive.ts';
import type { Clock } from '../../endpoint/transport.ts';
import type { Broker } from '../broker.ts';
import type { Diary091 } from './amqp091-diary.ts';
import { type Amqp091Settings, handshakeSettings } from './amqp091-settings.ts';
import type { Client } from './served.ts';

interface Surroundings {
  readonly machine: ConnectionMachine;
  readonly clock: Clock;
  readonly broker: Broker;
  readonly settings: Amqp091Settings;
  readonly client: Client;
  readonly diary: Diary091;
}

/** A connection from the protocol header to open-ok, which must come in time. */
export class Opening {
  readonly #with: Surroundings;
  readonly #handshake: ServerHandshake;
  readonly #cancelTimeout: () => void;
  #over = false;

  constructor(surroundings: Surroundings) {
    const { machine, clock, broker, settings, client } = surroundings;
    this.#with = surroundings;
    this.#handshake = new ServerHandshake(machine, {
      ...handshakeSettings(settings, broker.core.settings.readings.prefetch !== 'text', client.commonName),
      openVirtualHost: (name, user) => broker.core.admits(user, name),
      afterRefusal: answer => this.#afterRefusal(answer),
    });
    this.#cancelTimeout = clock.at(clock.now() + settings.handshakeTimeoutMs, () => this.#giveUp());
  }

  /** Takes the machine's next event; answers who came through, once. */
  take(event: ConnectionEvent): ClientSession | undefined {
    if (event.kind === 'ended') this.#cancelTimeout();
    if (this.#over) return undefined;
    const result = this.#handshake.handle(event, this.#with.clock.now());
    if (result.kind === 'pending') return undefined;
    this.#over = true;
    if (result.kind === 'failed') {
      if (event.kind !== 'ended') this.#with.diary.ending(result.reason);
      return undefined;
    }
    this.#cancelTimeout();
    return result.session;
  }

  #giveUp(): void {
    const { diary, machine, clock } = this.#with;
    diary.ending('it did not open in time');
    machine.abort(clock.now());
  }

  #afterRefusal(answer: (now: number) => void): void {
    const { clock, settings } = this.#with;
    if (settings.refusalDelayMs === 0) answer(clock.now());
    else clock.at(clock.now() + settings.refusalDelayMs, () => answer(clock.now()));
  }
}

/** The machine of a connection that is served; `wrote` hears how many octets it has sent. */
export function serverMachine(
  { limits, contentMax, closeOkWithinMs, readings }: Amqp091Settings,
  wire: WireOutput,
  told: { event(event: ConnectionEvent): void; wrote(octets: number): void },
): ConnectionMachine {
  const output = {
    ...wire,
    transmit: (bytes: Uint8Array) => {
      wire.transmit(bytes);
      told.wrote(bytes.length);
    },
    event: told.event,
  };
  return new ConnectionMachine({ role: 'server', limits, contentMax, closeOkWithinMs, readings, automatic: { flowOk: false } }, output);
}
