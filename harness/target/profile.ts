import type { Readings } from '../broker/readings.ts';
import type { WireReadings } from '../endpoint/amqp091/readings.ts';
import type { Login } from '../probe/context.ts';
import type { Resource, Restriction } from '../probe/facilities.ts';
import type { WaitKind } from '../probe/peer.ts';
import type { Protocol, RuleId } from '../spec/catalogue.ts';
import type { Amqp10Facts } from './amqp10-facts.ts';
import type { KeyKind } from './certificates.ts';

/** All that makes a dialect of the reference broker. */
export type Dialect = Readings & WireReadings;

/** Readings that one entry of a profile stands for. */
export type DialectReadings = Partial<Omit<Dialect, 'answers'>>;

/** A documented reading that no check tells from the text, or that the standard leaves open. */
export interface DocumentedReading {
  readonly reading: DialectReadings;
  readonly reason: string;
  readonly source: string;
  readonly versions?: string;
}

/** A known way in which a broker departs from the standard. The check still runs and must fail as said. */
export interface Deviation {
  /** A check id, or a rule id that stands for all its checks. */
  readonly check?: string;
  readonly rule?: string;
  /** The reaction that is expected, as a verdict's `reaction` begins. */
  readonly reaction: string;
  /** Other reactions that the same cause has by chance, begun likewise. */
  readonly otherwise?: readonly string[];
  /** It shows only sometimes, as the broker's own races have it: the check need not fail, and the entry is never stale. */
  readonly sometimes?: true;
  readonly reason: string;
  /** Public document or source that says so. */
  readonly source: string;
  /** Semver range of the broker's versions; left out: all. */
  readonly versions?: string;
  /** How the reference broker reads the standard in this broker's dialect, so that it departs likewise. */
  readonly reading?: DialectReadings;
  /** Rules to whose breaches the reaction is another answer; the reference broker takes it over from here. */
  readonly breaches?: readonly RuleId[];
}

/** What pairs of real clients are known to fail at on a broker: told, and no surprise. */
export interface InteropDeviation {
  /** A glob of ids, as `interop/settle/modified/**`. */
  readonly cases: string;
  readonly reason: string;
  /** Public document or source that says so. */
  readonly source: string;
  /** Semver range of the broker's versions; left out: all. */
  readonly versions?: string;
}

/** What campaigns of the fuzzer are known to find in a broker besides what its deviations say: told apart, and no surprise. */
export interface FuzzDeviation {
  readonly rule: RuleId;
  /** How the reaction of the finding begins, as `connection.close 541`, `no answer` or `out of place`. */
  readonly reaction: string;
  /** What the title of the finding holds besides; left out: anything. */
  readonly about?: string;
  readonly reason: string;
  /** Public document or source that says so. */
  readonly source: string;
  /** Semver range of the broker's versions; left out: all. */
  readonly versions?: string;
}

/** A program with its arguments, run in the container. */
export type ContainerCommand = readonly [program: string, ...args: string[]];

/** What a started container offers to checks besides its login, and how that is arranged there; the profile's files may do most of it. */
export interface ProfileFacilities {
  /** Run in order once the broker lets a client in for the first time. */
  readonly commands?: readonly ContainerCommand[];
  readonly logins?: Readonly<Record<Restriction, Login>>;
  readonly otherVirtualHost?: string;
  /** Where it speaks TLS, where it expects its certificates (PEM), made for each container anew, and whom the known client certificate stands for. */
  readonly tls?: {
    readonly port: number;
    readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
    /** Left out: on the curve P-256. */
    readonly serverKey?: KeyKind;
    readonly user?: string;
  };
  readonly alarm?: Readonly<Record<Resource, { readonly raise: ContainerCommand; readonly clear: ContainerCommand }>>;
  readonly acknowledgementTimeoutMs?: number;
}

/** How a real broker is started, reached and judged: data only. */
export interface Profile {
  readonly name: string;
  /** `product` in server-properties, to tell which profile would explain a stranger. */
  readonly product: string;
  readonly image: string;
  /** The image had another name in these versions. */
  readonly formerImage?: { readonly versions: string; readonly image: string };
  readonly defaultVersion: string;
  /** How the image's tags are made, as `{version}-alpine`; left out: the version alone. */
  readonly tag?: string;
  readonly ports: { readonly amqp: number };
  /** What that port speaks; by the first it is asked whether it is ready. Left out: 0-9-1 alone. */
  readonly speaks?: readonly [Protocol, ...Protocol[]];
  /** How 1.0 is spoken there, by version: the first row whose range holds counts. Left out: as it is found to be. */
  readonly amqp10?: readonly Amqp10Facts[];
  readonly credentials: Login;
  readonly environment?: Readonly<Record<string, string>>;
  /** Files copied into the container before it starts, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly facilities?: ProfileFacilities;
  /** Other commands, user or files by image family: an image made from distribution packages has no entry point. */
  readonly command?: readonly string[];
  /** In place of the image's own. */
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly readiness: { readonly timeoutMs: number };
  readonly canRestart: boolean;
  /** What makes it end in order, run in the container; left out: the stop signal of the image. For images whose first process keeps signals to itself. */
  readonly stop?: ContainerCommand;
  /** Overrides of the time budgets, in milliseconds. */
  readonly budgets?: Readonly<Partial<Record<WaitKind, number>>>;
  /** How many checks run side by side; 1 for a broker that dies so often that nobody else should be there when it does. */
  readonly concurrency?: number;
  /** Why the profile is no more than what was read about the broker, where nobody has judged it yet. */
  readonly unseen?: string;
  /** Globs of the checks that make sense of an example program: what a run plays that names no others. Left out: all. */
  readonly smoke?: readonly string[];
  readonly deviations: readonly Deviation[];
  /** Of pairs of real clients. */
  readonly interop?: readonly InteropDeviation[];
  /** Of campaigns of the fuzzer. */
  readonly fuzz?: readonly FuzzDeviation[];
  /** What else makes its dialect. */
  readonly readings?: readonly DocumentedReading[];
}
