import { profiles } from '../../fixtures/brokers/index.ts';
import { inRange } from '../check/versions.ts';
import { type Target, TargetError } from '../target/target.ts';
import type { TlsFiles } from '../target/url.ts';
import { CommandError, usage } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** What the command line says of the target besides its name. */
export interface TargetOptions extends TlsFiles {
  /** Profile whose deviations a URL is judged with; with a version, as `rabbitmq@4.0`, those of that version whatever the peer says of itself. */
  readonly as?: string;
  /** File that says what was arranged on the broker of a URL. */
  readonly facilities?: string;
  /** The reference broker keeps on disk what is durable, so that it can be taken down. */
  readonly durable?: boolean;
}

/** `rabbitmq`, `rabbitmq@4.0` or `rabbitmq=my/image:tag` taken apart. */
export function parseProfileName(text: string): { readonly name: string; readonly version?: string; readonly image?: string } {
  const image = /^([^=@]+)=(.+)$/.exec(text);
  if (image?.[1] !== undefined && image[2] !== undefined) return { name: image[1], image: image[2] };
  const version = /^([^=@]+)@(.+)$/.exec(text);
  if (version?.[1] !== undefined && version[2] !== undefined) return { name: version[1], version: version[2] };
  return { name: text };
}

/** The profile of this name; throws a usage error with the nearest one. */
export function profileNamed(name: string) {
  const profile = profiles[name];
  if (profile !== undefined) return profile;
  const known = Object.keys(profiles);
  throw usage(`There is no broker profile ${name}.${didYouMean(name, known)} Known: ${known.join(', ')}; a URL begins with amqp:// or amqps://.`);
}

/** The profile, and the version where one is named, that `--as` asks for. */
function judgedAs(text: string): Pick<Target, 'profile' | 'profileVersion'> {
  const { name, version, image } = parseProfileName(text);
  if (image !== undefined) throw usage(`--as takes a profile, with or without a version, as rabbitmq@4.0; ${text} names an image.`);
  const profile = profileNamed(name);
  if (version === undefined) return { profile };
  if (inRange(version, '*') === undefined) throw usage(`${version} is no version; --as takes one behind an @, as ${name}@${profile.defaultVersion}.`);
  return { profile, profileVersion: version };
}

async function make(text: string | undefined, options: TargetOptions): Promise<Target> {
  if (text === undefined || text === 'reference') {
    if (options.as !== undefined) throw usage('--as goes with a URL: the reference broker has no profile.');
    if (options.facilities !== undefined) throw usage('--facilities goes with a URL: the reference broker brings its own.');
    const { referenceTarget } = await import('../target/child.ts');
    return referenceTarget({ durable: options.durable ?? false });
  }
  if (text.includes('://')) {
    const { urlTarget } = await import('../target/url.ts');
    const { readFacilities } = await import('./facilities.ts');
    const facilities = options.facilities === undefined ? undefined : await readFacilities(options.facilities);
    return urlTarget(text, { tls: options, ...(options.as !== undefined && judgedAs(options.as)), ...(facilities !== undefined && { facilities }) });
  }
  if (options.as !== undefined) throw usage(`--as goes with a URL: ${text} brings its own profile.`);
  if (options.facilities !== undefined) throw usage(`--facilities goes with a URL: ${text} is arranged as its profile says.`);
  const choice = parseProfileName(text);
  const profile = profileNamed(choice.name);
  const { containerTarget } = await import('../target/container.ts');
  return containerTarget(profile, choice);
}

/** Makes the target that the user named; no name is the reference broker. Starts processes and containers: dispose it. */
export async function resolveTarget(text: string | undefined, options: TargetOptions): Promise<Target> {
  try {
    return await make(text, options);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw text?.includes('://') === true ? usage(error.message) : new CommandError(error.message);
  }
}
