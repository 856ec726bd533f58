import type { StartedTestContainer } from 'testcontainers';
import { inRange } from '../check/versions.ts';
import { systemClock } from '../net/clock.ts';
import { tcpTransport } from '../net/dial.ts';
import type { Outage } from '../probe/outage.ts';
import { arrange, facilitiesOf } from './container-facilities.ts';
import { configured, host, outfitFor } from './container-outfit.ts';
import { restart } from './container-restart.ts';
import type { Profile } from './profile.ts';
import { letsIn, type Reachable } from './readiness.ts';
import { type Target, TargetError } from './target.ts';

type Containers = typeof import('testcontainers');

/** Which image of a profile to start. */
export interface ImageChoice {
  /** Tag of the profile's own image; left out: its default version. */
  readonly version?: string;
  /** Another image altogether, with its tag. */
  readonly image?: string;
}

async function containers(): Promise<Containers> {
  try {
    return await import('testcontainers');
  } catch {
    throw new TargetError('Starting a broker in a container needs the package testcontainers: npm install testcontainers@11');
  }
}

/** What testcontainers waits with: nothing, since `letsIn` knows better. */
const atOnce = {
  async waitUntilReady() {},
  withStartupTimeout() {
    return atOnce;
  },
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};

function whyNot(error: unknown, image: string): TargetError {
  const text = error instanceof Error ? error.message : String(error);
  if (/runtime strategy|docker\.sock|ECONNREFUSED/i.test(text)) {
    return new TargetError(`No container engine answers here, so ${image} cannot be started. Start Docker (or Podman), or give the URL of a running broker.`);
  }
  if (/no such image|not found|pull|manifest|lookup/i.test(text)) {
    return new TargetError(`The image ${image} is neither here nor could it be pulled (${firstLine(text)}). Name another one: PROFILE=IMAGE:TAG.`);
  }
  return new TargetError(`The container of ${image} did not start: ${firstLine(text)}`);
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 200) ?? '';
}

function imageOf({ image, formerImage, defaultVersion, tag = '{version}' }: Profile, version = defaultVersion): string {
  const former = formerImage !== undefined && inRange(version, formerImage.versions) === true;
  return `${former ? formerImage.image : image}:${tag.replace('{version}', version)}`;
}

/** Starts a profile's broker in a container, waits until it lets a client in, and removes it with its data when disposed. */
export async function containerTarget(profile: Profile, choice: ImageChoice = {}): Promise<Target> {
  const image = choice.image ?? imageOf(profile, choice.version);
  const library = await containers();
  const outfit = await outfitFor(profile);
  let started: StartedTestContainer;
  try {
    started = await configured(new library.GenericContainer(image), profile, outfit).withWaitStrategy(atOnce).start();
  } catch (error) {
    throw whyNot(error, image);
  }
  const transport = tcpTransport({ host, port: outfit.port });
  const stop = async (): Promise<void> => {
    await started.stop({ remove: true, removeVolumes: true, timeout: 0 });
  };
  const asked: Reachable = { transport, clock: systemClock, credentials: profile.credentials, protocol: profile.speaks?.[0] ?? '0-9-1' };
  const ready = async (): Promise<void> => {
    if (await letsIn(asked, profile.readiness.timeoutMs)) return;
    const log = await logTail(started);
    await stop();
    throw new TargetError(`${image} started but let no client in within ${profile.readiness.timeoutMs / 1000} s. Its last lines:\n${log}`);
  };
  await ready();
  await arrange(started, profile).catch(error => stop().then(() => Promise.reject(error)));
  const facilities = facilitiesOf(started, profile, outfit);
  return {
    kind: 'container',
    name: choice.image === undefined ? `${profile.name}@${choice.version ?? profile.defaultVersion}` : `${profile.name}=${choice.image}`,
    url: `amqp://${profile.credentials.user}@${host}:${outfit.port}/${encodeURIComponent(profile.credentials.virtualHost)}`,
    credentials: profile.credentials,
    transport,
    clock: systemClock,
    profile,
    ...(facilities !== undefined && { facilities }),
    alive: () => isRunning(library, started),
    ...(profile.canRestart && {
      async restart(how: Outage) {
        await restart((await library.getContainerRuntimeClient()).container.getById(started.getId()), how, profile.stop);
        await ready();
      },
    }),
    [Symbol.asyncDispose]: stop,
  };
}

async function isRunning({ getContainerRuntimeClient }: Containers, started: StartedTestContainer): Promise<boolean> {
  const { container } = await getContainerRuntimeClient();
  return (await container.inspect(container.getById(started.getId()))).State.Running;
}

async function logTail(started: StartedTestContainer): Promise<string> {
  const stream = await started.logs({ tail: 5 });
  const lines: string[] = [];
  for await (const chunk of stream) {
    lines.push(String(chunk));
    if (lines.length >= 5) break;
  }
  stream.destroy();
  return lines.join('').trim();
}
