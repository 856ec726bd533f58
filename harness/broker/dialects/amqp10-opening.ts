import { ConnectionMachine } from '../../endpoint/amqp10/connection.ts';
import type { ConnectionEvent } from '../../endpoint/amqp10/vocabulary.ts';
import type { WireOutput } from '../../endpoint/drive.ts';
import type { Clock } from '../../endpoint/transport.ts';
import type { AmqpError, AmqpOpen, SymbolMap } from '../../wire/amqp10/codec.ts';
import type { Broker } from '../broker.ts';
import type { Diary10 } from './amqp10-diary.ts';
import { errorOf } from './amqp10-errors.ts';
import { type Amqp10Settings, mechanisms10 } from './amqp10-settings.ts';
import { admitted, soleCapability } from './amqp10-sole.ts';

/** Who came through the opening. */
export interface ClientSession10 {
  readonly user: string;
  readonly virtualHost: string;
  readonly open: AmqpOpen;
  /** The connection is over. */
  readonly leave: () => void;
}

interface Surroundings {
  readonly machine: ConnectionMachine;
  readonly clock: Clock;
  readonly broker: Broker;
  readonly settings: Amqp10Settings;
  readonly diary: Diary10;
  /** Closes the connection with this error. */
  readonly end: (error: AmqpError) => void;
}

const hostPrefix = 'vhost:';

/** A connection from the protocol header to the client's open, which must come in time. */
export class Opening10 {
  readonly #with: Surroundings;
  readonly #cancelTimeout: () => void;
  #user: string | undefined;
  /** The host that the client named to the security layer. */
  #host: string | undefined;
  #over = false;

  constructor(surroundings: Surroundings) {
    const { clock, settings } = surroundings;
    this.#with = surroundings;
    this.#user = settings.anonymous;
    this.#cancelTimeout = clock.at(clock.now() + settings.handshakeTimeoutMs, () => this.#giveUp());
  }

  /** Takes the machine's next event; answers who came through, once. */
  take(event: ConnectionEvent): ClientSession10 | undefined {
    if (event.kind === 'ended') this.#cancelTimeout();
    if (this.#over) return undefined;
    if (event.kind === 'frame' && event.frame.type === 'sasl' && event.frame.body.type === 'sasl-init') this.#host = event.frame.body.hostname;
    else if (event.kind === 'authenticated') this.#user = event.user;
    else if (event.kind === 'authentication-failed') this.#with.diary.ending(event.reason);
    else if (event.kind === 'violation') this.#with.diary.violation(event);
    else if (event.kind === 'opened') return this.#opened(event.open);
    return undefined;
  }

  #opened(open: AmqpOpen): ClientSession10 | undefined {
    const { machine, clock, broker, settings, diary } = this.#with;
    this.#over = true;
    this.#cancelTimeout();
    const user = this.#user ?? '';
    const virtualHost = hostOf(open.hostname) ?? hostOf(this.#host) ?? '/';
    const refusal = refusalOf(broker.core.admits(user, virtualHost), user, virtualHost);
    if (refusal !== undefined) {
      diary.ending(refusal.description ?? '');
      machine.close(clock.now(), refusal);
      return undefined;
    }
    const { properties, refusal: locked, leave } = admitted(broker, virtualHost, open, this.#with.end);
    machine.open(clock.now(), { properties: [...propertiesOf(settings), ...properties] });
    if (locked === undefined) return { user, virtualHost, open, leave };
    diary.ending(locked.description ?? '');
    machine.close(clock.now(), locked);
    return undefined;
  }

  #giveUp(): void {
    const { diary, machine, clock } = this.#with;
    diary.ending('it did not open in time');
    machine.abort(clock.now());
  }
}

/** `vhost:` and a name is that virtual host; every other name is one of the machine. */
function hostOf(hostname: string | undefined): string | undefined {
  return hostname?.startsWith(hostPrefix) ? hostname.slice(hostPrefix.length) : undefined;
}

function refusalOf(admitted: ReturnType<Broker['core']['admits']>, user: string, virtualHost: string): AmqpError | undefined {
  if (admitted === 'open') return undefined;
  if (admitted === 'unknown') return errorOf('amqp:not-found', `there is no virtual host '${virtualHost.slice(0, 80)}'`);
  if (admitted === 'refused') return errorOf('amqp:unauthorized-access', `'${user.slice(0, 80)}' may not use virtual host '${virtualHost.slice(0, 80)}'`);
  return errorOf('amqp:resource-limit-exceeded', 'there are as many connections as may be');
}

function propertiesOf({ product, version, dialectName }: Amqp10Settings): SymbolMap {
  const texts = { product, version, platform: 'Node.js', ...(dialectName !== undefined && { dialect: dialectName }) };
  return Object.entries(texts).map(([name, value]) => [name, { type: 'string', value }] as const);
}

/** The machine of a connection that is served; `wrote` hears how many octets it has sent. */
export function serverMachine10(
  settings: Amqp10Settings,
  commonName: string | undefined,
  wire: WireOutput,
  told: { event(event: ConnectionEvent): void; wrote(octets: number): void; later(ms: number, task: (now: number) => void): void },
): ConnectionMachine {
  const { anonymous, saslRequired = anonymous === undefined, refusalDelayMs, contentMax, product, closeOkWithinMs, limits10 } = settings;
  const { channelMax, maxFrameSize, idleTimeOutMs } = limits10;
  const output = {
    ...wire,
    transmit: (bytes: Uint8Array) => {
      wire.transmit(bytes);
      told.wrote(bytes.length);
    },
    event: told.event,
  };
  const open = {
    containerId: product,
    channelMax,
    maxFrameSize,
    ...(idleTimeOutMs > 0 && { idleTimeOut: Math.ceil(idleTimeOutMs / 2) }),
    offeredCapabilities: ['ANONYMOUS-RELAY', 'LINK_PAIR_V1_0', 'SHARED-SUBS', soleCapability],
  };
  return new ConnectionMachine(
    {
      role: 'server',
      open,
      sasl: {
        role: 'server',
        mechanisms: mechanisms10(settings, commonName),
        required: saslRequired,
        ...(refusalDelayMs > 0 && { afterRefusal: (proceed: (now: number) => void) => told.later(refusalDelayMs, proceed) }),
      },
      automatic: { drain: false },
      // What waits for a client's window is bounded by who feeds the links.
      bounds: { deliveryMax: contentMax, queuedMax: Number.POSITIVE_INFINITY },
      closeWithinMs: closeOkWithinMs,
    },
    output,
  );
}
